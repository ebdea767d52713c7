using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.Marketplace1688;

/// <summary>An order as its buyer sees it at 1688.</summary>
/// <param name="Status">1688's own: <c>waitbuyerpay</c>, <c>waitsellersend</c>, …; see <see cref="MarketplaceOrderStatus"/>.</param>
/// <param name="Amount">CNY; null while 1688 does not say.</param>
/// <param name="BuyerMemberId">Whose order it is; compare with the linked account's provider id.</param>
internal sealed record MarketplaceOrder(string Status, Money? Amount, string? BuyerMemberId);

/// <summary>What an order's status means for money.</summary>
internal static class MarketplaceOrderStatus
{
    public const string WaitingForPayment = "waitbuyerpay";

    /// <summary>The supplier has, or will have, the money: every state after payment in the order's regular course.</summary>
    public static bool IsPaid(string status) =>
        status is "waitsellersend" or "waitlogisticstakein" or "waitbuyerreceive" or "confirm_goods" or "success";

    /// <summary>Ended without being carried out.</summary>
    public static bool IsClosed(string status) => status is "cancel" or "terminated";
}
