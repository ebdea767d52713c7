using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Reconciliations;

public sealed record ResolveDifferenceRequest
{
    /// <summary><c>acknowledged</c>: someone is on it; <c>resolved</c>: it is seen to, for good.</summary>
    public required string State { get; init; }

    /// <summary>Who says so: a name or an address, 1–128 characters.</summary>
    public required string By { get; init; }

    /// <summary>What was found or done, 1–1000 characters.</summary>
    public required string Note { get; init; }
}

internal sealed record ResolveDifference(
    Caller Caller, Id<ReconciliationResource> Reconciliation, Id<ReconciliationDifferenceResource> Id, ResolveDifferenceRequest Request, KeyedRequest Key)
    : ICommand<Result<ReconciliationDifferenceResource>>, IValidated
{
    public const string Acknowledged = "acknowledged";
    public const string Resolved = "resolved";

    public void Validate(FieldErrors errors)
    {
        if (Request.State is not (Acknowledged or Resolved)) errors.Add("state", "invalid", "state must be acknowledged or resolved.");
        errors.Text("by", Request.By, 128);
        errors.Text("note", Request.Note, 1_000);
    }
}

/// <summary>An operator has seen to a difference. Who said what and when is kept, each time.</summary>
internal sealed class ResolveDifferenceHandler(ReconciliationReader reader, ReconciliationStore store, TimeProvider clock)
    : ICommandHandler<ResolveDifference, Result<ReconciliationDifferenceResource>>
{
    public async ValueTask<Result<ReconciliationDifferenceResource>> Handle(ResolveDifference command, CancellationToken cancellationToken)
    {
        var (caller, reconciliation, id, request, key) = command;
        // The key first: whoever is seen to have used it has left a state that is seen as well.
        var used = await store.FindKeyAsync(caller, key.Key, cancellationToken);
        if (await reader.FindDifferenceAsync(caller, reconciliation, id, cancellationToken) is not { } found)
            return Problem.NotFound<ReconciliationDifferenceResource>("difference of this reconciliation");
        if (used is not null)
            return used.RefusalFor(key.Fingerprint) is { } reused ? reused : Result<ReconciliationDifferenceResource>.Replay(found.Difference);

        if (found.Difference.State == ResolveDifference.Resolved)
        {
            return new Problem(ProblemType.DifferenceResolved, $"{found.Difference.Resolution!.By} has resolved the difference; that is for good. What is wrong still will show in the next statement.");
        }

        var now = clock.Now();
        // Someone else was first: the same request, whose effect this is, or another; then it is looked at again.
        if (!await reader.ResolveAsync(caller, id, found.Version, request.State, request.By, request.Note, key, now)) return await Handle(command, cancellationToken);
        return found.Difference with { State = request.State, Resolution = new DifferenceResolution { By = request.By, Note = request.Note, At = now } };
    }
}

internal static class ResolveDifferenceEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/reconciliations/{id}/differences/{difference}/resolve", async (
            string id, string difference, Caller caller, RequiredIdempotencyKey key, RequestBody<ResolveDifferenceRequest> body, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(
                new ResolveDifference(
                    caller, Id<ReconciliationResource>.ParseOrNone(id), Id<ReconciliationDifferenceResource>.ParseOrNone(difference), body.Value,
                    new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken)).Ok())
        .Needs(Scope.Operate).Audited()
        .WithName("resolveReconciliationDifference").WithTags("Reconciliations")
        .WithSummary("Say what was done about a difference")
        .WithDescription("For operators. Moves no money: what the books lack is put right by the payment's, refund's or dispute's own calls. resolved is for good.")
        .Produces<ReconciliationDifferenceResource>().Refuses(400, 401, 404, 409, 413, 415, 422);
}
