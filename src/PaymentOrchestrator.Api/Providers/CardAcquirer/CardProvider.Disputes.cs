using PaymentOrchestrator.Domain;
using Stripe;

namespace PaymentOrchestrator.Api.Providers.CardAcquirer;

/// <summary>Disputes.</summary>
internal sealed partial class CardProvider
{
    /// <summary>Stripe's statuses in our words; whatever is not here is unknown, and leaves a dispute where it is.</summary>
    private static readonly Dictionary<string, DisputeStatus> DisputeStatuses = new(StringComparer.Ordinal)
    {
        ["warning_needs_response"] = DisputeStatus.WarningNeedsResponse,
        ["warning_under_review"] = DisputeStatus.WarningUnderReview,
        ["warning_closed"] = DisputeStatus.WarningClosed,
        ["needs_response"] = DisputeStatus.NeedsResponse,
        ["under_review"] = DisputeStatus.UnderReview,
        ["won"] = DisputeStatus.Won,
        ["lost"] = DisputeStatus.Lost,
        // Ended by an alert before it became a dispute: nothing was withdrawn.
        ["prevented"] = DisputeStatus.WarningClosed,
    };

    public string DisputeProvider => Name;

    /// <summary>
    /// Reads a dispute and the payment that it is about: a dispute carries none of a payment's metadata, and only that names what is ours.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller's token asked for it.</exception>
    public async Task<ProviderAnswer<ProviderDispute>> ReadDisputeAsync(string disputeId, CancellationToken cancellationToken)
    {
        var read = await StripeCalls.RunAsync(
            "disputes", () => Sdk.V1.Disputes.GetAsync(disputeId, cancellationToken: cancellationToken), cancellationToken);
        if (read is not StripeReply<Dispute>.Done { Value: { PaymentIntentId: { Length: > 0 } reference } dispute } || dispute.Id != disputeId)
            return NoAnswer<Dispute, ProviderDispute>(read);
        var found = await StripeCalls.RunAsync(
            "payment_intents", () => Sdk.V1.PaymentIntents.GetAsync(reference, cancellationToken: cancellationToken), cancellationToken);
        if (found is not StripeReply<PaymentIntent>.Done { Value: var intent } || intent.Id != reference) return NoAnswer<PaymentIntent, ProviderDispute>(found);
        if (!DisputeStatuses.TryGetValue(dispute.Status ?? "", out var status))
            return new ProviderAnswer<ProviderDispute>.Unknown($"The acquirer's status of the dispute is {ProviderText.Code(dispute.Status)}.");
        if (!StripeAmounts.TryFromStripe(dispute.Currency, dispute.Amount, out var amount) || MoneyOf(dispute, amount) is not { } money)
            return new ProviderAnswer<ProviderDispute>.Unknown("An amount of the dispute cannot be read.");
        return new ProviderAnswer<ProviderDispute>.Ok(new ProviderDispute(
            disputeId, reference, Ours(intent, "payment_id"), Ours(intent, RequestMetadata), amount, ProviderText.Code(dispute.Reason), status,
            dispute.IsChargeRefundable, DueBy(dispute), money));
    }

    private static string? Ours(PaymentIntent intent, string key) => intent.Metadata?.GetValueOrDefault(key) is { Length: > 0 } text ? text : null;

    private static DateTimeOffset? DueBy(Dispute dispute) =>
        dispute.EvidenceDetails?.DueBy is { } due ? new DateTimeOffset(DateTime.SpecifyKind(due, DateTimeKind.Utc)) : null;

    /// <summary>
    /// From the balance transactions: negative ones withdraw, positive ones reinstate. Where the account is kept in another currency than the charge,
    /// they are converted amounts; then each stands for the disputed amount itself. Null where one cannot be read.
    /// </summary>
    private static DisputeMoney? MoneyOf(Dispute dispute, Money disputed)
    {
        var (withdrawn, reinstated) = (Money.Zero(disputed.Currency), Money.Zero(disputed.Currency));
        Money? fee = null;
        foreach (var moved in dispute.BalanceTransactions ?? [])
        {
            if (!StripeAmounts.TryFromStripe(moved.Currency, Math.Abs(moved.Amount), out var amount) ||
                !StripeAmounts.TryFromStripe(moved.Currency, Math.Abs(moved.Fee), out var kept) || (fee is { } other && other.Currency != kept.Currency))
            {
                return null;
            }

            fee = (fee ?? Money.Zero(kept.Currency)) + (moved.Fee < 0 ? -kept : kept);
            if (amount.IsZero) continue;
            var own = amount.Currency == disputed.Currency ? amount : disputed;
            if (moved.Amount < 0) withdrawn += own;
            else reinstated += own;
        }

        var total = fee ?? Money.Zero(disputed.Currency);
        return reinstated > withdrawn || total.Value < 0 ? null : new DisputeMoney(withdrawn, reinstated, total);
    }
}
