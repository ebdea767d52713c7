using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>
/// Asks a provider what became of a payment, and applies the answer. Used by the resolver, by notifications (which are hints), and when a buyer
/// comes back. It never uses another request id, so that asking and sending again are both harmless.
/// </summary>
internal sealed class PaymentInquiry(
    PaymentChanges changes, OpenPaymentStore open, ProviderDirectory providers, Secrets secrets, PublicAddress address, ResolverSchedule schedule, TimeProvider clock)
{
    /// <returns>The payment's present state.</returns>
    public async Task<Payment> AskAsync(OpenPayment subject)
    {
        var (payment, attempt, _, account, _) = subject;
        if (account.Secret is null) return await WithoutAccountAsync(subject);
        var gateway = providers.For(payment.Owner.Mode).Gateway(payment.Method)
            ?? throw new InvalidOperationException($"{payment.Id} was begun with a provider that is not configured any more.");
        // The buyer's way back is the one that the first request named; an inquiry has no use for it and a repetition keeps the first one's.
        var debit = subject.ToDebit(secrets, address.Return(account.Provider));

        var outcome = await gateway.InquireAsync(debit, CancellationToken.None);
        var age = clock.Now() - payment.CreatedAt;
        if (outcome is DebitOutcome.NotFound && payment.Status == PaymentStatus.Processing)
        {
            // It never arrived. Sent again it has the same request id: should the first one be on its way still, the provider sees one.
            if (age <= schedule.SendAgainWithin) outcome = await gateway.DebitAsync(debit, CancellationToken.None);
            // Later the buyer may have gone, and it is not sent any more; but a provider can be behind with its own books, so it is not called failed yet either.
            else if (age > schedule.NotExecutedAfter) outcome = new DebitOutcome.Refused(FailureCode.NotExecuted, "The request never reached the provider and nothing was taken. Pay again with a new quote.", Retryable: true);
        }

        var now = await changes.ApplyAsync(payment, attempt, outcome, CancellationToken.None);
        return IsOpen(now) ? await WaitOrGiveUpAsync(subject with { Payment = now }, gateway, debit, age, waits: outcome is DebitOutcome.Pending) : now;
    }

    private static bool IsOpen(Payment payment) => payment.Status is PaymentStatus.Processing or PaymentStatus.RequiresAction;

    /// <param name="waits">
    /// The provider has the debit and has not decided it. Where the payment is processing all the same, its owner died with the answer that named the buyer's
    /// page: nobody can go there any more, and it expires like one that was not visited.
    /// </param>
    private async Task<Payment> WaitOrGiveUpAsync(OpenPayment subject, IPaymentGateway gateway, Debit debit, TimeSpan age, bool waits)
    {
        var payment = subject.Payment;
        if ((waits || payment.Status == PaymentStatus.RequiresAction) && age > schedule.ActionExpiresAfter && gateway is ICancelGateway canceler)
        {
            var until = schedule.OwnerGoneAt(clock.Now());
            if (await open.ClaimForCancelAsync(payment, clock.Now(), until, CancellationToken.None) is not { } claimed) return payment;
            if (clock.Now() >= until) return claimed;
            payment = claimed;
            // The buyer did not come. The provider is asked first: it may have been paid this very moment.
            switch (await canceler.CancelAsync(debit, CancellationToken.None))
            {
                case CancelOutcome.Canceled:
                    return await changes.ApplyAsync(
                        payment, new OutcomeDecision(PaymentStatus.Canceled, Failure: new PaymentFailure(FailureCode.ActionExpired, "The buyer did not finish in time.", Retryable: true)),
                        new PaymentChanges.Word(subject.Attempt.Number, "refused", null, "canceled at the provider: the buyer did not finish in time"), null, CancellationToken.None);
                case CancelOutcome.Ended ended:
                    payment = await changes.ApplyAsync(payment, subject.Attempt, ended.Outcome, CancellationToken.None);
                    if (!IsOpen(payment)) return payment;
                    break;
            }
        }

        if (age > schedule.GiveUpAfter)
            return await ReviewAsync(subject with { Payment = payment }, FailureCode.OutcomeUnknown, "The provider cannot say whether money moved. An operator is looking at it.");
        await open.PostponeAsync(payment, clock.Now() + schedule.DelayAfter(subject.Tries), CancellationToken.None);
        return payment;
    }

    /// <summary>The buyer unlinked the account meanwhile: nobody can be asked with it any more.</summary>
    private Task<Payment> WithoutAccountAsync(OpenPayment subject) =>
        IsOpen(subject.Payment)
            ? ReviewAsync(subject, FailureCode.AccountUnlinked, "The account was unlinked before the provider had said what became of the payment. An operator is looking at it.")
            : Task.FromResult(subject.Payment);

    private Task<Payment> ReviewAsync(OpenPayment subject, string code, string message) => changes.ApplyAsync(
        subject.Payment, new OutcomeDecision(PaymentStatus.UnderReview, Failure: new PaymentFailure(code, message, Retryable: false)),
        new PaymentChanges.Word(subject.Attempt.Number, "unknown", null, code), null, CancellationToken.None);
}
