using Names = PaymentOrchestrator.Sandbox.Authorizations.Providers;

namespace PaymentOrchestrator.Sandbox.Faults;

/// <summary>Which provider and operation a call is, and what can happen to it.</summary>
internal static class FaultTargets
{
    private const string CreateQuote = "createQuote";

    private static readonly string[] WorldFirst =
    [
        "applyToken", "revoke", "inquiryAccount", "inquiryBalance", "linkMarketplace", CreateQuote, "createTransfer", "inquiryTransfer", "refund", "inquiryRefund", "inquiryStatement",
    ];

    private static readonly string[] Alipay =
    [
        "consult", "applyToken", "revoke", "inquiryUserInfo", "pay", "inquiryPayment", "cancel", "refund", "inquiryRefund", "inquiryStatement",
    ];

    private static readonly string[] Marketplace = ["getToken", "alibaba.account.basic", "alibaba.trade.get.buyerView", "alibaba.trade.payWay.query"];

    private static readonly string[] Card =
    [
        "customers.create", "customers.retrieve", "setup_intents.create", "setup_intents.retrieve", "setup_intents.confirm",
        "checkout.sessions.create", "checkout.sessions.retrieve", "payment_methods.retrieve", "payment_methods.list", "payment_methods.attach",
        "payment_methods.detach", "payment_intents.create", "payment_intents.retrieve", "payment_intents.list", "payment_intents.confirm",
        "payment_intents.cancel", "refunds.create", "refunds.retrieve", "refunds.list", "disputes.retrieve", "disputes.list", "disputes.create", "disputes.close", "balance_transactions.list",
    ];

    private static readonly string[] NotFoundable =
    [
        "inquiryTransfer", "inquiryPayment", "inquiryRefund", "alibaba.trade.get.buyerView", "payment_intents.retrieve", "payment_intents.list",
        "refunds.retrieve", "refunds.list",
    ];

    /// <summary>The operations whose answers name an amount and our own request.</summary>
    private static readonly string[] Movements =
    [
        "createTransfer", "pay", "refund", "payment_intents.create", "payment_intents.confirm", "payment_intents.cancel", "refunds.create", .. NotFoundable,
    ];

    private static readonly string[] Notifications =
    [
        "notifyTransfer", "notifyPayment", "notifyRefund", "ORDER_BUYER_VIEW_ORDER_PAY", "ORDER_BATCH_PAY",
        "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.requires_action", "payment_intent.canceled",
        "refund.created", "refund.updated", "refund.failed", "charge.refunded", "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    ];

    public static readonly IReadOnlyList<string> Providers =
        [Names.WorldFirst, Names.Alipay, Names.Marketplace1688, Names.Card];

    /// <summary>What a fault of this kind can happen to at the provider, or at all of them.</summary>
    public static IReadOnlyList<string> Operations(string kind, string? provider)
    {
        if (kind == FaultKinds.RateJump)
            return provider is null or Names.WorldFirst ? [CreateQuote] : [];
        if (FaultKinds.OfNotifications.Contains(kind))
            return [.. Notifications.Where(type => provider is null || SentBy(type).Contains(provider))];
        IEnumerable<string> all = provider switch
        {
            null => WorldFirst.Concat(Alipay).Concat(Marketplace).Concat(Card),
            Names.WorldFirst => WorldFirst,
            Names.Alipay => Alipay,
            Names.Marketplace1688 => Marketplace,
            _ => Card,
        };
        return [.. all.Distinct().Where(operation => CanHappenTo(kind, provider, operation))];
    }

    /// <summary>Provider and operation by the address; null for what is no provider's interface.</summary>
    public static (string Provider, string Operation)? Of(string method, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["amsin", "api", "v1", .., var operation] => (Names.WorldFirst, operation),
            ["ams", "api", "v1", .., var operation] => (Names.Alipay, operation),
            ["openapi", _, _, _, var api, _] => (Names.Marketplace1688, api),
            ["v1", "checkout", "sessions", .. var rest] => (Names.Card, "checkout.sessions." + Verb(method, rest)),
            ["v1", var resource, .. var rest] => (Names.Card, $"{resource}.{Verb(method, rest)}"),
            _ => null,
        };
    }

    /// <summary>Answers of 1688 and of the card acquirer are not signed; not every call can find nothing, or names an amount.</summary>
    public static bool CanHappenTo(string kind, string? provider, string operation) => kind switch
    {
        FaultKinds.BadSignature => provider is null ? WorldFirst.Contains(operation) || Alipay.Contains(operation) : IsAnt(provider),
        FaultKinds.NotFoundThenFound => NotFoundable.Contains(operation),
        FaultKinds.WrongAmount or FaultKinds.WrongReference => Movements.Contains(operation),
        _ => true,
    };

    public static bool IsAnt(string provider) => provider is Names.WorldFirst or Names.Alipay;

    private static string[] SentBy(string notification) => notification switch
    {
        "notifyTransfer" => [Names.WorldFirst],
        "notifyPayment" => [Names.Alipay],
        "notifyRefund" => [Names.WorldFirst, Names.Alipay],
        _ when notification.StartsWith("ORDER_", StringComparison.Ordinal) => [Names.Marketplace1688],
        _ => [Names.Card],
    };

    private static string Verb(string method, string[] rest) => (method, rest) switch
    {
        (_, [_, var verb]) => verb,
        ("GET", [_]) => "retrieve",
        ("GET", []) => "list",
        _ => "create",
    };
}
