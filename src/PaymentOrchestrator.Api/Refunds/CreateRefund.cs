using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Refunds;

public sealed record CreateRefundRequest : ITryable
{
    /// <summary>The part of the order to give back, CNY; none is all that is left.</summary>
    public Amount? Amount { get; init; }

    /// <summary>Yours, up to 500 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>Up to 20 texts of your own: names of at most 40 characters, values of at most 500.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>
    /// True to be told what would happen: everything is decided as for a refund, and nothing is written, no key used, no money asked for. The refusals are
    /// those of the refund itself.
    /// </summary>
    public bool? DryRun { get; init; }
}

internal sealed record CreateRefund(Caller Caller, Id<PaymentResource> PaymentId, CreateRefundRequest Request, KeyedRequest Key)
    : ICommand<Result<RefundAnswer>>, IValidated
{
    public void Validate(FieldErrors errors)
    {
        errors.Positive("amount", Request.Amount, Currency.Cny);
        errors.Text("reason", Request.Reason, 500);
        errors.Metadata(Request.Metadata);
    }
}

/// <summary>
/// Gives a part of a payment back in three phases: the intent is committed under the payment's row lock; the provider is called with no transaction
/// open; the outcome is committed. Whatever dies in between, the intent stays, holds its part of the payment, and says whom to ask.
/// </summary>
internal sealed class CreateRefundHandler(
    RefundStore store, RefundChanges changes, ProviderDirectory providers, Secrets secrets, RefundSchedule schedule, TimeProvider clock)
    : ICommandHandler<CreateRefund, Result<RefundAnswer>>
{
    public async ValueTask<Result<RefundAnswer>> Handle(CreateRefund command, CancellationToken cancellationToken)
    {
        var (caller, paymentId, request, key) = command;
        var dryRun = request.DryRun is true;
        var now = clock.Now();
        var intent = await store.CommitIntentAsync(
            caller, paymentId, key, now + schedule.OwnerGoneAfter, dryRun, found => Decide(found, command, now), cancellationToken);
        // The key was taken while we decided: look again at what it stands for.
        if (intent is null) return await Handle(command, cancellationToken);
        if (intent.Problem is { } problem) return problem;
        if (intent.Replayed) return Result<RefundAnswer>.Replay(new RefundAnswer.Refunded(intent.Value.Refund.ToResource()));
        if (dryRun) return new RefundAnswer.Previewed(RefundPreview.Of(intent.Value.Refund));

        // Money may move from here on: a client that hangs up changes nothing any more.
        var (refund, debit) = intent.Value;
        var outcome = await providers.For(caller.Mode).RefundGateway(debit.Method)!.RefundAsync(intent.Value.ToRequest(secrets), CancellationToken.None);
        return new RefundAnswer.Refunded((await changes.ApplyAsync(refund, outcome, clock.Now() + schedule.DelayAfter(0))).ToResource());
    }

    private Result<OpenRefund> Decide(RefundStore.Found? found, CreateRefund command, DateTimeOffset now)
    {
        if (found is null) return Problem.NotFound<PaymentResource>("payment");
        var (payment, feeRefundable, refunded, debit, used, earlier, _) = found;
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

        if (found.BarringDispute is { } dispute)
        {
            return new Problem(
                ProblemType.PaymentDisputed,
                $"The cardholder has taken the payment to the bank, which decides about the money ({dispute}). Answer the dispute at the acquirer; a refund besides would pay twice.")
            {
                PaymentId = payment.Id.ToString(),
                PaymentStatus = payment.Status.Code(),
            };
        }

        if (providers.For(payment.Owner.Mode).RefundGateway(payment.Method) is null)
            return new Problem(ProblemType.ProviderNotConfigured, $"{payment.Method.Code()} has no provider configured in {payment.Owner.Mode.Code()} mode that can refund.");

        var paid = new RefundParts(payment.Order, payment.Source, payment.Markup, payment.Total - payment.Source);
        var amount = command.Request.Amount?.ToMoney() ?? paid.Order - refunded.Order;
        // Below zero where the provider gave back what we had taken for failed, and it was refunded again meanwhile.
        if (amount.Value <= 0) return TooLarge(Money.Zero(amount.Currency));
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
            Answer(
                await sender.Send(
                    new CreateRefund(caller, Id<PaymentResource>.ParseOrNone(id), body.Value, new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken),
                body.Value.DryRun is true))
        .Needs(Scope.RefundsWrite)
        .WithName("createRefund").WithTags("Refunds")
        .WithSummary("Give a payment back, whole or in part")
        .WithDescription("""
            At the payment's own rate: all parts together give back exactly what was paid, and never more. 201 with the refund whatever its outcome; see status and failure.
            A 4xx means that there is no refund. A refund that failed frees its amount.
            With dry_run true: 200 with what would be made, and nothing is; where the key stands for a refund already, 200 with that one.
            """)
        .Produces<RefundPreview>(200).Produces<RefundResource>(201).Refuses(400, 401, 404, 409, 413, 415, 422);

    private static IResult Answer(Result<RefundAnswer> result, bool dryRun)
    {
        if (result is { Problem: null, Value: RefundAnswer.Previewed previewed }) return ((Result<RefundPreview>)previewed.Preview).Ok();
        var refunded = result.Map(answer => ((RefundAnswer.Refunded)answer).Refund);
        return dryRun ? refunded.Ok() : refunded.Created(refund => $"/v1/refunds/{refund.Id}");
    }
}
