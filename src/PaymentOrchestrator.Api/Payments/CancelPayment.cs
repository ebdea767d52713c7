using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

internal sealed record CancelPayment(Caller Caller, Id<PaymentResource> Id, KeyedRequest Key) : ICommand<Result<PaymentResource>>;

/// <summary>Ends a payment that is not final. The provider is asked first; where it cannot tell, nothing is changed.</summary>
internal sealed class CancelPaymentHandler(
    PaymentReader reader, OpenPaymentStore open, PaymentChanges changes, ProviderDirectory providers, Secrets secrets, PublicAddress address, ResolverSchedule schedule, TimeProvider clock)
    : ICommandHandler<CancelPayment, Result<PaymentResource>>
{
    // Whoever changes the payment at the same moment, as a second cancellation does, is done well within these.
    private const int MaxTries = 6;
    private const int Soon = 1;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async ValueTask<Result<PaymentResource>> Handle(CancelPayment command, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var answer = await TryAsync(command, cancellationToken);
            // Decided on what was not true any more: what is true now may well be that the payment is canceled.
            if (answer.Problem is not { RetryAfter: Soon } || tries == MaxTries) return answer;
            await Task.Delay(Pause * tries, clock, cancellationToken);
        }
    }

    private async ValueTask<Result<PaymentResource>> TryAsync(CancelPayment command, CancellationToken cancellationToken)
    {
        var (caller, id, key) = command;
        var (payment, used) = await reader.FindWithKeyAsync(caller, id, key.Key!, cancellationToken);
        if (payment is null) return Problem.NotFound<PaymentResource>("payment");
        if (used is not null) return used.RefusalFor(key.Fingerprint) ?? Result<PaymentResource>.Replay(payment.ToResource());
        // Canceled is what was asked for, whoever asked first.
        if (payment.Status == PaymentStatus.Canceled) return payment.ToResource();
        if (providers.For(caller.Mode).CancelGateway(payment.Method) is not { } gateway)
            return NotCancelable(payment, "Its provider has no way to take a debit back. Wait for the outcome; a succeeded payment can be refunded.");

        var subject = (await open.FindAsync(caller, id, cancellationToken))!;
        if (subject.Payment.Status is not (PaymentStatus.Processing or PaymentStatus.RequiresAction))
            return Present(subject.Payment, $"The payment is {subject.Payment.Status.Code()}; a succeeded one is refunded instead.");
        if (subject.Account.Secret is null) return NotCancelable(subject.Payment, "Its account is not linked any more, so the provider cannot be asked.");
        var until = schedule.OwnerGoneAt(clock.Now());
        if (await open.ClaimForCancelAsync(subject.Payment, clock.Now(), until, cancellationToken) is not { } claimed)
            return Changing(subject.Payment);
        // Held up until the claim ran out: a success may have been written down since, and its money must not be given back.
        if (clock.Now() >= until) return Changing(claimed);

        switch (await gateway.CancelAsync((subject with { Payment = claimed }).ToDebit(secrets, address.Return(subject.Account.Provider)), CancellationToken.None))
        {
            case CancelOutcome.Canceled:
                var canceled = await changes.ApplyAsync(
                    claimed, new OutcomeDecision(PaymentStatus.Canceled),
                    new PaymentChanges.Word(subject.Attempt.Number, "refused", null, "canceled at the provider on request"), key, CancellationToken.None);
                return canceled.Status is PaymentStatus.Processing or PaymentStatus.RequiresAction
                    ? Changing(canceled)
                    : Present(canceled, $"The payment became {canceled.Status.Code()} meanwhile.");
            case CancelOutcome.Ended ended:
                var now = await changes.ApplyAsync(claimed, subject.Attempt, ended.Outcome, CancellationToken.None);
                return Present(now, $"It was too late: the payment is {now.Status.Code()}.");
            default:
                return NotCancelable(payment, "The provider cannot say whether the debit can still be stopped. Ask again, or wait for the outcome.") with { RetryAfter = 5 };
        }
    }

    private static Problem Changing(Payment payment) => NotCancelable(payment, "The payment is changing this very moment. Ask again.") with { RetryAfter = Soon };

    private static Result<PaymentResource> Present(Payment payment, string otherwise) =>
        payment.Status == PaymentStatus.Canceled ? payment.ToResource() : NotCancelable(payment, otherwise);

    private static Problem NotCancelable(Payment payment, string detail) => new(ProblemType.PaymentNotCancelable, detail)
    {
        PaymentId = payment.Id.ToString(),
        PaymentStatus = payment.Status.Code(),
    };
}

internal static class CancelPaymentEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/payments/{id}/cancel", async (
            string id, Caller caller, RequiredIdempotencyKey key, EmptyBody body, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(
                new CancelPayment(caller, Id<PaymentResource>.ParseOrNone(id), new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken)).Ok())
        .Needs(Scope.PaymentsWrite)
        .WithName("cancelPayment").WithTags("Payments")
        .WithSummary("Cancel a payment that is not final")
        .WithDescription("The provider is asked first: 409 payment_not_cancelable when it is too late, or when nobody can tell. Send no body, or an empty object.")
        .Produces<PaymentResource>().Refuses(400, 401, 404, 409, 413, 415, 422);
}
