using Xunit;

namespace PaymentOrchestrator.FaultTests.Checking;

/// <summary>The judge is judged: it says nothing of a sound run, and names each kind of violation when one is planted.</summary>
public sealed class CheckerTests
{
    private static readonly Guid PaymentUuid = Guid.Parse("01970000-0000-7000-8000-000000000001");
    private static readonly Guid RefundUuid = Guid.Parse("01970000-0000-7000-8000-000000000002");
    private static readonly string Payment = ObservationReader.Name("pay", PaymentUuid);
    private static readonly string Refund = ObservationReader.Name("ref", RefundUuid);
    private const string Buyer = "byr_1";
    private const string Quote = "quo_1";

    // CNY 12,345.67 by card in EUR at 7.9827: 154655 and 3 % of it.
    private static readonly PaymentFact Paid = new(Payment, Buyer, Quote, "order-1", "card", "EUR", 1_234_567, 154_656, 0, 159_296, 100_000, "succeeded", true);
    private static readonly RefundFact GivenBack = new(Refund, Payment, 100_000, 12_527, 0, 375, "succeeded");

    private static Observation Sound() => new()
    {
        Requests =
        [
            new(RequestKind.Pay, Buyer, "pay-1") { Answers = [new(201, Payment, "processing"), new(201, Payment, "succeeded")] },
            new(RequestKind.Refund, Buyer, "refund-1") { Answers = [new(201, Refund, "succeeded")] },
            new(RequestKind.Cancel, Buyer, "cancel-1") { Answers = [new(409, null, null)] },
            new(RequestKind.Forgery, Buyer, null) { Answers = [new(401, null, null)] },
        ],
        Quotes = [new(Quote, 1_234_567, "EUR", 2, "7.982700000", "7.982700000", 154_656, 0, "3", 4_640, 159_296)],
        Payments = [Paid],
        Refunds = [GivenBack],
        Keys = [new(Buyer, "pay-1", PaymentUuid), new(Buyer, "refund-1", RefundUuid)],
        Ledger =
        [
            Entry("t1", "payment", "buyer_funds", "EUR", 159_296), Entry("t1", "payment", "fx_position", "EUR", -154_656), Entry("t1", "payment", "fee_revenue", "EUR", -4_640),
            Entry("t1", "payment", "fx_position", "CNY", 1_234_567), Entry("t1", "payment", "supplier_payable", "CNY", -1_234_567),
            Entry("t2", "settlement", "supplier_payable", "CNY", 1_234_567), Entry("t2", "settlement", "platform_cny", "CNY", -1_234_567),
            Entry("t3", "refund", "buyer_funds", "EUR", -12_902), Entry("t3", "refund", "fx_position", "EUR", 12_527), Entry("t3", "refund", "fee_revenue", "EUR", 375),
            Entry("t3", "refund", "fx_position", "CNY", -100_000), Entry("t3", "refund", "supplier_payable", "CNY", 100_000),
        ],
        Events =
        [
            new("evt_1", "payment.created", Payment, 1), new("evt_2", "payment.succeeded", Payment, 2), new("evt_3", "payment.settled", Payment, 3), new("evt_4", "quote.consumed", Quote, 2),
            new("evt_5", "refund.created", Refund, 1), new("evt_6", "refund.succeeded", Refund, 2),
        ],
        Executions =
        [
            new("payment_intent", "card", $"{Payment}-1", "EUR", 159_296, "order-1", Payment),
            new("refund", "card", Refund, "EUR", 12_902, "order-1", Payment),
        ],
        Proof = [("transactions_balance", 0)],
        Delivered = new HashSet<string> { "evt_1", "evt_2", "evt_3", "evt_4", "evt_5", "evt_6" },
    };

    /// <summary>One way, or more, to break a sound run for each kind. What else breaks with it does not matter.</summary>
    private static readonly (ViolationKind Kind, Func<Observation, Observation> Plant)[] Plants =
    [
        (ViolationKind.AcknowledgedLost, seen => seen with { Payments = [], Refunds = [] }),
        (ViolationKind.AcknowledgedLost, seen => seen with { Refunds = [] }),
        (ViolationKind.KeyNamesTwo, seen => Told(seen, RequestKind.Pay, "pay-1", new(201, Payment, "succeeded"), new(201, "pay_other", "succeeded"))),
        (ViolationKind.KeyNamesTwo, seen => seen with { Keys = [new(Buyer, "pay-1", RefundUuid), seen.Keys[1]] }),
        (ViolationKind.KeyNamesTwo, seen => seen with { Keys = [] }),
        (ViolationKind.StateLost, seen => Told(seen, RequestKind.Pay, "pay-1", new ClientAnswer(201, Payment, "failed"))),
        (ViolationKind.StateLost, seen => seen with { Payments = [Paid with { Status = "under_review" }] }),
        (ViolationKind.StateLost, seen => Told(seen, RequestKind.Refund, "refund-1", new ClientAnswer(201, Refund, "failed"))),
        (ViolationKind.ServerError, seen => Told(seen, RequestKind.Pay, "pay-1", new ClientAnswer(500, null, null))),
        (ViolationKind.ForgeryAccepted, seen => Told(seen, RequestKind.Forgery, null, new ClientAnswer(200, null, null))),
        (ViolationKind.ExecutedTwice, seen => seen with { Executions = [.. seen.Executions, seen.Executions[0] with { RequestId = $"{Payment}-2" }] }),
        (ViolationKind.ExecutedTwice, seen => seen with { Executions = [.. seen.Executions, new("pay", "alipay", $"{Payment}-1", "CNY", 1_234_567, "order-1", Payment)] }),
        (ViolationKind.OrderPaidTwice, seen => seen with { Payments = [Paid, Paid with { Id = "pay_other", Quote = "quo_2" }] }),
        (ViolationKind.ExecutedWithoutIntent, seen => seen with { Executions = [.. seen.Executions, new("pay", "alipay", "pay_none-1", "CNY", 5, "order-2", "pay_none")] }),
        (ViolationKind.ExecutedWithoutIntent, seen => seen with { Executions = [.. seen.Executions, new("refund", "card", "ref_none", "EUR", 1, "order-1", Payment)] }),
        (ViolationKind.SucceededNotExecuted, seen => seen with { Executions = [] }),
        (ViolationKind.SucceededNotExecuted, seen => seen with { Executions = [.. seen.Executions, seen.Executions[0] with { Operation = "cancel" }] }),
        (ViolationKind.ExecutedNotRecorded, seen => seen with { Payments = [Paid with { Status = "failed" }] }),
        (ViolationKind.ExecutedNotRecorded, seen => seen with { Payments = [Paid with { Status = "canceled" }] }),
        (ViolationKind.AmountDiffers, seen => seen with { Executions = [seen.Executions[0] with { Value = 159_297 }, seen.Executions[1]] }),
        (ViolationKind.AmountDiffers, seen => seen with { Executions = [seen.Executions[0] with { Currency = "USD" }, seen.Executions[1]] }),
        (ViolationKind.AmountDiffers, seen => seen with { Executions = [seen.Executions[0], seen.Executions[1] with { Value = 12_901 }] }),
        (ViolationKind.RefundExecutedTwice, seen => seen with { Executions = [.. seen.Executions, seen.Executions[1]] }),
        (ViolationKind.RefundSucceededNotExecuted, seen => seen with { Executions = [seen.Executions[0]] }),
        (ViolationKind.RefundSucceededNotExecuted, seen => seen with { Executions = [.. seen.Executions, seen.Executions[1] with { Operation = "refund_returned" }] }),
        (ViolationKind.RefundExecutedNotRecorded, seen => seen with { Refunds = [GivenBack with { Status = "failed" }] }),
        (ViolationKind.RefundsExceedPayment, seen => seen with { Refunds = [GivenBack, GivenBack with { Id = "ref_other", Order = 1_134_568, Status = "pending" }] }),
        (ViolationKind.RefundsExceedPayment, seen => seen with { Executions = [seen.Executions[0], seen.Executions[1] with { Value = 159_297 }] }),
        (ViolationKind.RefundPartsDoNotAdd, seen => seen with { Refunds = [GivenBack with { Source = 12_528 }] }),
        (ViolationKind.RefundPartsDoNotAdd, seen => seen with { Refunds = [GivenBack with { Order = 1_234_567 }] }),
        (ViolationKind.RefundPartsDoNotAdd, seen => seen with { Payments = [Paid with { Refunded = 0 }] }),
        (ViolationKind.QuoteConsumedTwice, seen => seen with { Payments = [Paid, Paid with { Id = "pay_other", OrderId = "order-2" }] }),
        (ViolationKind.LedgerUnbalanced, seen => seen with { Ledger = [.. seen.Ledger.Skip(1)] }),
        (ViolationKind.LedgerUnbalanced, seen => seen with { Ledger = [seen.Ledger[0] with { Amount = 159_297 }, .. seen.Ledger.Skip(1)] }),
        (ViolationKind.LedgerDiffers, seen => seen with { Ledger = [] }),
        (ViolationKind.LedgerDiffers, seen => seen with { Ledger = [.. seen.Ledger, .. seen.Ledger.Where(entry => entry.Kind == "payment").Select(entry => entry with { Transaction = "t9" })] }),
        (ViolationKind.LedgerDiffers, seen => seen with { Payments = [Paid with { Settled = false }] }),
        (ViolationKind.LedgerDiffers, seen => seen with { Ledger = [.. seen.Ledger, Entry("t9", "payment", "buyer_funds", "EUR", 1) with { Payment = "pay_none" }, Entry("t9", "payment", "fx_position", "EUR", -1) with { Payment = "pay_none" }] }),
        (ViolationKind.EventMissing, seen => seen with { Events = [.. seen.Events.Where(happened => happened.Type != "payment.created")] }),
        (ViolationKind.EventMissing, seen => seen with { Events = [.. seen.Events.Where(happened => happened.Type != "payment.succeeded")] }),
        (ViolationKind.EventMissing, seen => seen with { Events = [.. seen.Events.Where(happened => happened.Type != "refund.succeeded")] }),
        (ViolationKind.EventMissing, seen => seen with { Events = [.. seen.Events.Where(happened => happened.Type != "quote.consumed")] }),
        (ViolationKind.EventTwice, seen => seen with { Events = [.. seen.Events, new("evt_7", "payment.failed", Payment, 2)] }),
        (ViolationKind.EventTwice, seen => seen with { Events = [.. seen.Events, new("evt_7", "payment.succeeded", Payment, 4)] }),
        (ViolationKind.PriceNotReproducible, seen => seen with { Quotes = [seen.Quotes[0] with { Source = 154_655, Total = 159_295 }] }),
        (ViolationKind.PriceNotReproducible, seen => seen with { Quotes = [seen.Quotes[0] with { Fee = 4_639, Total = 159_295 }] }),
        (ViolationKind.PriceNotReproducible, seen => seen with { Quotes = [seen.Quotes[0] with { Markup = 1 }] }),
        (ViolationKind.PriceNotReproducible, seen => seen with { Quotes = [seen.Quotes[0] with { Total = 159_297 }] }),
        (ViolationKind.DeliveryMissing, seen => seen with { Delivered = new HashSet<string>() }),
        (ViolationKind.ProofReports, seen => seen with { Proof = [("transactions_balance", 1)] }),
        (ViolationKind.Stuck, seen => seen with { Payments = [Paid with { Status = "processing" }] }),
        (ViolationKind.Stuck, seen => seen with { Payments = [Paid with { Status = "requires_action" }] }),
        (ViolationKind.Stuck, seen => seen with { Refunds = [GivenBack with { Status = "pending" }] }),
    ];

    public static TheoryData<int> PlantNumbers => [.. Enumerable.Range(0, Plants.Length)];

    [Fact]
    public void A_sound_run_has_no_violation() => Assert.Empty(Checker.Check(Sound()));

    [Fact]
    public void Every_kind_of_violation_is_planted() => Assert.Empty(Enum.GetValues<ViolationKind>().Except(Plants.Select(plant => plant.Kind)));

    [Theory]
    [MemberData(nameof(PlantNumbers))]
    public void A_planted_violation_is_reported(int number)
    {
        var (kind, plant) = Plants[number];
        Assert.Contains(kind, Checker.Check(plant(Sound())).Select(violation => violation.Kind));
    }

    [Fact]
    public void What_only_a_dead_server_explains_is_excused_while_servers_die() =>
        Assert.Empty(Checker.Check(Told(Sound(), RequestKind.Pay, "pay-1", new(500, null, null), new ClientAnswer(201, Payment, "succeeded")) with { MayFail = true }));

    [Fact]
    public void A_payment_under_review_is_not_stuck_and_may_have_any_execution() => Assert.Empty(Checker.Check(new Observation
    {
        Payments = [Paid with { Status = "under_review", Settled = false, Refunded = 0 }],
        Events = [new("evt_1", "payment.created", Payment, 1), new("evt_2", "payment.under_review", Payment, 2), new("evt_4", "quote.consumed", Quote, 2)],
        Executions = [new("payment_intent", "card", $"{Payment}-1", "EUR", 7, "order-1", Payment)],
        Ledger = [Entry("t1", "suspense", "buyer_funds", "EUR", 7), Entry("t1", "suspense", "suspense", "EUR", -7)],
    }));

    private static LedgerFact Entry(string transaction, string kind, string account, string currency, long amount) => new(transaction, Payment, kind, kind, account, currency, amount);

    private static Observation Told(Observation seen, RequestKind kind, string? key, params ClientAnswer[] answers) =>
        seen with { Requests = [.. seen.Requests.Where(request => request.Kind != kind), new(kind, Buyer, key) { Answers = [.. answers] }] };
}
