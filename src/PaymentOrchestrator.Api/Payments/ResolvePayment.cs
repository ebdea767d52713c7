using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

public sealed record ResolvePaymentRequest
{
    /// <summary><c>moved</c>: the provider did take the total; <c>not_moved</c>: it took nothing, or gave everything back.</summary>
    public required string Outcome { get; init; }

    /// <summary>moved only, required there: the provider's own id of the debit, 1–128 characters.</summary>
    public string? ProviderReference { get; init; }

    /// <summary>moved only, required there: what the provider took. It must be the payment's total.</summary>
    public Amount? Amount { get; init; }
}

internal sealed record ResolvePayment(Caller Caller, Id<PaymentResource> Id, ResolvePaymentRequest Request, KeyedRequest Key)
    : ICommand<Result<PaymentResource>>, IValidated
{
    public const string Moved = "moved";
    public const string NotMoved = "not_moved";

    public void Validate(FieldErrors errors)
    {
        if (Request.Outcome is not (Moved or NotMoved)) errors.Add("outcome", "invalid", "outcome must be moved or not_moved.");
        errors.Text("provider_reference", Request.ProviderReference, 128);
        errors.Positive("amount", Request.Amount);
        if (Request.Outcome == Moved)
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

/// <summary>An operator has found out at the provider what became of a payment under review. The word is kept as an attempt of its own.</summary>
internal sealed class ResolvePaymentHandler(PaymentReader reader, OpenPaymentStore open, PaymentChanges changes, TimeProvider clock) : ICommandHandler<ResolvePayment, Result<PaymentResource>>
{
    public async ValueTask<Result<PaymentResource>> Handle(ResolvePayment command, CancellationToken cancellationToken)
    {
        var (caller, id, request, key) = command;
        var (payment, used) = await reader.FindWithKeyAsync(caller, id, key.Key!, cancellationToken);
        if (payment is null) return Problem.NotFound<PaymentResource>("payment");
        if (used is not null) return used.RefusalFor(key.Fingerprint) ?? Result<PaymentResource>.Replay(payment.ToResource());
        if (payment.Status != PaymentStatus.UnderReview) return NotUnderReview(payment);
        if (request.Amount is { } amount && amount.ToMoney() != payment.Total)
        {
            return new Problem(ProblemType.AmountDiffers, $"The payment's total is {payment.Total}. Have the difference settled at the provider, then resolve it as moved or not_moved.")
            {
                Errors = [new FieldError("amount", ProblemType.AmountDiffers.Code, $"amount must be the payment's total, {payment.Total}.")],
            };
        }

        var subject = (await open.FindAsync(caller, id, cancellationToken))!;
        var moved = request.Outcome == ResolvePayment.Moved;
        var decision = moved
            ? new OutcomeDecision(PaymentStatus.Succeeded, payment.Amounts.Posting)
            : new OutcomeDecision(PaymentStatus.Failed, Failure: new PaymentFailure(FailureCode.NotMoved, "Nothing was taken from the buyer. Pay again with a new quote.", Retryable: true));
        var word = new PaymentChanges.Word(subject.Attempt.Number, moved ? "succeeded" : "refused", request.ProviderReference, "resolved by an operator", ByOperator: true);
        var now = await changes.ApplyAsync(payment, decision, word, key, cancellationToken, AuditEntry.Of(caller, id.ToString(), id.ShardKey, clock.Now()));
        // Someone else, or an inquiry, was first: theirs is the present state, and this request had no effect.
        return now.Version == payment.Version + 1 && now.Status == decision.Status ? now.ToResource() : NotUnderReview(now);
    }

    private static Problem NotUnderReview(Payment payment) => new(ProblemType.PaymentNotUnderReview, $"The payment is {payment.Status.Code()}; there is nothing to resolve.")
    {
        PaymentId = payment.Id.ToString(),
        PaymentStatus = payment.Status.Code(),
    };
}

internal static class ResolvePaymentEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/payments/{id}/resolve", async (
            string id, Caller caller, RequiredIdempotencyKey key, RequestBody<ResolvePaymentRequest> body, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(
                new ResolvePayment(caller, Id<PaymentResource>.ParseOrNone(id), body.Value, new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken)).Ok())
        .Needs(Scope.Operate).Audited()
        .WithName("resolvePayment").WithTags("Payments")
        .WithSummary("Say what became of a payment under review")
        .WithDescription("For operators, once they know from the provider. moved posts the payment to the ledger; not_moved frees the order.")
        .Produces<PaymentResource>().Refuses(400, 401, 404, 409, 413, 415, 422);
}
