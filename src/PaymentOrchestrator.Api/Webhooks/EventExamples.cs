using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Disputes;
using PaymentOrchestrator.Api.Ledger;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Orders;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Api.Reconciliations;
using PaymentOrchestrator.Api.Refunds;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>The objects of one story for the document: an order of CNY 12,345.67 paid by card in USD at the rates of 2026-04-13.</summary>
internal static class EventExamples
{
    public static readonly DateTimeOffset At = new(2026, 4, 13, 8, 0, 0, TimeSpan.Zero);

    private static readonly Money Order = new(Currency.Cny, 12_345_67);
    private static readonly Money Source = new(Usd, 1_807_00);
    private static readonly Money Fee = new(Usd, 54_21);
    private static readonly IReadOnlyDictionary<string, string> Metadata = new Dictionary<string, string> { ["basket"] = "7" };

    private static Currency Usd => Currency.Parse("USD");

    private static IReadOnlyList<QuoteFee> Fees => [new QuoteFee { Code = "card_fee", Amount = Fee, Basis = new FeeBasis { Kind = "computed", Percentage = "3" } }];

    public static Id<T> Id<T>(char last)
        where T : IResource => Domain.Id<T>.Parse($"{T.Prefix}_01kp2hd000e9xs6w3mq0r5tz8{last}", null);

    public static QuoteResource Quote() => new()
    {
        Id = Id<QuoteResource>('2'),
        Status = "consumed",
        BuyerId = Id<BuyerResource>('1'),
        Method = PaymentMethod.Card,
        Order = new OrderBody { Id = "order-1001", Amount = Order },
        FixedSide = Quotes.Quote.FixedOrder,
        ExchangeRate = new QuoteRate
        {
            Base = Usd,
            Counter = Currency.Cny,
            Mid = "6.832163643",
            MarkupBps = 0,
            Customer = "6.832163643",
            MarkupAmount = new Money(Usd, 0),
            Source = "ecb",
            AsOf = At,
            Stale = false,
        },
        OrderAmount = Order,
        SourceAmount = Source,
        Fees = Fees,
        Total = Source + Fee,
        FeeScheduleId = "fee_default_1",
        Indicative = false,
        PaymentId = Id<PaymentResource>('3'),
        Livemode = false,
        CreatedAt = At,
        ExpiresAt = At.AddMinutes(15),
    };

    public static PaymentResource Payment(PaymentStatus status, bool settled = false) => new()
    {
        Id = Id<PaymentResource>('3'),
        Status = status.Code(),
        BuyerId = Id<BuyerResource>('1'),
        QuoteId = Id<QuoteResource>('2'),
        Method = PaymentMethod.Card,
        OrderId = "order-1001",
        OrderAmount = Order,
        SourceAmount = Source,
        Fees = Fees,
        Total = Source + Fee,
        AmountRefunded = new Money(Currency.Cny, 0),
        NextAction = status == PaymentStatus.RequiresAction ? new NextAction { Url = "https://acquirer.example/authenticate/7f3a" } : null,
        Failure = status switch
        {
            PaymentStatus.Failed => new PaymentFailureResource { Code = "card_declined", Message = "The card was declined. Use another card.", Retryable = false },
            PaymentStatus.UnderReview => new PaymentFailureResource
            {
                Code = FailureCode.OutcomeUnknown,
                Message = "The provider cannot say whether money moved. An operator is looking at it.",
                Retryable = false,
            },
            _ => null,
        },
        Settlement = status != PaymentStatus.Succeeded ? null : new SettlementResource
        {
            Amount = Order,
            Status = settled ? "settled" : "pending",
            SettledAt = settled ? At.AddHours(2) : null,
            Evidence = settled ? "waitsellersend" : null,
        },
        Metadata = Metadata,
        Livemode = false,
        CreatedAt = At,
        UpdatedAt = settled ? At.AddHours(2) : At.AddSeconds(1),
    };

    public static RefundResource Refund(RefundStatus status) => new()
    {
        Id = Id<RefundResource>('4'),
        Status = status.Code(),
        PaymentId = Id<PaymentResource>('3'),
        OrderAmount = new Money(Currency.Cny, 2_345_67),
        SourceAmount = new Money(Usd, 343_33),
        FeeAmount = new Money(Usd, 10_29),
        Failure = status switch
        {
            RefundStatus.Failed => new RefundFailureResource { Code = "refund_refused", Message = "The provider did not give the money back." },
            RefundStatus.UnderReview => new RefundFailureResource { Code = FailureCode.OutcomeUnknown, Message = "The provider cannot say whether money moved. An operator is looking at it." },
            _ => null,
        },
        Reason = "One box was missing.",
        Metadata = Metadata,
        Livemode = false,
        CreatedAt = At.AddDays(1),
        UpdatedAt = At.AddDays(1),
    };

    public static LinkedAccountResource LinkedAccount(string status) => new()
    {
        Id = Id<LinkedAccountResource>('5'),
        BuyerId = Id<BuyerResource>('1'),
        Provider = LinkProvider.WorldFirst,
        Status = status,
        DisplayName = status == LinkedAccounts.LinkedAccount.Active ? "Wor•••27" : null,
        NextAction = status == LinkedAccounts.LinkedAccount.Pending ? new NextAction { Url = "https://worldfirst.example/authorize?state=c1" } : null,
        Failure = status == LinkedAccounts.LinkedAccount.Failed ? new LinkFailure { Code = "access_denied", Message = "The buyer did not consent." } : null,
        Livemode = false,
        CreatedAt = At,
        UpdatedAt = At,
    };

    public static LedgerTransactionResource LedgerTransaction() => new()
    {
        Id = Id<LedgerTransactionResource>('6'),
        Kind = "payment",
        PaymentId = Id<PaymentResource>('3'),
        RefundId = null,
        DisputeId = null,
        Entries =
        [
            .. LedgerPosting.Payment(Order, Source, new Money(Usd, 0), Fee).Legs.Select(leg => new LedgerLegResource { Account = leg.Account.Code(), Amount = leg.Amount }),
        ],
        CreatedAt = At.AddSeconds(1),
    };

    public static DisputeResource Dispute(string status) => new()
    {
        Id = Id<DisputeResource>('8'),
        Status = status,
        PaymentId = Id<PaymentResource>('3'),
        Provider = "card",
        ProviderReference = "dp_1",
        Amount = Http.Amount.FromMoney(Source + Fee),
        OrderAmount = Http.Amount.FromMoney(Order),
        Reason = "product_not_received",
        EvidenceDueBy = status == "needs_response" ? At.AddDays(10) : null,
        Withdrawn = Http.Amount.FromMoney(Source + Fee),
        Reinstated = Http.Amount.FromMoney(status == "won" ? Source + Fee : new Money(Usd, 0)),
        Fee = Http.Amount.FromMoney(new Money(Usd, 15_00)),
        PaymentRefundable = status == "won",
        Version = status switch { "needs_response" => 1, "under_review" => 2, _ => 3 },
        Livemode = false,
        CreatedAt = At.AddDays(3),
        UpdatedAt = At.AddDays(status == "needs_response" ? 3 : 4),
    };

    public static ReconciliationDifferenceResource Difference() => new()
    {
        Id = Id<ReconciliationDifferenceResource>('9'),
        ReconciliationId = Id<ReconciliationResource>('0'),
        Provider = "card",
        Kind = "amount_differs",
        Type = "payment",
        ProviderReference = "pi_1",
        RequestId = $"{Id<PaymentResource>('3')}-1",
        ProviderAmount = Http.Amount.FromMoney(Source),
        OccurredAt = At.AddSeconds(1),
        ObjectId = Id<PaymentResource>('3').ToString(),
        PaymentId = Id<PaymentResource>('3').ToString(),
        BooksAmount = Http.Amount.FromMoney(Source + Fee),
        OwnerAction = ReconciliationResults.OwnerAction(new ReconciledEntry(ReconciliationResult.AmountDiffers, null, null), null),
        State = "open",
        Resolution = null,
        Livemode = false,
        CreatedAt = At.AddDays(1),
    };

    public static WebhookEndpointResource WebhookEndpoint() => new()
    {
        Id = Id<WebhookEndpointResource>('7'),
        Url = "https://shop.example/hooks",
        EventTypes = [EventTypes.Every],
        Enabled = true,
        DisabledReason = null,
        PreviousSecretUntil = null,
        Livemode = false,
        Version = 1,
        CreatedAt = At,
        UpdatedAt = At,
    };
}
