using System.Globalization;
using Npgsql;
using PaymentOrchestrator.Api.Access;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Harness;

/// <summary>What lies in PostgreSQL, read with the owner's rights.</summary>
public sealed class Database(string connectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource source = NpgsqlDataSource.Create(connectionString);

    /// <summary>As the owner, for an instance that a test makes itself.</summary>
    public string ConnectionString => connectionString;

    public async Task ExecuteAsync(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public async Task<int> NewMarketplaceAsync()
    {
        await using var owner = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        return (await MarketplaceSetup.FindOrCreateAsync(owner, $"Test marketplace {Guid.NewGuid():N}", TestContext.Current.CancellationToken))!.Value;
    }

    /// <summary>Makes a key work for a marketplace, which is made if it is not there; with every scope unless some are named.</summary>
    public async Task AddKeyAsync(int marketplace, string key, params string[] scopes)
    {
        await using var owner = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await MarketplaceSetup.EnsureMarketplaceAsync(owner, marketplace, "Test marketplace", TestContext.Current.CancellationToken);
        await MarketplaceSetup.EnsureKeyAsync(owner, marketplace, key, $"test {Guid.NewGuid():N}", scopes.Length == 0 ? Scope.Codes : scopes, TestContext.Current.CancellationToken);
    }

    /// <summary>Each row as its columns with blanks between.</summary>
    public async Task<IReadOnlyList<string>> RowsAsync(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        return rows;
    }

    /// <summary>A payment's ledger entries in their order, as <c>account currency amount</c>.</summary>
    public Task<IReadOnlyList<string>> LedgerAsync(string payment) => RowsAsync(
        """
        select e.account, e.currency, e.amount
        from ledger_transactions t join ledger_entries e on e.transaction_id = t.id and e.shard_key = t.shard_key
        where t.payment_id = $1 order by t.id, e.line
        """, Uuid(payment));

    /// <summary>The types of an object's events in their order.</summary>
    public Task<IReadOnlyList<string>> EventsAsync(string objectId) =>
        RowsAsync("select type from events where object_id = $1 order by object_version", objectId);

    /// <summary>Every row of the marketplaces (but their keys, whose last use is noted, and the audit log, which notes refusals, too), table by table, as a number and a digest: equal texts, nothing was written.</summary>
    public async Task<string> FingerprintAsync(params int[] marketplaces)
    {
        var tables = await RowsAsync("select table_name from information_schema.columns where table_schema = 'public' and column_name = 'marketplace_id' and table_name not in ('api_keys', 'audit_log') order by 1");
        var parts = tables.Select(table => $"select '{table}', count(*), coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {table} t where marketplace_id = any ($1)");
        return string.Join('\n', await RowsAsync(string.Join(" union all ", parts) + " order by 1", marketplaces));
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    /// <summary>The UUID inside an id of the contract.</summary>
    public static Guid Uuid(string id) => Domain.Id<Payments.PaymentResource>.Parse($"pay_{id[4..]}", null).Value;

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = source.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return command;
    }
}
