namespace PaymentOrchestrator.Domain;

/// <summary>One leg: debit positive, credit negative.</summary>
public sealed record LedgerLeg(LedgerAccount Account, Money Amount);

/// <summary>The legs of one movement. It cannot exist unbalanced: per currency the legs sum to zero.</summary>
public sealed class LedgerPosting
{
    private LedgerPosting(string kind, IReadOnlyList<LedgerLeg> legs)
    {
        var off = legs.GroupBy(leg => leg.Amount.Currency).FirstOrDefault(group => group.Sum(leg => leg.Amount.Value) != 0);
        if (off is not null) throw new InvalidOperationException($"The {kind} posting does not balance in {off.Key}.");
        Kind = kind;
        Legs = [.. legs.Where(leg => !leg.Amount.IsZero)];
    }

    /// <summary><c>payment</c>, <c>suspense</c> …; at most one transaction of a kind for one movement.</summary>
    public string Kind { get; }

    /// <summary>Without the legs that come to nothing.</summary>
    public IReadOnlyList<LedgerLeg> Legs { get; }

    /// <summary>A payment that succeeded: what left the buyer, what we earned on it, and what the supplier is owed.</summary>
    public static LedgerPosting Payment(Money order, Money source, Money markup, Money fee) => new("payment",
    [
        new(LedgerAccount.BuyerFunds, source + fee),
        new(LedgerAccount.FxPosition, -(source - markup)),
        new(LedgerAccount.MarkupRevenue, -markup),
        new(LedgerAccount.FeeRevenue, -fee),
        new(LedgerAccount.FxPosition, order),
        new(LedgerAccount.SupplierPayable, -order),
    ]);

    /// <summary>The supplier has the CNY: from the provider that was paid with, or, for cards, from the platform itself.</summary>
    public static LedgerPosting Settlement(PaymentMethod method, Money order) => new("settlement",
    [
        new(LedgerAccount.SupplierPayable, order),
        new(method == PaymentMethod.Card ? LedgerAccount.PlatformCny : LedgerAccount.ProviderSettlement, -order),
    ]);

    /// <summary>A provider says that it moved something else than we asked for: kept apart until a person decides.</summary>
    public static LedgerPosting Suspense(Money moved) => new("suspense",
    [
        new(LedgerAccount.BuyerFunds, moved),
        new(LedgerAccount.Suspense, -moved),
    ]);

    /// <summary>What was kept apart has found its place: the posting that says so stands beside this one.</summary>
    /// <param name="moved">As it was given to <see cref="Suspense"/>.</param>
    public static LedgerPosting SuspenseReversal(Money moved) => new("suspense_reversal",
    [
        new(LedgerAccount.BuyerFunds, -moved),
        new(LedgerAccount.Suspense, moved),
    ]);

    /// <summary>A refund that succeeded: the payment's legs the other way round, for the part that was given back.</summary>
    public static LedgerPosting Refund(RefundParts parts) => new("refund", Backwards(Payment(parts.Order, parts.Source, parts.Markup, parts.Fee)));

    /// <summary>A refund that succeeded and came back: as if it had not been.</summary>
    public static LedgerPosting RefundReversal(RefundParts parts) => new("refund_reversal", Backwards(Refund(parts)));

    private static IReadOnlyList<LedgerLeg> Backwards(LedgerPosting posting) => [.. posting.Legs.Select(leg => leg with { Amount = -leg.Amount })];
}
