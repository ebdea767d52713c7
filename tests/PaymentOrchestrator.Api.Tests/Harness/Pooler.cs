using Npgsql;

namespace PaymentOrchestrator.Api.Tests.Harness;

/// <summary>
/// A PgBouncer in transaction mode before the server under test, which passes every database name on (<c>* = host=…</c>). The instances go by it with logins of
/// their own, as a deployment's do; what migrates, and what looks at the rows from outside, goes to the server.
/// </summary>
internal static class Pooler
{
    private static readonly (string Setting, string Login, string Role)[] Logins = [("App", "po_test_app", "po_app"), ("Worker", "po_test_worker", "po_worker")];

    private static string? Address => Environment.GetEnvironmentVariable("PO_TEST_POOLER");

    public static bool Given => Address is { Length: > 0 };

    /// <summary>On each node, for a Citus coordinator asks the others as whoever asks it.</summary>
    public static async Task CreateLoginsAsync(string server, IReadOnlyList<string> workers)
    {
        if (!Given) return;
        foreach (var node in workers.Prepend(server))
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(node) { Database = "postgres", Pooling = false }.ConnectionString);
            await connection.OpenAsync();
            foreach (var (_, login, role) in Logins)
            {
                // The migration would make the role as well; the login must be there before it, since it is granted before the first instance starts.
                await using var create = new NpgsqlCommand($"""
                    do $$ begin
                        if not exists (select from pg_roles where rolname = '{role}') then create role {role} nologin; end if;
                        if not exists (select from pg_roles where rolname = '{login}') then create role {login} login in role {role}; end if;
                    end $$
                    """, connection);
                await create.ExecuteNonQueryAsync();
            }
        }
    }

    /// <summary>What an instance is told besides: where requests and background work go; nothing without a pooler.</summary>
    /// <param name="owner">The owner's connection string, whose database and limits are kept.</param>
    public static IEnumerable<string> Arguments(string owner) => !Given ? [] : Logins.Select(login =>
    {
        var address = Address!.Split(':');
        var settings = new NpgsqlConnectionStringBuilder(owner)
        {
            Host = address[0],
            Port = int.Parse(address[1], System.Globalization.CultureInfo.InvariantCulture),
            Username = login.Login,
            Password = null,
            // A session is another server's with every transaction: nothing may be prepared in it, and nothing is to be reset.
            MaxAutoPrepare = 0,
            NoResetOnClose = true,
        };
        return $"--ConnectionStrings:{login.Setting}={settings.ConnectionString}";
    });
}
