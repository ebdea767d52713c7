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

    /// <summary>A dispute that has moved on: what the books are to hold of it now, less what they held. Null when that is nothing.</summary>
    /// <param name="from">Null for a dispute that we had not heard of.</param>
    /// <param name="before">What had been moved then.</param>
    /// <param name="to">Where it stands now.</param>
    /// <param name="now">What has been moved now.</param>
    public static LedgerPosting? Dispute(DisputeStatus? from, DisputeMoney? before, DisputeStatus to, DisputeMoney now)
    {
        var held = from is { } status && before is not null ? before.Books(status) : [];
        List<LedgerLeg> legs =
        [
            .. now.Books(to).Concat(held.Select(leg => leg with { Amount = -leg.Amount }))
                .GroupBy(leg => (leg.Account, leg.Amount.Currency))
                .Select(group => new LedgerLeg(group.Key.Account, new Money(group.Key.Currency, group.Sum(leg => leg.Amount.Value))))
                .Where(leg => !leg.Amount.IsZero),
        ];
        if (legs.Count == 0) return null;
        return new LedgerPosting(to switch
        {
            DisputeStatus.Won when now.Reinstated != before?.Reinstated => "dispute_won",
            DisputeStatus.Lost when from != to => "dispute_lost",
            _ when held.All(leg => leg.Amount.IsZero) => "dispute_opened",
            _ => "dispute_adjusted",
        }, legs);
    }

    private static IReadOnlyList<LedgerLeg> Backwards(LedgerPosting posting) => [.. posting.Legs.Select(leg => leg with { Amount = -leg.Amount })];
}
