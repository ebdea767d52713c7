using System.Text.Json;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Ledger;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Commands;

/// <summary><c>ledger-proof</c>: the proof of one marketplace's books, or of all, one after the other.</summary>
internal static class ProveBooks
{
    public const string Name = "ledger-proof";
    public const string Usage = "[--marketplace number|name] [--mode test|live] [--json]";

    public const string Details = $"""
          --marketplace  Whose books; everybody's by default.
          --mode         One mode's; both by default.
          --json         One JSON document a line for each marketplace and mode, the proof as GET /v1/ledger/proof answers it.

        Everything is read, on one snapshot for each marketplace and mode; it may run beside the service, and on a replica, and needs no setting but the database. 1 where any check has a violation.
        {OperatorCommand.Configuration}
        """;

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var (arguments, fault) = Arguments.Read(args, ["--marketplace", "--mode"], "--json");
        if (arguments is null) return await Command.MisusedAsync(Name, fault!);
        if (!OperatorCommand.TryMode(arguments["--mode"], out var mode)) return await Command.MisusedAsync(Name, "--mode must be test or live.");

        return await OperatorCommand.RunAsync(Name, arguments, services => _ = services.GetRequiredService<LedgerProof>(), async services =>
        {
            var marketplaces = await services.GetRequiredService<Db>().MarketplacesAsync(cancellationToken);
            if (arguments["--marketplace"] is { } reference)
            {
                var (chosen, unknown) = OperatorCommand.Choose(marketplaces, reference);
                if (chosen is null) return await Command.MisusedAsync(Name, unknown!);
                marketplaces = [chosen];
            }

            var violations = 0L;
            foreach (var marketplace in marketplaces)
            {
                foreach (var one in mode is { } only ? [only] : Enum.GetValues<Mode>())
                    violations += await ProveAsync(services.GetRequiredService<LedgerProof>(), marketplace, one, arguments.Has("--json"), cancellationToken);
            }

            OperatorCommand.Say(violations == 0 ? "The books add up." : $"The books do not add up: {violations} violations. deploy/runbook.md, LedgerDoesNotProve, says what to do.");
            return violations == 0 ? Command.Done : Command.Found;
        });
    }

    private static async Task<long> ProveAsync(LedgerProof proof, MarketplaceName whose, Mode mode, bool json, CancellationToken cancellationToken)
    {
        var title = $"Marketplace {whose.Id} ({whose.Name}), {mode.Code()}";
        var done = 0;
        var proven = await proof.RunAsync(
            new Caller(whose.Id, mode), cancellationToken, check => OperatorCommand.Say($"{title}: check {++done} of {LedgerChecks.All.Count}, {check.Name}: {check.Violations} violations"));
        if (json)
        {
            Console.WriteLine(new JsonObject
            {
                ["marketplace_id"] = whose.Id,
                ["marketplace"] = whose.Name,
                ["mode"] = mode.Code(),
                ["proof"] = JsonSerializer.SerializeToNode(proven, ApiJson.TypeInfo<LedgerProofResource>()),
            }.ToJsonString(ApiJson.Options));
        }
        else
        {
            Console.WriteLine($"{title}: {proven.Transactions} transactions, {proven.Entries} entries, {proven.Violations} violations");
            foreach (var check in proven.Checks.Where(check => check.Violations > 0)) Console.WriteLine($"  {check.Name}: {check.Violations}");
        }

        return proven.Violations;
    }
}
