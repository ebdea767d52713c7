namespace PaymentOrchestrator.FaultTests.Checking;

/// <summary>
/// All that four sides say once everything is quiet: the clients, our database, our books and the providers. Ids are as the contract writes them.
/// </summary>
internal sealed record Observation
{
    public IReadOnlyList<ClientRequest> Requests { get; init; } = [];

    public IReadOnlyList<SeenQuote> Quotes { get; init; } = [];

    public IReadOnlyList<PaymentFact> Payments { get; init; } = [];

    public IReadOnlyList<RefundFact> Refunds { get; init; } = [];

    public IReadOnlyList<KeyFact> Keys { get; init; } = [];

    public IReadOnlyList<LedgerFact> Ledger { get; init; } = [];

    public IReadOnlyList<EventFact> Events { get; init; } = [];

    /// <summary>What the providers really executed.</summary>
    public IReadOnlyList<Execution> Executions { get; init; } = [];

    /// <summary>What the product's own proof of the books counts, by the name of the check.</summary>
    public IReadOnlyList<(string Check, long Violations)> Proof { get; init; } = [];

    /// <summary>Ids of the events that a receiver has got; null where there was none.</summary>
    public IReadOnlySet<string>? Delivered { get; init; }

    /// <summary>Whether an answer of 5xx is excused: something that the API stands on was being killed.</summary>
    public bool MayFail { get; init; }
}

internal enum RequestKind
{
    Pay,
    Refund,
    Cancel,

    /// <summary>A notification that no provider has signed.</summary>
    Forgery,

    /// <summary>Reads and everything that moves no money.</summary>
    Other,
}

/// <summary>A request as its client knows it, with every answer that it ever got: a repetition with the same key is the same request.</summary>
/// <param name="Buyer">Whose; with the key, what the key is unique in.</param>
internal sealed record ClientRequest(RequestKind Kind, string Buyer, string? Key)
{
    public List<ClientAnswer> Answers { get; init; } = [];
}

/// <param name="Id">Of the payment or refund in the answer; null for a refusal.</param>
/// <param name="State">Its status.</param>
internal sealed record ClientAnswer(int Status, string? Id, string? State, string? Text = null);

/// <summary>A quote as the client saw it: everything that it takes to compute it again.</summary>
/// <param name="Order">CNY minor units.</param>
/// <param name="Customer">CNY per unit of the source currency; null for CNY.</param>
/// <param name="Exponent">Decimals of the source currency.</param>
/// <param name="FeePercentage">Null where there is no fee line.</param>
internal sealed record SeenQuote(string Id, long Order, string Currency, int Exponent, string? Mid, string? Customer, long Source, long? Markup, string? FeePercentage, long Fee, long Total);

/// <summary>A payment as our database has it.</summary>
internal sealed record PaymentFact(
    string Id, string Buyer, string Quote, string OrderId, string Method, string Currency, long Order, long Source, long Markup, long Total, long Refunded, string Status, bool Settled)
{
    /// <summary>All fees.</summary>
    public long Fee => Total - Source;

    public bool IsOpen => Status is "processing" or "requires_action";
}

internal sealed record RefundFact(string Id, string Payment, long Order, long Source, long Markup, long Fee, string Status)
{
    public long Returned => Source + Fee;
}

internal sealed record KeyFact(string Buyer, string Key, Guid Resource);

internal sealed record LedgerFact(string Transaction, string Payment, string Cause, string Kind, string Account, string Currency, long Amount);

internal sealed record EventFact(string Id, string Type, string Object, int Version);

/// <summary>One movement of money at a provider.</summary>
/// <param name="Operation">As the sandbox names it.</param>
/// <param name="Value">Minor units of what left the buyer, or came back.</param>
/// <param name="Payment">As far as the request named it.</param>
internal sealed record Execution(string Operation, string Provider, string RequestId, string Currency, long Value, string? OrderId, string? Payment)
{
    public bool IsDebit => Operation is "createTransfer" or "pay" or "payment_intent";

    public bool IsRefund => Operation is "refund";
}

internal enum ViolationKind
{
    /// <summary>A client was told of a payment or refund that is not there.</summary>
    AcknowledgedLost,

    /// <summary>One key was answered with two payments, or stands for another one than its client was told.</summary>
    KeyNamesTwo,

    /// <summary>A client was shown an end that is not the end.</summary>
    StateLost,

    /// <summary>5xx with nothing to excuse it.</summary>
    ServerError,

    /// <summary>A notification without a provider's signature was taken.</summary>
    ForgeryAccepted,

    /// <summary>A provider debited twice for one payment.</summary>
    ExecutedTwice,

    /// <summary>Two payments of one order, and both kept the money.</summary>
    OrderPaidTwice,

    /// <summary>A provider moved money for something that we have no record of.</summary>
    ExecutedWithoutIntent,

    /// <summary>We say that it succeeded, and no provider took the money, or gave it back since.</summary>
    SucceededNotExecuted,

    /// <summary>A provider took the money, and we say that it did not.</summary>
    ExecutedNotRecorded,

    /// <summary>Another amount or currency was taken or given back than we say.</summary>
    AmountDiffers,

    RefundExecutedTwice,

    RefundSucceededNotExecuted,

    RefundExecutedNotRecorded,

    /// <summary>More was given back than was paid, or promised to be.</summary>
    RefundsExceedPayment,

    /// <summary>All parts together are not what was paid, or a part is not what the formula says.</summary>
    RefundPartsDoNotAdd,

    /// <summary>Two payments of one quote.</summary>
    QuoteConsumedTwice,

    /// <summary>A transaction whose legs do not sum to zero.</summary>
    LedgerUnbalanced,

    /// <summary>The books say something else of a payment than the payment does.</summary>
    LedgerDiffers,

    EventMissing,

    /// <summary>Two events for one version of one object, or two ends of one payment.</summary>
    EventTwice,

    /// <summary>An amount cannot be computed again from what the quote shows.</summary>
    PriceNotReproducible,

    /// <summary>An event that no receiver got.</summary>
    DeliveryMissing,

    /// <summary>The product's own proof of the books reports something.</summary>
    ProofReports,

    /// <summary>Neither final nor under review when everything is quiet.</summary>
    Stuck,
}

internal sealed record Violation(ViolationKind Kind, string Text)
{
    public override string ToString() => $"{Kind}: {Text}";
}
