using Mediator;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Reconciliations;

namespace PaymentOrchestrator.Api.Commands;

/// <summary><c>reconcile</c>: a statement from a file, or from the provider, held against the books; for a job that runs every night.</summary>
internal static class Reconcile
{
    public const string Name = "reconcile";
    public const string Usage = "--marketplace number|name --mode test|live --provider worldfirst|alipay|card --from TIME --to TIME (--file statement.csv | --fetch) [--json]";

    public const string Details = $"""
          --marketplace  Whose books.
          --mode         Which of them.
          --provider     Whose statement.
          --from, --to   Its time, the first moment and the first moment after it: 2026-11-22T00:00:00Z. At most 92 days, and over.
          --file         The statement as CSV with the header {StatementCsv.Header};
                         - for standard input.
          --fetch        Ask the provider for it instead.
          --json         The reconciliation as POST /v1/reconciliations answers it.

        The same statement again changes nothing and tells what it came to the first time. 1 where statement and books differ.
        {OperatorCommand.Configuration}
        """;

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var (arguments, fault) = Arguments.Read(args, ["--marketplace", "--mode", "--provider", "--from", "--to", "--file"], "--fetch", "--json");
        if (arguments is null) return await Command.MisusedAsync(Name, fault!);
        if (arguments["--marketplace"] is not { } reference) return await Command.MisusedAsync(Name, "--marketplace is needed.");
        if (!OperatorCommand.TryMode(arguments["--mode"], out var mode) || mode is null) return await Command.MisusedAsync(Name, "--mode must be test or live.");
        var file = arguments["--file"];
        if ((file is null) != arguments.Has("--fetch")) return await Command.MisusedAsync(Name, "Either --file or --fetch is needed, and not both.");
        var period = StatementPeriod.Parse(arguments["--provider"], arguments["--from"], arguments["--to"], TimeProvider.System.Now());
        if (period.Problem is { } problem)
            return await Command.MisusedAsync(Name, string.Join("\n", problem.Errors!.Select(error => $"--{error.Message}")));

        return await OperatorCommand.RunAsync(Name, arguments, OperatorCommand.TheServer, async services =>
        {
            var (chosen, unknown) = OperatorCommand.Choose(await services.GetRequiredService<Db>().MarketplacesAsync(cancellationToken), reference);
            if (chosen is null) return await Command.MisusedAsync(Name, unknown!);

            Statement? upload = null;
            if (file is not null)
            {
                Result<Statement> read;
                try
                {
                    await using var stream = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
                    read = await Statement.ReadCsvAsync(stream, period.Value, cancellationToken);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    return await Command.MisusedAsync(Name, $"--file cannot be read: {e.Message}");
                }

                if (read.Problem is { } faulty) return OperatorCommand.Refused(faulty);
                upload = read.Value;
                OperatorCommand.Say($"{upload.Lines.Count} lines read. Holding them against the books …");
            }
            else
            {
                OperatorCommand.Say($"Asking {period.Value.Provider} for its statement, and holding it against the books …");
            }

            var caller = new Caller(chosen.Id, mode.Value) { Origin = RequestOrigin.OfCommand(Name) };
            var answer = await services.GetRequiredService<ISender>().Send(new CreateReconciliation(caller, period.Value, upload, new KeyedRequest(null, [])), cancellationToken);
            return answer.Problem is { } refusal ? OperatorCommand.Refused(refusal) : Report(answer.Value, answer.Replayed, arguments.Has("--json"));
        });
    }

    private static int Report(ReconciliationResource made, bool replayed, bool json)
    {
        var counts = made.Counts;
        (string Name, int Count)[] differences =
        [
            ("missing_here", counts.MissingHere), ("missing_there", counts.MissingThere), ("amount_differs", counts.AmountDiffers),
            ("currency_differs", counts.CurrencyDiffers), ("settled_late", counts.SettledLate),
        ];
        var total = differences.Sum(one => one.Count);
        if (replayed) OperatorCommand.Say("The same statement was imported before; this is what it came to.");
        if (json)
        {
            Console.WriteLine(ApiJson.Write(made));
        }
        else
        {
            Console.WriteLine($"{made.Id}: {counts.Lines} lines of {made.Provider}, {counts.Matched} matched, {total} differences");
            foreach (var (name, count) in differences.Where(one => one.Count > 0)) Console.WriteLine($"  {name}: {count}");
        }

        if (total > 0) OperatorCommand.Say($"GET /v1/reconciliations/{made.Id}/differences lists them.");
        return total == 0 ? Command.Done : Command.Found;
    }
}
