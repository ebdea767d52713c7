using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers;

/// <summary>What a provider can do for us, as declared by its adapter.</summary>
/// <param name="Name">Stable code, the same as in the address of its notifications.</param>
/// <param name="Methods">What it can be paid with.</param>
/// <param name="Linkings">Which accounts can be linked through it.</param>
/// <param name="Operations">From <see cref="ProviderOperation"/>.</param>
internal sealed record ProviderCapabilities(
    string Name, IReadOnlyList<PaymentMethod> Methods, IReadOnlyList<LinkProvider> Linkings, IReadOnlyList<string> Operations)
{
    /// <summary>The currencies that the provider's own documentation lists; null where it publishes no list.</summary>
    public IReadOnlyList<Currency>? DocumentedCurrencies { get; init; }

    /// <summary>The provider's names of the notifications that are acted on.</summary>
    public IReadOnlyList<string> Notifications { get; init; } = [];
}

/// <summary>Stable codes of what adapters do.</summary>
internal static class ProviderOperation
{
    public const string Link = "link";
    public const string RefreshAuthorization = "refresh_authorization";
    public const string RevokeAuthorization = "revoke_authorization";
    public const string ReadFacts = "read_facts";
    public const string ReadOrder = "read_order";
    public const string ReadPayWays = "read_pay_ways";
    public const string LinkMarketplace = "link_marketplace";
    public const string Quote = "quote";
    public const string Debit = "debit";
    public const string Inquire = "inquire";
    public const string Cancel = "cancel";
    public const string Refund = "refund";
    public const string ReadDisputes = "read_disputes";
    public const string ReadStatement = "read_statement";
    public const string ReceiveNotifications = "receive_notifications";
}
