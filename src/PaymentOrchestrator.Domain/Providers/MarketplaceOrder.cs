namespace PaymentOrchestrator.Domain;

/// <summary>An order as its buyer sees it at the marketplace that it was placed at.</summary>
/// <param name="Status">The marketplace's own word, kept as evidence.</param>
/// <param name="Stage">What that word means for money.</param>
/// <param name="Amount">CNY; null while the marketplace does not say.</param>
/// <param name="BuyerMemberId">Whose order it is; compare with the linked account's provider id.</param>
public sealed record MarketplaceOrder(string Status, OrderStage Stage, Money? Amount, string? BuyerMemberId);

/// <summary>How the marketplace itself would let an order be paid.</summary>
/// <param name="Closed">The methods by which it plainly says that the order cannot be paid.</param>
/// <param name="Due">What is left to pay, CNY; null while the marketplace does not say.</param>
public sealed record OrderPayWays(IReadOnlyList<PaymentMethod> Closed, Money? Due);

/// <summary>What an order's status means for money.</summary>
public enum OrderStage
{
    WaitsForPayment,

    /// <summary>The supplier has, or will have, the money: every state after payment in the order's regular course.</summary>
    Paid,

    /// <summary>Ended without being carried out.</summary>
    Closed,

    /// <summary>A status that means none of these to us.</summary>
    Other,
}
