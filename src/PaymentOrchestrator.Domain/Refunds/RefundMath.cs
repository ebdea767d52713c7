using System.Numerics;

namespace PaymentOrchestrator.Domain;

/// <summary>The amounts of a payment, of a refund, or of several refunds together.</summary>
/// <param name="Order">CNY of the order.</param>
/// <param name="Source">The converted order, in the currency that was debited.</param>
/// <param name="Markup">Our markup in <paramref name="Source"/>.</param>
/// <param name="Fee">Our fees on top of it.</param>
public sealed record RefundParts(Money Order, Money Source, Money Markup, Money Fee)
{
    /// <summary>What goes back to the buyer.</summary>
    public Money Returned => Source + Fee;
}

/// <summary>What a refund of some part of an order comes to.</summary>
public abstract record RefundSplit
{
    private RefundSplit() { }

    public sealed record Parts(RefundParts Amounts) : RefundSplit;

    /// <summary>More than what is left of the order.</summary>
    public sealed record TooLarge(Money Left) : RefundSplit;

    /// <summary>Less than one minor unit of the currency that was debited.</summary>
    public sealed record TooSmall : RefundSplit;
}

/// <summary>
/// Splits a payment into refunds at the payment's own rate. Cumulative: each part is what the whole refunded so far comes to, rounded down, less
/// what was given back before. So rounding never adds up, nothing is given back twice, and all parts together are exactly what was paid.
/// </summary>
public static class RefundMath
{
    /// <param name="paid">What the payment took.</param>
    /// <param name="feeRefundable">Whether refunds give back their part of the fees.</param>
    /// <param name="refunded">The sums of the payment's refunds that have not failed.</param>
    /// <param name="amount">The part of the order to give back, CNY, positive.</param>
    public static RefundSplit Split(RefundParts paid, bool feeRefundable, RefundParts refunded, Money amount)
    {
        var left = paid.Order - refunded.Order;
        if (amount > left) return new RefundSplit.TooLarge(left.Value > 0 ? left : Money.Zero(left.Currency));

        Money Part(Money total, Money returned) => new(total.Currency, OfTotal(total.Value, returned.Value, paid.Order.Value, refunded.Order.Value, amount.Value));
        var source = Part(paid.Source, refunded.Source);
        if (source.IsZero) return new RefundSplit.TooSmall();
        return new RefundSplit.Parts(new RefundParts(
            amount, source, Part(paid.Markup, refunded.Markup), feeRefundable ? Part(paid.Fee, refunded.Fee) : Money.Zero(paid.Fee.Currency)));
    }

    /// <summary>
    /// min(total − returned, max(0, ⌊total·(refunded + amount) ÷ order⌋ − returned)), and all of total − returned where the order is refunded in full.
    /// A refund that failed may leave more returned than the rest of them would come to; then the next parts come to less, down to nothing.
    /// </summary>
    private static long OfTotal(long total, long returned, long order, long refunded, long amount)
    {
        var rest = total - returned;
        if (refunded + amount == order) return rest;
        // Products of two amounts pass 64 bits. Rounded down: the fraction is positive and whole-number division cuts it off.
        var due = (long)(new BigInteger(total) * (refunded + amount) / order) - returned;
        return Math.Min(rest, Math.Max(0, due));
    }
}
