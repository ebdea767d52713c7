using PaymentOrchestrator.Domain;
using Stripe;
using PaymentMethod = PaymentOrchestrator.Domain.PaymentMethod;

namespace PaymentOrchestrator.Api.Providers.CardAcquirer;

/// <summary>Cards, through Stripe as the acquirer. A linked card is a Stripe customer of its own with one payment method.</summary>
internal sealed partial class CardProvider : IAccountLinker, IPaymentGateway, ICancelGateway, IRefundGateway, IDisputeGateway, IStatementSource
{
    public const string Name = "card";

    // Made when a card is first asked about: loading the SDK takes a tenth of the instance's start.
    private readonly Lazy<StripeClient> sdk;
    private readonly TimeProvider time;

    /// <param name="http">Ours, for good: the SDK keeps it.</param>
    /// <param name="options">Where and with which key.</param>
    /// <param name="time">Ours.</param>
    public CardProvider(HttpClient http, CardOptions options, TimeProvider time)
    {
        this.time = time;
        var baseUrl = options.BaseUrl.AbsoluteUri.TrimEnd('/');
        sdk = new Lazy<StripeClient>(() => new StripeClient(new StripeClientOptions
        {
            ApiKey = options.SecretKey,
            // Every family of addresses, so that none is left at the SDK's default.
            ApiBase = baseUrl,
            ConnectBase = baseUrl,
            FilesBase = baseUrl,
            MeterEventsBase = baseUrl,
            // The SDK's own retries repeat debits; what may be repeated is decided in one place, below this.
            HttpClient = new SystemNetHttpClient(http, maxNetworkRetries: 0, appInfo: null, enableTelemetry: false),
        }));
    }

    public static ProviderCapabilities Capabilities { get; } = new(
        Name,
        [PaymentMethod.Card],
        [LinkProvider.Card],
        [
            ProviderOperation.Link, ProviderOperation.RevokeAuthorization, ProviderOperation.ReadFacts, ProviderOperation.Debit,
            ProviderOperation.Inquire, ProviderOperation.Cancel, ProviderOperation.Refund, ProviderOperation.ReadDisputes, ProviderOperation.ReadStatement,
            ProviderOperation.ReceiveNotifications,
        ])
    {
        Notifications =
        [
            "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.processing", "payment_intent.requires_action", "payment_intent.canceled",
            "setup_intent.succeeded", "charge.refunded", "refund.created", "refund.updated", "refund.failed", "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated",
        ],
    };

    public LinkProvider Provider => LinkProvider.Card;

    private StripeClient Sdk => sdk.Value;

    public IReadOnlyList<PaymentMethod> Methods => Capabilities.Methods;

    /// <summary>The two schemes that suppliers are paid through.</summary>
    private static bool IsSupported(string? scheme) => scheme is "visa" or "mastercard";

    /// <summary>A call that asks for nothing more than the object: its failures in the ports' words.</summary>
    private static ProviderAnswer<T> NoAnswer<TValue, T>(StripeReply<TValue> reply) => reply switch
    {
        StripeReply<TValue>.Refused refused => CardRefusals.Answer<T>(refused.Refusal),
        StripeReply<TValue>.Lost lost => new ProviderAnswer<T>.Unknown(lost.Reason),
        _ => new ProviderAnswer<T>.Unknown("The answer lacks a field that it must have."),
    };
}
