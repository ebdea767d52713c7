using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace PaymentOrchestrator.FaultTests.Points;

/// <summary>A statement of the product by which its place is known, or a kind of call to a provider.</summary>
/// <param name="Sql">Which tables the command writes or reads, and the column that tells it from others that do: it is known by all of them together. Null for a call.</param>
/// <param name="Call">Whether a request is such a call; null for a statement.</param>
internal sealed partial record Landmark(string Name, IReadOnlyList<string>? Sql, Func<string, string, bool>? Call)
{
    public static readonly Landmark PaymentIntent = Statement("pay.intent", "insert into payments (");
    public static readonly Landmark PaymentLoad = Statement("pay.load", "from quotes", "live_payments", "idempotency_keys", "linked_accounts");

    /// <summary>The intent is committed, and nothing has been sent.</summary>
    public static readonly Landmark PaymentIntended = new("pay.intended", null, null);

    public static readonly Landmark PaymentOutcome = Statement("payment.outcome", "update attempts");
    public static readonly Landmark PaymentFind = Statement("resolver.find", "from inquiries where next_at <=", "tries");
    public static readonly Landmark PaymentClaim = Statement("resolver.claim", "update inquiries", "tries = tries + 1");
    public static readonly Landmark CancelClaim = Statement("cancel.claim", "update payments set version = version + 1");
    public static readonly Landmark Settlement = Statement("settlement", "update payments", "settlement_status = 'settled'");
    public static readonly Landmark RefundLock = Statement("refund.lock", "from payments", "from refunds", "fee_refundable", "from disputes");
    public static readonly Landmark RefundIntent = Statement("refund.intent", "insert into refunds (");
    public static readonly Landmark RefundOutcome = Statement("refund.outcome", "update refunds", "last_word =");
    public static readonly Landmark RefundFind = Statement("refund_resolver.find", "from refunds where next_inquiry_at is not null", "tries");
    public static readonly Landmark RefundClaim = Statement("refund_resolver.claim", "update refunds", "tries = tries + 1");
    public static readonly Landmark OutboxFind = Statement("outbox.find", "from events where dispatched_at is null");
    public static readonly Landmark OutboxDispatch = Statement("outbox.dispatch", "update events", "dispatched_at");
    public static readonly Landmark DeliveryClaim = Statement("delivery.claim", "update webhook_deliveries", "claims = claims + 1");
    public static readonly Landmark DeliveryRecord = Statement("delivery.record", "update webhook_deliveries", "attempts = attempts + 1");

    public static readonly Landmark Debit = Request("debit", (method, path) =>
        method == "POST" && (Ends(path, "/createTransfer") || Ends(path, "/payments/pay") || Ends(path, "/v1/payment_intents")));

    public static readonly Landmark DebitInquiry = Request("debit.inquiry", (method, path) =>
        Ends(path, "/inquiryTransfer") || Ends(path, "/inquiryPayment") || (method == "GET" && path.Contains("/v1/payment_intents", StringComparison.Ordinal)));

    public static readonly Landmark CancelCall = Request("cancel.call", (method, path) =>
        method == "POST" && (Ends(path, "/payments/cancel") || (path.Contains("/v1/payment_intents/", StringComparison.Ordinal) && Ends(path, "/cancel"))));

    public static readonly Landmark RefundCall = Request("refund.call", (method, path) => method == "POST" && (Ends(path, "/refund") || Ends(path, "/v1/refunds")));

    public static readonly Landmark RefundInquiry = Request("refund.inquiry", (method, path) =>
        Ends(path, "/inquiryRefund") || (method == "GET" && path.Contains("/v1/refunds", StringComparison.Ordinal)));

    public static IReadOnlyList<Landmark> Statements { get; } =
    [
        PaymentIntent, PaymentLoad, PaymentOutcome, PaymentFind, PaymentClaim, CancelClaim, Settlement, RefundLock, RefundIntent, RefundOutcome, RefundFind,
        RefundClaim, OutboxFind, OutboxDispatch, DeliveryClaim, DeliveryRecord,
    ];

    public static IReadOnlyList<Landmark> Calls { get; } = [Debit, DebitInquiry, CancelCall, RefundCall, RefundInquiry];

    /// <summary>Commands are few and their texts constant: each is looked at once. Line breaks and blanks are of no matter.</summary>
    public static Landmark? OfStatement(string sql) => Known.GetOrAdd(sql, text =>
    {
        var plain = Blanks().Replace(text, " ");
        return Statements.FirstOrDefault(landmark => landmark.Sql!.All(piece => plain.Contains(piece, StringComparison.OrdinalIgnoreCase)));
    });

    public static Landmark? OfCall(string method, string path)
    {
        foreach (var landmark in Calls)
            if (landmark.Call!(method, path)) return landmark;
        return null;
    }

    public override string ToString() => Name;

    private static ConcurrentDictionary<string, Landmark?> Known { get; } = [];

    private static Landmark Statement(string name, params string[] pieces) => new(name, pieces, null);

    private static Landmark Request(string name, Func<string, string, bool> call) => new(name, null, call);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    private static bool Ends(string path, string end) => path.EndsWith(end, StringComparison.Ordinal);
}
