using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Refunds;

public sealed record CreateRefundRequest
{
    /// <summary>The part of the order to give back, CNY; none is all that is left.</summary>
    public Amount? Amount { get; init; }

    /// <summary>Yours, up to 500 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>Up to 20 texts of your own: names of at most 40 characters, values of at most 500.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

internal sealed record CreateRefund(Caller Caller, Id<PaymentResource> PaymentId, CreateRefundRequest Request, KeyedRequest Key)
    : ICommand<Result<RefundResource>>, IValidated
{
    public void Validate(FieldErrors errors)
    {
        errors.Positive("amount", Request.Amount, Currency.Cny);
        errors.Text("reason", Request.Reason, 500);
        if (Request.Metadata is not { } metadata) return;
        if (metadata.Count > 20) errors.Add("metadata", "too_many", "metadata may hold at most 20 entries.");
        foreach (var (name, value) in metadata)
        {
            if (name.Length > 40) errors.Add("metadata", "too_long", "A name in metadata may hold at most 40 characters.");
            if (value.Length > 500) errors.Add($"metadata.{name}", "too_long", $"metadata.{name} may hold at most 500 characters.");
        }
    }
}

/// <summary>
/// Gives a part of a payment back in three phases: the intent is committed under the payment's row lock; the provider is called with no transaction
/// open; the outcome is committed. Whatever dies in between, the intent stays, holds its part of the payment, and says whom to ask.
/// </summary>
internal sealed class CreateRefundHandler(
    RefundStore store, RefundChanges changes, ProviderDirectory providers, Secrets secrets, RefundSchedule schedule, TimeProvider clock)
    : ICommandHandler<CreateRefund, Result<RefundResource>>
{
    public async ValueTask<Result<RefundResource>> Handle(CreateRefund command, CancellationToken cancellationToken)
    {
        var (caller, paymentId, _, key) = command;
        var now = clock.Now();
        var intent = await store.CommitIntentAsync(
            caller, paymentId, key, now + schedule.OwnerGoneAfter, found => Decide(found, command, now), cancellationToken);
        // The key was taken while we decided: look again at what it stands for.
        if (intent is null) return await Handle(command, cancellationToken);
        if (intent.Problem is { } problem) return problem;
        if (intent.Replayed) return Result<RefundResource>.Replay(intent.Value.Refund.ToResource());

        // Money may move from here on: a client that hangs up changes nothing any more.
        var (refund, debit) = intent.Value;
        var outcome = await providers.For(caller.Mode).RefundGateway(debit.Method)!.RefundAsync(intent.Value.ToRequest(secrets), CancellationToken.None);
        return (await changes.ApplyAsync(refund, outcome, clock.Now() + schedule.DelayAfter(0))).ToResource();
    }

    private Result<OpenRefund> Decide(RefundStore.Found? found, CreateRefund command, DateTimeOffset now)
    {
        if (found is null) return Problem.NotFound<PaymentResource>("payment");
        var (payment, feeRefundable, refunded, debit, used, earlier) = found;
        if (used is not null)
            return used.RefusalFor(command.Key.Fingerprint) is { } reused ? reused : Result<OpenRefund>.Replay(new OpenRefund(earlier!, debit));

        if (payment.Status != PaymentStatus.Succeeded)
        {
            return new Problem(ProblemType.PaymentNotRefundable, $"The payment is {payment.Status.Code()}; only what has succeeded can be refunded.")
            {
                PaymentId = payment.Id.ToString(),
                PaymentStatus = payment.Status.Code(),
            };
        }

        if (providers.For(payment.Owner.Mode).RefundGateway(payment.Method) is null)
            return new Problem(ProblemType.ProviderNotConfigured, $"{payment.Method.Code()} has no provider configured in {payment.Owner.Mode.Code()} mode that can refund.");

        var paid = new RefundParts(payment.Order, payment.Source, payment.Markup, payment.Total - payment.Source);
        var amount = command.Request.Amount?.ToMoney() ?? paid.Order - refunded.Order;
        if (amount.IsZero) return TooLarge(amount);
        return RefundMath.Split(paid, feeRefundable, refunded, amount) switch
        {
            RefundSplit.Parts(var parts) =>
                new OpenRefund(Refund.Of(payment, parts, command.Request.Reason, command.Request.Metadata ?? new Dictionary<string, string>(), now), debit),
            RefundSplit.TooLarge(var left) => TooLarge(left),
            RefundSplit.TooSmall => TooSmall(amount, paid.Source.Currency),
            _ => throw new InvalidOperationException("A split that is not known."),
        };
    }

    private static Problem TooLarge(Money left) => new(
        ProblemType.RefundAmountTooLarge,
        left.IsZero ? "Nothing is left to refund: earlier refunds cover the whole order." : $"{left} of the order are left to refund; refunds that are not failed count. Ask for that much or less.")
    {
        AmountLeft = left,
        Errors = [new FieldError("amount", ProblemType.RefundAmountTooLarge.Code, $"{left} are left.")],
    };

    private static Problem TooSmall(Money amount, Currency source) => new(
        ProblemType.RefundTooSmall, $"{amount} come to less than the smallest unit of {source} at the payment's rate. Refund more at once.")
    {
        Errors = [new FieldError("amount", ProblemType.RefundTooSmall.Code, $"Comes to nothing in {source}.")],
    };
}

internal static class CreateRefundEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/payments/{id}/refunds", async (
            string id, Caller caller, RequiredIdempotencyKey key, RequestBody<CreateRefundRequest> body, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(
                new CreateRefund(caller, Id<PaymentResource>.ParseOrNone(id), body.Value, new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken))
                .Created(refund => $"/v1/refunds/{refund.Id}"))
        .Needs(Scope.RefundsWrite)
        .WithName("createRefund").WithTags("Refunds")
        .WithSummary("Give a payment back, whole or in part")
        .WithDescription("""
            At the payment's own rate: all parts together give back exactly what was paid, and never more. 201 with the refund whatever its outcome; see status and failure.
            A 4xx means that there is no refund. A refund that failed frees its amount.
            """)
        .Produces<RefundResource>(201).Refuses(400, 401, 404, 409, 413, 415, 422);
}
