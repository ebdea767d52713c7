using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.WorldFirst;

/// <summary>
/// WorldFirst: a buyer's account and balances, guaranteed prices and debits.
/// </summary>
/// <remarks>
/// <para>
/// Where the public protocol ends: accounts, balances, quotes, transfers and OAuth are WorldFirst's own calls, but no public one debits a
/// buyer for a 1688 order. The debit is modelled as createTransfer that carries the quote's id: WorldFirst converts at that price and pays
/// the order, or does nothing; there is no state between. createExchange is not used, since converting and paying in two calls could
/// leave a buyer converted and the order unpaid.
/// </para>
/// <para>
/// The public page of createQuote wants the sell side fixed for a quote that will feed createTransfer. Here the buy side is, because the
/// order in CNY is what is fixed and its price is the buyer's; the transfer names both amounts, so nothing is left to round. Whoever
/// connects the real service agrees on this with WorldFirst first. WorldFirst holds renminbi as CNH and settles it 1:1, so CNY of the
/// order goes out as CNH and comes back as CNY; a buyer's own CNH stays CNH.
/// </para>
/// </remarks>
internal sealed partial class WorldFirstProvider(AntClient client, WorldFirstOptions options, TimeProvider time)
    : IAccountLinker, IAccountRefresher, IPaymentGateway, IRefundGateway, IRateSource
{
    public const string Name = "worldfirst";

    private static readonly WorldFirstJson Json = WorldFirstJson.Default;

    public static ProviderCapabilities Capabilities { get; } = new(
        Name,
        [PaymentMethod.WorldPay, PaymentMethod.WorldFirstBalance],
        [LinkProvider.WorldFirst],
        [
            ProviderOperation.Link, ProviderOperation.RefreshAuthorization, ProviderOperation.RevokeAuthorization, ProviderOperation.ReadFacts,
            ProviderOperation.LinkMarketplace, ProviderOperation.Quote, ProviderOperation.Debit, ProviderOperation.Inquire,
            ProviderOperation.Refund, ProviderOperation.ReadStatement,
            ProviderOperation.ReceiveNotifications,
        ])
    {
        DocumentedCurrencies = [.. "USD EUR GBP NZD CAD AUD JPY SGD HKD CNH PLN SEK MXN".Split(' ').Select(Currency.Parse)],
        Notifications = ["notifyTransfer", "notifyRefund", "notifyAuthorization"],
    };

    public LinkProvider Provider => LinkProvider.WorldFirst;

    public IReadOnlyList<PaymentMethod> Methods => Capabilities.Methods;

    private static AntAmount InCnh(Money order) => AntAmount.Of(new Money(Currency.Cnh, order.Value));

    private static Money InCny(Money money) => money.Currency == Currency.Cnh ? new Money(Currency.Cny, money.Value) : money;
}
