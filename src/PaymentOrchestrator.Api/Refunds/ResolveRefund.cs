using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Refunds;

public sealed record ResolveRefundRequest
{
    /// <summary><c>moved</c>: the provider did give the money back; <c>not_moved</c>: it gave nothing back, or it came back.</summary>
    public required string Outcome { get; init; }

    /// <summary>moved only, required there: the provider's own id of the refund, 1–128 characters.</summary>
    public string? ProviderReference { get; init; }

    /// <summary>moved only, required there: what the provider gave back. It must be the refund's source_amount and fee_amount together.</summary>
    public Amount? Amount { get; init; }
}

internal sealed record ResolveRefund(Caller Caller, Id<RefundResource> Id, ResolveRefundRequest Request, KeyedRequest Key)
    : ICommand<Result<RefundResource>>, IValidated
{
    public void Validate(FieldErrors errors)
    {
        if (Request.Outcome is not (ResolvePayment.Moved or ResolvePayment.NotMoved)) errors.Add("outcome", "invalid", "outcome must be moved or not_moved.");
        errors.Text("provider_reference", Request.ProviderReference, 128);
        errors.Positive("amount", Request.Amount);
        if (Request.Outcome == ResolvePayment.Moved)
        {
            if (Request.ProviderReference is null) errors.Add("provider_reference", "required", "With outcome moved, provider_reference is required.");
            if (Request.Amount is null) errors.Add("amount", "required", "With outcome moved, amount is required.");
        }
        else if (Request.ProviderReference is not null || Request.Amount is not null)
        {
            errors.Add("outcome", "not_applicable", "provider_reference and amount are for outcome moved only; leave them out.");
        }
    }
}

/// <summary>An operator has found out at the provider what became of a refund under review. It counts as the provider's word would have.</summary>
internal sealed class ResolveRefundHandler(RefundStore store, RefundChanges changes, TimeProvider clock) : ICommandHandler<ResolveRefund, Result<RefundResource>>
{
    public async ValueTask<Result<RefundResource>> Handle(ResolveRefund command, CancellationToken cancellationToken)
    {
        var (caller, id, request, key) = command;
        var (refund, used) = await store.FindWithKeyAsync(caller, id, key.Key!, cancellationToken);
        if (refund is null) return Problem.NotFound<RefundResource>("refund");
        if (used is not null)
        {
            // Read again: the key's effect may have been committed between the two reads.
            if (used.RefusalFor(key.Fingerprint) is { } reused) return reused;
            return Result<RefundResource>.Replay((await store.FindAsync(caller, id, cancellationToken))!.ToResource());
        }

        if (refund.Status != RefundStatus.UnderReview) return NotUnderReview(refund);

        RefundOutcome outcome = request.Outcome == ResolvePayment.Moved
            ? new RefundOutcome.Succeeded(request.ProviderReference!, request.Amount!.ToMoney())
            : new RefundOutcome.Refused(FailureCode.NotMoved, "Nothing was given back. The amount can be refunded again.");
        var decision = RefundRules.Decide(refund.Status, outcome, refund.Parts, refund.Suspended);
        if (decision.Status is null) return AmountDiffers(refund);
        if (await changes.ResolveAsync(refund, decision, outcome, key, AuditEntry.Of(caller, id.ToString(), id.ShardKey, clock.Now())) is not { } now) return GivenBackTwice(refund);
        if (now.Version == refund.Version + 1 && now.Status == decision.Status) return now.ToResource();
        // Someone else was first: the same request, whose effect this is, or another.
        return now.Version == refund.Version ? await Handle(command, cancellationToken) : NotUnderReview(now);
    }

    private static Problem AmountDiffers(Refund refund) => new(
        ProblemType.AmountDiffers,
        $"The refund comes to {refund.Parts.Returned}. Have the difference settled at the provider, then resolve it as moved or not_moved.")
    {
        Errors = [new FieldError("amount", ProblemType.AmountDiffers.Code, $"amount must be what the refund comes to, {refund.Parts.Returned}.")],
    };

    private static Problem GivenBackTwice(Refund refund) => new(
        ProblemType.RefundAmountTooLarge,
        "The amount was refunded otherwise meanwhile, so that the buyer was given back more than was paid. It stays in suspense: recover it, then resolve the refund as not_moved.")
    {
        PaymentId = refund.PaymentId.ToString(),
    };

    private static Problem NotUnderReview(Refund refund) =>
        new(ProblemType.RefundNotUnderReview, $"The refund is {refund.Status.Code()}; there is nothing to resolve.");
}

internal static class ResolveRefundEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/refunds/{id}/resolve", async (
            string id, Caller caller, RequiredIdempotencyKey key, RequestBody<ResolveRefundRequest> body, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(
                new ResolveRefund(caller, Id<RefundResource>.ParseOrNone(id), body.Value, new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken)).Ok())
        .Needs(Scope.Operate).Audited()
        .WithName("resolveRefund").WithTags("Refunds")
        .WithSummary("Say what became of a refund under review")
        .WithDescription("For operators, once they know from the provider. moved posts the refund to the ledger; not_moved frees its amount.")
        .Produces<RefundResource>().Refuses(400, 401, 404, 409, 413, 415, 422);
}
