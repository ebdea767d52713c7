using System.Globalization;
using System.Text.Json;
using PaymentOrchestrator.Api.Commands;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Reconciliations;
using PaymentOrchestrator.Api.Tests.Refunds;
using PaymentOrchestrator.Api.Tests.Webhooks;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Operations;

/// <summary>The commands that work on the books, as processes, against the books that the API has written.</summary>
public sealed class OperatorCommandTests(TestSystem system, WebhookServer server)
{
    [Fact]
    public async Task The_proof_says_what_the_endpoint_says_and_tells_by_the_exit_code()
    {
        var tenant = await system.NewMarketplaceAsync();
        var payment = await system.PaidAsync(tenant.Test);
        string[] whose = ["ledger-proof", "--marketplace", tenant.Id.ToString(CultureInfo.InvariantCulture)];

        var (code, output, error) = await RunAsync([.. whose]);
        Assert.True(code == 0, error);
        Assert.Matches($@"(?m)^Marketplace {tenant.Id} \(Test marketplace .+\), test: [12] transactions, \d+ entries, 0 violations$", output);
        Assert.Matches($@"(?m)^Marketplace {tenant.Id} \(.+\), live: 0 transactions, 0 entries, 0 violations$", output);
        Assert.Contains("test: check 1 of ", error, StringComparison.Ordinal);

        await system.Database.ExecuteAsync("update payments set amount_refunded = amount_refunded + 1 where id = $1", Database.Uuid(payment.Id));
        (code, output, error) = await RunAsync([.. whose, "--mode=test", "--json"]);
        Assert.Equal(1, code);
        Assert.Contains("The books do not add up: 1 violations", error, StringComparison.Ordinal);
        using var line = JsonDocument.Parse(output);
        var answer = (await tenant.Test.GetAsync("/v1/ledger/proof")).Must(200);
        Assert.Equal(tenant.Id, line.RootElement.GetProperty("marketplace_id").GetInt32());
        var proof = line.RootElement.GetProperty("proof");
        Assert.Equal(answer.At("checks").GetRawText(), proof.GetProperty("checks").GetRawText());
        Assert.Equal((answer["transactions"], answer["entries"], "1"), (proof.GetProperty("transactions").GetRawText(), proof.GetProperty("entries").GetRawText(), proof.GetProperty("violations").GetRawText()));
    }

    [Fact]
    public async Task A_database_goes_from_nothing_to_proven_by_commands_alone()
    {
        var database = await server.NewDatabaseAsync(migrated: false);
        var (code, output, error) = await Binary.RunAsync(database, "ledger-proof");
        Assert.Equal((3, ""), (code, output));
        Assert.Contains("The database is not migrated", error, StringComparison.Ordinal);

        (code, output, error) = await Binary.RunAsync(database, "migrate");
        Assert.True(code == 0, error);
        Assert.Contains("0001_roles.sql has run.", error, StringComparison.Ordinal);
        Assert.Equal("The schema is up to date.\n", output);
        (code, _, error) = await Binary.RunAsync(database, "migrate");
        Assert.Equal((0, ""), (code, error));

        (code, _, error) = await Binary.RunAsync(database, "create-admin-key", "--marketplace", "First shop", "--mode", "live");
        Assert.True(code == 0, error);
        (code, output, error) = await Binary.RunAsync(database, "ledger-proof", "--marketplace", "First shop");
        Assert.True(code == 0, error);
        Assert.Equal("Marketplace 1 (First shop), test: 0 transactions, 0 entries, 0 violations\nMarketplace 1 (First shop), live: 0 transactions, 0 entries, 0 violations\n", output);
        Assert.EndsWith("The books add up.\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_is_reconciled_as_the_endpoint_does_it()
    {
        var from = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        var tenant = await system.NewMarketplaceAsync();
        var payment = await system.PaidAsync(tenant.Test, "card", "USD");
        var to = TimeProvider.System.GetUtcNow().AddSeconds(1);
        string[] what =
        [
            "reconcile", "--marketplace", tenant.Id.ToString(CultureInfo.InvariantCulture), "--mode", "test", "--provider", "card", "--from", from.Text(), "--to", to.Text(),
            .. Settings(system.ApiArguments),
        ];

        var (code, output, error) = await RunAsync([.. what, "--fetch", "--json"]);
        Assert.True(code is 0 or 1, error);
        using var made = JsonDocument.Parse(output);
        // What other tests pay at the same acquirer in the same minute is missing here, and says so by the exit code.
        var counts = made.RootElement.GetProperty("counts").EnumerateObject().ToDictionary(count => count.Name, count => count.Value.GetInt32());
        Assert.Equal(counts["missing_here"] == 0 ? 0 : 1, code);
        Assert.Equal((1, counts["lines"]), (counts["matched"], counts["matched"] + counts["missing_here"]));
        var id = made.RootElement.GetProperty("id").GetString();
        Assert.Equal((await tenant.Test.GetAsync($"/v1/reconciliations/{id}")).Must(200).Text, output.TrimEnd('\n'));
        Assert.Equal("reconcile", (await tenant.Test.GetAsync("/v1/audit-log")).Must(200)["data.0.operation"]);

        var file = Path.GetTempFileName();
        try
        {
            // Nobody has paid what the second line says, and the payment's own is not there.
            var line = (await system.DownloadAsync("card", from, to, payment.Id)).Single();
            await File.WriteAllLinesAsync(file, [StatementSteps.Header, line.Replace(payment.Id, "nobody", StringComparison.Ordinal).Replace("pi_", "pi_other", StringComparison.Ordinal)], TestContext.Current.CancellationToken);
            (code, output, error) = await RunAsync([.. what, $"--file={file}"]);
            Assert.True(code == 1, error);
            Assert.Matches(@"^rec_\w{26}: 1 lines of card, \d matched, [12] differences\n", output);
            var differing = output[..30];
            (code, output, error) = await RunAsync([.. what, $"--file={file}"]);
            Assert.Equal((1, differing), (code, output[..30]));
            Assert.Contains("was imported before", error, StringComparison.Ordinal);
            (await tenant.Test.GetAsync($"/v1/reconciliations/{differing}/differences")).Must(200);

            (code, _, error) = await RunAsync([.. what, "--file", file + ".not"]);
            Assert.Equal(2, code);
            Assert.StartsWith("--file cannot be read", error, StringComparison.Ordinal);

            await File.WriteAllLinesAsync(file, [StatementSteps.Header, "payment,=1+1,,,USD,100," + from.Text()], TestContext.Current.CancellationToken);
            (code, output, error) = await RunAsync([.. what, "--file", file]);
            Assert.Equal((2, ""), (code, output));
            Assert.Contains("Line 2", error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }

        // Without its configuration there is no provider to ask; without the server's there is nothing to do it with.
        (code, _, error) = await RunAsync([.. what.Where(argument => !argument.StartsWith("--Providers:", StringComparison.Ordinal)), "--fetch"]);
        Assert.Equal(3, code);
        Assert.Contains("card is not configured in test mode", error, StringComparison.Ordinal);
        (code, _, error) = await RunAsync([.. what.Where(argument => !argument.StartsWith("--DataProtection:", StringComparison.Ordinal)), "--fetch"]);
        Assert.Equal(2, code);
        Assert.StartsWith("Set DataProtection:Key", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_endpoint_missed_is_sent_again()
    {
        await using var lab = await WebhookLab.StartAsync(server);
        await using var receiver = await Receiver.StartAsync();
        await using var writer = new Writer(lab.ConnectionString);
        var endpoint = await lab.EndpointAsync(receiver.Url);
        var since = DateTimeOffset.UtcNow.AddSeconds(-5);
        var sent = await writer.WriteAsync(1);
        await receiver.ReceivesAsync(1);

        string[] what = ["replay-webhooks", "--endpoint", endpoint.Id, .. Settings(lab.Arguments())];
        var (code, output, error) = await Binary.RunAsync(lab.ConnectionString, [.. what, "--since", since.Text()]);
        Assert.True(code == 0, error);
        Assert.Equal("1 deliveries are due\n", output);
        Assert.Contains("1 deliveries made due", error, StringComparison.Ordinal);
        await receiver.ReceivesAsync(2);
        Assert.Equal([sent.Single(), sent.Single()], receiver.Deliveries.Select(delivery => delivery.Id));

        (code, _, error) = await Binary.RunAsync(lab.ConnectionString, [.. what, "--since", "yesterday"]);
        Assert.Equal(2, code);
        Assert.Contains("since must be an RFC 3339 time", error, StringComparison.Ordinal);
        (code, _, error) = await Binary.RunAsync(lab.ConnectionString, ["replay-webhooks", "--endpoint", "whe_00000000000000000000000000", "--since", since.Text(), .. Settings(lab.Arguments())]);
        Assert.Equal(3, code);
        Assert.Contains("There is no webhook endpoint", error, StringComparison.Ordinal);
        // Two are called so.
        (code, _, error) = await Binary.RunAsync(lab.ConnectionString, "ledger-proof", "--marketplace", "Test marketplace");
        Assert.Equal(2, code);
        Assert.Contains("name one by its number, 1 or 2", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There is no option --all", "ledger-proof", "--all")]
    [InlineData("--mode must be", "ledger-proof", "--mode", "both")]
    [InlineData("--json takes no value", "ledger-proof", "--json=yes")]
    [InlineData("There is no marketplace 0. There are: ", "ledger-proof", "--marketplace", "0")]
    [InlineData("Either --file or --fetch", "reconcile", "--marketplace", "1", "--mode", "test", "--provider", "card")]
    [InlineData("--provider must be one of", "reconcile", "--marketplace", "1", "--mode", "test", "--fetch")]
    [InlineData("--to must be", "reconcile", "--marketplace", "1", "--mode", "test", "--provider", "card", "--fetch", "--from", "2026-04-13T00:00:00Z")]
    [InlineData("--since is needed", "replay-webhooks", "--endpoint", "whe_1")]
    [InlineData("--endpoint is given twice", "replay-webhooks", "--endpoint", "a", "--endpoint", "b")]
    [InlineData("--since needs a value", "replay-webhooks", "--since")]
    [InlineData("x is not an option", "migrate", "x")]
    [InlineData("There is no option --force", "migrate", "--force")]
    [InlineData("The one argument is the address", "health", "nowhere")]
    [InlineData("openapi takes no arguments", "openapi", "x")]
    [InlineData("There is no command ledger", "help", "ledger")]
    public async Task What_is_misused_is_said_with_the_help(string said, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith(said, error, StringComparison.Ordinal);
        Assert.Contains("Exit codes: 0 done;", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_command_has_a_help_of_its_own_and_a_place_in_the_runbook()
    {
        var runbook = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "runbook.md"), TestContext.Current.CancellationToken);
        foreach (var command in Command.All)
        {
            Assert.Equal((0, ""), await HelpAsync(command.Name, "--help"));
            Assert.Contains($"`{command.Name}", runbook, StringComparison.Ordinal);
        }

        async Task<(int Code, string Error)> HelpAsync(params string[] arguments)
        {
            var (code, output, error) = await RunAsync(arguments);
            Assert.StartsWith($"{arguments[0]} ".TrimEnd(), output, StringComparison.Ordinal);
            Assert.Contains("Exit codes: 0 done;", output, StringComparison.Ordinal);
            return (code, error);
        }
    }

    [Theory]
    [InlineData("ledger-proof")]
    [InlineData("reconcile", "--marketplace", "1", "--mode", "test", "--provider", "card", "--from", "2026-04-13T00:00:00Z", "--to", "2026-04-14T00:00:00Z", "--fetch")]
    [InlineData("replay-webhooks", "--endpoint", "whe_1", "--since", "2026-04-13T00:00:00Z")]
    [InlineData("migrate")]
    public async Task A_database_out_of_reach_is_said_with_what_to_look_at(params string[] arguments)
    {
        const string nowhere = "Host=127.0.0.1;Port=1;Timeout=1;Username=x;Database=x";
        var (code, output, error) = await Binary.RunAsync(nowhere, [.. arguments, .. Settings(system.ApiArguments).Where(setting => !setting.StartsWith("--ConnectionStrings:", StringComparison.Ordinal))]);
        Assert.Equal((3, ""), (code, output));
        Assert.Contains("The database cannot be reached", error, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings:Postgres", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ledger-proof")]
    [InlineData("migrate")]
    [InlineData("create-admin-key", "--marketplace", "x", "--mode", "test")]
    public async Task A_setting_that_is_missing_is_named(params string[] arguments)
    {
        var (code, output, error) = await Binary.RunAsync(null, arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("ConnectionStrings:Postgres", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    /// <summary>What a server was started with, less where it listens.</summary>
    private static IEnumerable<string> Settings(IEnumerable<string> server) => server.Where(argument => argument.Contains(':', StringComparison.Ordinal) && !argument.StartsWith("--urls", StringComparison.Ordinal));

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => Binary.RunAsync(system.Database.ConnectionString, arguments);
}
