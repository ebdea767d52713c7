using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Access;

/// <summary>The binary's commands, run as an operator runs them.</summary>
public sealed class CommandTests(TestSystem system)
{
    [Fact]
    public async Task The_first_key_is_made_on_the_machine_and_shown_once()
    {
        var name = $"Shop {Guid.NewGuid():N}";
        var (code, output, error) = await RunAsync("create-admin-key", "--marketplace", name, "--mode", "test");
        Assert.True(code == 0, error);
        var key = output.Trim();
        Assert.Matches("^po_test_[0-9A-Za-z]{38}$", key);
        Assert.DoesNotContain(key[^20..], error, StringComparison.Ordinal);

        var admin = system.ClientWith(key);
        var keys = (await admin.GetAsync("/v1/api-keys")).Must(200);
        Assert.Equal("""["admin"]""", keys.At("data.0.scopes").GetRawText());
        (await admin.GetAsync("/v1/payments")).Must(403, "insufficient_scope");
        Assert.Equal("create-admin-key", (await admin.GetAsync("/v1/audit-log")).Must(200)["data.0.operation"]);

        // The other mode of the same marketplace, with everything.
        var (again, live, _) = await RunAsync("create-admin-key", $"--marketplace={name}", "--mode=live", "--scopes=all");
        Assert.Equal(0, again);
        (await system.ClientWith(live.Trim()).GetAsync("/v1/payments")).Must(200);
        Assert.Equal(["1 2"], await system.Database.RowsAsync("select count(distinct marketplace_id), count(*) from api_keys k join marketplaces m on m.id = k.marketplace_id where m.name = $1", name));
    }

    [Theory]
    [InlineData(2, "--marketplace must be", "create-admin-key", "--mode", "test")]
    [InlineData(2, "--mode must be", "create-admin-key", "--marketplace", "x")]
    [InlineData(2, "--scopes must be", "create-admin-key", "--marketplace", "x", "--mode", "test", "--scopes", "everything")]
    [InlineData(2, "There is no option --modus", "create-admin-key", "--marketplace", "x", "--modus", "test")]
    [InlineData(2, "There is no command create-admin", "create-admin")]
    [InlineData(0, "create-admin-key", "--help")]
    [InlineData(0, "--marketplace", "create-admin-key", "--help")]
    public async Task What_is_wrong_is_said_with_the_help_and_told_by_the_exit_code(int expected, string said, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);
        Assert.Equal(expected, code);
        Assert.Contains(said, expected == 0 ? output : error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_a_failure()
    {
        var (code, output, error) = await RunAsync("create-admin-key", "--marketplace", "x", "--mode", "test", "--ConnectionStrings:Postgres=Host=127.0.0.1;Port=1;Timeout=1");
        Assert.Equal((3, ""), (code, output));
        Assert.Contains("The database cannot be reached", error, StringComparison.Ordinal);
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => Binary.RunAsync(system.Database.ConnectionString, arguments);
}
