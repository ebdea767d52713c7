using PaymentOrchestrator.Domain;
using Stripe;

namespace PaymentOrchestrator.Api.Providers.CardAcquirer;

/// <summary>The account's statement: Stripe's balance transactions, each with what it is about.</summary>
internal sealed partial class CardProvider
{
    public string StatementProvider => Name;

    public async Task<ProviderAnswer<IReadOnlyList<StatementLine>>> ReadStatementAsync(
        DateTimeOffset from, DateTimeOffset to, int maxLines, CancellationToken cancellationToken)
    {
        var options = new BalanceTransactionListOptions
        {
            // Stripe's times are whole seconds, rounded down: the last one that has begun belongs to the time.
            Created = new DateRangeOptions { GreaterThanOrEqual = from.UtcDateTime, LessThan = to.UtcDateTime.AddSeconds(1).AddTicks(-1) },
            Limit = 100,
            Expand = ["data.source", "data.source.charge"],
        };
        var reply = await StripeCalls.RunAsync("balance_transactions", async () =>
        {
            var moved = new List<BalanceTransaction>();
            await foreach (var one in Sdk.V1.BalanceTransactions.ListAutoPagingAsync(options, cancellationToken: cancellationToken))
            {
                if (moved.Count == maxLines) return null;
                moved.Add(one);
            }

            moved.Reverse();
            return moved;
        }, cancellationToken);
        if (reply is not StripeReply<List<BalanceTransaction>?>.Done { Value: var found }) return NoAnswer<List<BalanceTransaction>?, IReadOnlyList<StatementLine>>(reply);
        if (found is null) return new ProviderAnswer<IReadOnlyList<StatementLine>>.Refused(FailureCode.LimitExceeded, $"The statement has more than {maxLines} lines.");

        var lines = new List<StatementLine>();
        foreach (var one in found)
        {
            switch (Line(one, lines.Count + 1))
            {
                case { } line:
                    lines.Add(line);
                    break;
                // What moves between the account and its owner (payouts, top-ups, fees of their own) is no buyer's.
                case null when one.Source is not (Charge or Refund or Dispute):
                    break;
                default:
                    return new ProviderAnswer<IReadOnlyList<StatementLine>>.Unknown($"The balance transaction {ProviderText.Code(one.Id)} cannot be read.");
            }
        }

        return new ProviderAnswer<IReadOnlyList<StatementLine>>.Ok(lines);
    }

    /// <summary>
    /// In the currency of the charge, which the source says; the balance transaction's own amount is converted where the account is kept in another.
    /// Null where there is no such line.
    /// </summary>
    private static StatementLine? Line(BalanceTransaction moved, int number)
    {
        var at = new DateTimeOffset(DateTime.SpecifyKind(moved.Created, DateTimeKind.Utc));
        StatementLine? Of(MovementType type, string? reference, string? request, string? payment, string? currency, long amount) =>
            reference is { Length: > 0 } && StripeAmounts.TryFromStripe(currency, amount, out var money) && !money.IsZero
                ? new StatementLine(number, type, reference, request, payment, money, at)
                : null;
        return moved.Source switch
        {
            Charge charge => Of(
                moved.Amount < 0 ? MovementType.PaymentReversal : MovementType.Payment, charge.PaymentIntentId, Told(charge.Metadata, RequestMetadata), Told(charge.Metadata, "payment_id"),
                charge.Currency, charge.AmountCaptured),
            Refund refund => Of(
                moved.Amount > 0 ? MovementType.RefundReversal : MovementType.Refund, refund.Id, Told(refund.Metadata, RequestMetadata), Told(refund.Metadata, "payment_id"),
                refund.Currency, refund.Amount),
            Dispute dispute => Of(
                moved.Amount > 0 ? MovementType.DisputeReversal : MovementType.Dispute, dispute.Id, null, Told(dispute.Charge?.Metadata, "payment_id"),
                dispute.Currency, string.Equals(moved.Currency, dispute.Currency, StringComparison.OrdinalIgnoreCase) ? Math.Abs(moved.Amount) : dispute.Amount),
            _ => null,
        };
    }

    private static string? Told(Dictionary<string, string>? metadata, string key) => metadata?.GetValueOrDefault(key) is { Length: > 0 } text ? text : null;
}
