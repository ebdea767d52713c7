using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Reconciliations;

/// <summary>Which statement the provider is to be asked for.</summary>
public sealed record CreateReconciliationRequest
{
    /// <summary><c>worldfirst</c>, <c>alipay</c> or <c>card</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>The first moment, RFC 3339 in UTC: <c>2026-11-22T00:00:00Z</c>.</summary>
    public required string From { get; init; }

    /// <summary>The first moment after it, RFC 3339 in UTC; at most 92 days later, and not in the future.</summary>
    public required string To { get; init; }
}

/// <param name="Caller">Who asks.</param>
/// <param name="Period">Whose statement of which time.</param>
/// <param name="Upload">What was uploaded; null to ask the provider.</param>
/// <param name="Key">The request's key.</param>
internal sealed record CreateReconciliation(Caller Caller, StatementPeriod Period, Statement? Upload, KeyedRequest Key)
    : ICommand<Result<ReconciliationResource>>;

internal sealed class CreateReconciliationHandler(StatementImport import, ReconciliationStore store, ReconciliationReader reader)
    : ICommandHandler<CreateReconciliation, Result<ReconciliationResource>>
{
    public async ValueTask<Result<ReconciliationResource>> Handle(CreateReconciliation command, CancellationToken cancellationToken)
    {
        var (caller, period, upload, key) = command;
        if (await EarlierAsync(caller, key, cancellationToken) is { } earlier) return earlier;
        Result<Statement> statement = upload is null
            ? await import.FetchAsync(caller.Mode, period.Provider, period.From, period.To, cancellationToken)
            : upload;
        if (statement.Problem is { } problem) return problem;
        return await import.RunAsync(caller, statement.Value, key, cancellationToken);
    }

    private async Task<Result<ReconciliationResource>?> EarlierAsync(Caller caller, KeyedRequest key, CancellationToken cancellationToken)
    {
        if (await store.FindKeyAsync(caller, key.Key, cancellationToken) is not { } used) return null;
        if (used.RefusalFor(key.Fingerprint) is { } reused) return reused;
        return await reader.FindAsync(caller, new Id<ReconciliationResource>(used.ResourceId), cancellationToken) is { } made
            ? Result<ReconciliationResource>.Replay(made)
            : Problem.NotFound<ReconciliationResource>("reconciliation");
    }
}

internal static class CreateReconciliationEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/reconciliations", async (Caller caller, OptionalIdempotencyKey key, StatementBody body, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new CreateReconciliation(caller, body.Period, body.Upload, new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken))
                .Created(made => $"/v1/reconciliations/{made.Id}"))
        .Needs(Scope.Operate).Audited()
        .WithName("createReconciliation").WithTags("Reconciliations")
        .WithSummary("Hold a provider's statement against the books")
        .WithDescription($"""
            Either application/json: the provider itself is asked for its statement of the time. Or text/csv, with provider, from and to in the query: a statement that you have, of at most
            {StatementBody.MaxBytes / 1024 / 1024} MiB and {StatementCsv.MaxLines} lines, UTF-8, ended by LF or CRLF, with the header `{StatementCsv.Header}`. type: payment, payment_reversal,
            refund, refund_reversal, dispute or dispute_reversal; provider_reference: the provider's own id; request_id and payment_id: ours as the provider repeats them, or empty; currency and
            amount: what was debited or given back, in whole minor units, positive; occurred_at: RFC 3339 in UTC. A file with any fault is refused with the numbers of its lines, and nothing of
            it is kept. The same statement imported again changes nothing and answers with the reconciliation that is there. The CSV is this project's own form: no provider publishes one.
            """)
        .Produces<ReconciliationResource>(201).Refuses(400, 401, 413, 415, 422, 503);
}
