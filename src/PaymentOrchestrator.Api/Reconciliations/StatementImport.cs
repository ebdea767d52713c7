using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Reconciliations;

/// <summary>Holds a statement against the books and writes down what came of it, all or nothing. Knows nothing of HTTP: a command line may call it.</summary>
internal sealed class StatementImport(BooksReader books, ReconciliationStore store, ProviderDirectory providers, TimeProvider clock)
{
    /// <summary>The provider's own statement of a time. A refusal says why there is none.</summary>
    public async Task<Result<Statement>> FetchAsync(Mode mode, string provider, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        if (providers.For(mode).StatementSource(provider) is not { } source)
            return new Problem(ProblemType.ProviderNotConfigured, $"{provider} is not configured in {mode.Code()} mode, or hands out no statements. Upload the statement as text/csv.");
        return await source.ReadStatementAsync(from, to, StatementCsv.MaxLines, cancellationToken) switch
        {
            ProviderAnswer<IReadOnlyList<StatementLine>>.Ok { Value: var lines } => new Statement(provider, Statement.OfProvider, from, to, lines),
            ProviderAnswer<IReadOnlyList<StatementLine>>.Refused { Code: FailureCode.LimitExceeded } => Problem.Invalid(
                new FieldError("to", "too_many", $"The provider's statement of this time has more than {StatementCsv.MaxLines} lines. Ask for a shorter time.")),
            _ => new Problem(ProblemType.ProviderUnavailable, "The provider did not hand out its statement. Nothing was imported; try again.") { RetryAfter = 30 },
        };
    }

    /// <returns>The reconciliation; replayed where the same statement had been imported before, and then nothing was written.</returns>
    public async Task<Result<ReconciliationResource>> RunAsync(Caller caller, Statement statement, KeyedRequest key, CancellationToken cancellationToken)
    {
        if (await store.FindByContentAsync(caller, statement.Provider, statement.ContentHash(), cancellationToken) is { } earlier) return Result<ReconciliationResource>.Replay(earlier);
        var found = await books.ReadAsync(caller, statement, cancellationToken);
        // What a provider hands out is of all marketplaces; an upload is this marketplace's by its own word.
        var own = statement.Source == Statement.OfProvider ? statement with { Lines = [.. statement.Lines.Where(line => !IsForeign(line, found.Foreign))] } : statement;
        if (own.Lines.Count != statement.Lines.Count && await store.FindByContentAsync(caller, own.Provider, own.ContentHash(), cancellationToken) is { } same)
            return Result<ReconciliationResource>.Replay(same);

        var entries = Reconciler.Reconcile(own.Lines, found.Movements, found.Late, RequestIds.Owner);
        // A movement at the edge of two statements' times may be a line of the other.
        var missing = entries.Where(entry => entry.Result == ReconciliationResult.MissingThere).Select(entry => entry.Ours!.ObjectId).ToList();
        var elsewhere = await store.FindMatchedAsync(caller, missing, cancellationToken);
        entries = [.. entries.Where(entry => entry.Result != ReconciliationResult.MissingThere || !elsewhere.Contains((entry.Ours!.ObjectId, entry.Ours.Type.Code())))];

        var now = clock.Now();
        var resource = new ReconciliationResource
        {
            Id = Id<ReconciliationResource>.New(ReconciliationStore.ShardOf(caller), now),
            Provider = own.Provider,
            Source = own.Source,
            From = own.From,
            To = own.To,
            Counts = Count(own, entries),
            Livemode = caller.Mode == Mode.Live,
            CreatedAt = now,
        };
        var lines = entries.Select(entry => ReconciliationEntry.Of(entry, StatusOf(entry.Line, found.Statuses), own.Provider)).ToList();
        return await store.WriteAsync(caller, resource, own.ContentHash(), lines, key, cancellationToken)
            ? resource
            : Result<ReconciliationResource>.Replay((await store.FindByContentAsync(caller, own.Provider, own.ContentHash(), cancellationToken))!);
    }

    private static bool IsForeign(StatementLine line, IReadOnlySet<string> foreign) =>
        (line.PaymentId is { } payment && foreign.Contains(payment)) || (line.RequestId is { } request && foreign.Contains(RequestIds.Owner(request)));

    private static string? StatusOf(StatementLine? line, IReadOnlyDictionary<string, string> statuses) =>
        line?.RequestId is { } request && statuses.TryGetValue(RequestIds.Owner(request), out var status) ? status
        : line is { Type: MovementType.Payment, PaymentId: { } payment } && statuses.TryGetValue(payment, out status) ? status
        : null;

    private static ReconciliationCounts Count(Statement statement, IReadOnlyList<ReconciledEntry> entries)
    {
        int Of(ReconciliationResult result) => entries.Count(entry => entry.Result == result);
        return new ReconciliationCounts
        {
            Lines = statement.Lines.Count,
            Matched = Of(ReconciliationResult.Matched),
            MissingHere = Of(ReconciliationResult.MissingHere),
            MissingThere = Of(ReconciliationResult.MissingThere),
            AmountDiffers = Of(ReconciliationResult.AmountDiffers),
            CurrencyDiffers = Of(ReconciliationResult.CurrencyDiffers),
            SettledLate = Of(ReconciliationResult.SettledLate),
        };
    }
}
