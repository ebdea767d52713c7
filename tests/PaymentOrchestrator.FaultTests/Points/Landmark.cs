namespace PaymentOrchestrator.FaultTests.Points;

/// <summary>A statement of the product by which its place is known, or a kind of call to a provider.</summary>
/// <param name="Sql">A piece of text that no other command has; null for a call.</param>
/// <param name="Call">Whether a request is such a call; null for a statement.</param>
internal sealed record Landmark(string Name, string? Sql, Func<string, string, bool>? Call)
{
    public static readonly Landmark PaymentLoad = Statement("pay.load", "join live_payments l on l.marketplace_id = q.marketplace_id");
    public static readonly Landmark PaymentIntent = Statement("pay.intent", "update quotes set payment_id = @id");

    /// <summary>The intent is committed, and nothing has been sent.</summary>
    public static readonly Landmark PaymentIntended = new("pay.intended", null, null);

    public static readonly Landmark PaymentOutcome = Statement("payment.outcome", "next_action_url = @nextActionUrl, failure_code = @failureCode");
    public static readonly Landmark PaymentFind = Statement("resolver.find", "from inquiries where next_at <= @now");
    public static readonly Landmark PaymentClaim = Statement("resolver.claim", "update inquiries set next_at = @until");
    public static readonly Landmark CancelClaim = Statement("cancel.claim", "update payments set version = version + 1");
    public static readonly Landmark Settlement = Statement("settlement", "set settlement_status = 'settled'");
    public static readonly Landmark RefundLock = Statement("refund.lock", "select q.fee_refundable");
    public static readonly Landmark RefundIntent = Statement("refund.intent", "insert into refunds (");
    public static readonly Landmark RefundOutcome = Statement("refund.outcome", "provider_reference = @refundReference, suspended_amount = @suspended");
    public static readonly Landmark RefundFind = Statement("refund_resolver.find", "from refunds where next_inquiry_at is not null");
    public static readonly Landmark RefundClaim = Statement("refund_resolver.claim", "update refunds set next_inquiry_at = @until");
    public static readonly Landmark OutboxFind = Statement("outbox.find", "from events where dispatched_at is null");
    public static readonly Landmark OutboxDispatch = Statement("outbox.dispatch", "update events set dispatched_at");
    public static readonly Landmark DeliveryClaim = Statement("delivery.claim", "update webhook_deliveries set next_at = @until");
    public static readonly Landmark DeliveryRecord = Statement("delivery.record", "set status = @status, attempts = attempts + 1");

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
        PaymentLoad, PaymentIntent, PaymentOutcome, PaymentFind, PaymentClaim, CancelClaim, Settlement, RefundLock, RefundIntent, RefundOutcome, RefundFind,
        RefundClaim, OutboxFind, OutboxDispatch, DeliveryClaim, DeliveryRecord,
    ];

    public static IReadOnlyList<Landmark> Calls { get; } = [Debit, DebitInquiry, CancelCall, RefundCall, RefundInquiry];

    public static Landmark? OfStatement(string sql)
    {
        foreach (var landmark in Statements)
            if (sql.Contains(landmark.Sql!, StringComparison.Ordinal)) return landmark;
        return null;
    }

    public static Landmark? OfCall(string method, string path)
    {
        foreach (var landmark in Calls)
            if (landmark.Call!(method, path)) return landmark;
        return null;
    }

    public override string ToString() => Name;

    private static Landmark Statement(string name, string sql) => new(name, sql, null);

    private static Landmark Request(string name, Func<string, string, bool> call) => new(name, null, call);

    private static bool Ends(string path, string end) => path.EndsWith(end, StringComparison.Ordinal);
}
