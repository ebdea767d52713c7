using System.Numerics;

namespace PaymentOrchestrator.Domain;

/// <summary>What an acquirer has moved over a dispute so far.</summary>
/// <param name="Withdrawn">Taken from the platform, in the dispute's currency.</param>
/// <param name="Reinstated">Given back of it.</param>
/// <param name="Fee">What the acquirer keeps for its trouble, in whatever currency it counts its fees.</param>
public sealed record DisputeMoney(Money Withdrawn, Money Reinstated, Money Fee)
{
    public static DisputeMoney None(Currency currency) => new(Money.Zero(currency), Money.Zero(currency), Money.Zero(currency));

    /// <summary>
    /// What the books hold of a dispute in a state: what was withdrawn left the buyer's funds; it is contested while that can come back, and lost when
    /// it does not. Everything is a function of the present, so that a change is posted as the difference of two states, whichever came between.
    /// </summary>
    public IReadOnlyList<LedgerLeg> Books(DisputeStatus status)
    {
        var missing = Withdrawn - Reinstated;
        var decided = status == DisputeStatus.Lost || (status == DisputeStatus.Won && !Reinstated.IsZero);
        return
        [
            new(LedgerAccount.BuyerFunds, -missing),
            new(decided ? LedgerAccount.DisputeLosses : LedgerAccount.DisputedFunds, missing),
            new(LedgerAccount.DisputeFees, Fee),
            new(LedgerAccount.AcquirerBalance, -Fee),
        ];
    }

    /// <summary>The part of the order that is disputed, rounded down; all of it where all that was paid is disputed.</summary>
    /// <returns>Null where the dispute is not in the currency that was paid.</returns>
    public static Money? PartOfOrder(Money disputed, Money paid, Money order)
    {
        if (disputed.Currency != paid.Currency) return null;
        return disputed >= paid ? order : order with { Value = (long)(new BigInteger(order.Value) * disputed.Value / paid.Value) };
    }
}
