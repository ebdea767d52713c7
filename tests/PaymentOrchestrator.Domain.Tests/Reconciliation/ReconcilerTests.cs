using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class ReconcilerTests
{
    private static readonly DateTimeOffset At = new(2026, 4, 13, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_same_on_both_sides_fits() => Assert.Equal(["matched pay_1"], Run([Line("T1", "pay_1-1", 100)], [Ours("pay_1", "T1", 100)]));

    [Theory]
    [InlineData(99)]
    [InlineData(101)]
    public void One_minor_unit_is_a_difference(long value) => Assert.Equal(["amount_differs pay_1"], Run([Line("T1", "pay_1-1", value)], [Ours("pay_1", "T1", 100)]));

    [Fact]
    public void Another_currency_is_told_apart_from_another_amount() =>
        Assert.Equal(["currency_differs pay_1"], Run([Line("T1", "pay_1-1", 100) with { Amount = new Money(Currency.Eur, 99) }], [Ours("pay_1", "T1", 100)]));

    [Fact]
    public void Each_side_may_lack_what_the_other_has_and_what_is_not_due_is_not_missed() =>
        Assert.Equal(
            ["missing_here T9", "missing_there pay_1"],
            Run([Line("T9", "pay_9-1", 100)], [Ours("pay_1", "T1", 100), Ours("pay_2", "T2", 100) with { Due = false }]));

    [Fact]
    public void A_line_is_found_by_our_request_where_we_do_not_know_the_providers_id_yet() =>
        Assert.Equal(["matched pay_1"], Run([Line("T1", "pay_1-1", 100)], [Ours("pay_1", null, 100)]));

    [Fact]
    public void A_request_that_was_carried_out_twice_leaves_the_strange_execution_over_whichever_comes_first()
    {
        StatementLine[] lines = [Line("T2", "pay_1-1", 100), Line("T1", "pay_1-1", 100)];
        Assert.Equal(["missing_here T2", "matched pay_1"], Run(lines, [Ours("pay_1", "T1", 100)]));
        Assert.Equal(["matched pay_1", "missing_here T2"], Run([lines[1], lines[0]], [Ours("pay_1", "T1", 100)]));
    }

    [Fact]
    public void A_refund_and_its_return_are_two_movements_of_one_object()
    {
        var refund = Line("R1", "ref_1", 40) with { Type = MovementType.Refund };
        Movement ours = new(MovementType.Refund, "ref_1", "pay_1", "R1", new Money(Currency.Usd, 40), true);
        Assert.Equal(["matched ref_1", "matched ref_1"], Run([refund, refund with { Type = MovementType.RefundReversal }], [ours, ours with { Type = MovementType.RefundReversal }]));
        Assert.Equal(["matched ref_1", "missing_there ref_1"], Run([refund], [ours, ours with { Type = MovementType.RefundReversal }]));
    }

    [Fact]
    public void A_payment_that_was_taken_and_given_back_by_its_cancellation_comes_to_nothing()
    {
        var taken = Line("T1", "pay_1-1", 100);
        var back = taken with { Type = MovementType.PaymentReversal };
        Assert.Equal(["matched T1", "matched T1"], Run([back, taken], []));
        Assert.Equal(["missing_here T1", "missing_here T1"], Run([taken, back with { Amount = new Money(Currency.Usd, 99) }], []));
        // Ours has succeeded: what was given back is a difference.
        Assert.Equal(["matched pay_1", "missing_here T1"], Run([taken, back], [Ours("pay_1", "T1", 100)]));
    }

    [Fact]
    public void Late_settlements_are_told_last() =>
        Assert.Equal(
            ["matched pay_1", "settled_late pay_1"],
            [.. Entries([Line("T1", "pay_1-1", 100)], [Ours("pay_1", "T1", 100)], [new LateSettlement("pay_1", new Money(Currency.Cny, 700), null)]).Select(Tell)]);

    [Fact]
    public void Every_difference_says_what_to_do()
    {
        foreach (var type in Enum.GetValues<MovementType>())
            foreach (var status in new[] { null, "succeeded", "processing", "failed", "under_review" })
                Assert.NotEmpty(ReconciliationResults.OwnerAction(new ReconciledEntry(ReconciliationResult.MissingHere, Line("T1", null, 1) with { Type = type }, null), status));
        Assert.All(Enum.GetValues<ReconciliationResult>(), result => Assert.Equal(result, ReconciliationResults.FromCode(result.Code())));
        Assert.All(Enum.GetValues<MovementType>(), type => Assert.Equal(type, MovementTypes.FromCode(type.Code())));
        Assert.Null(MovementTypes.FromCode("payout"));
    }

    private static IReadOnlyList<ReconciledEntry> Entries(IReadOnlyList<StatementLine> lines, IReadOnlyList<Movement> ours, IReadOnlyList<LateSettlement> late) =>
        Reconciler.Reconcile(lines, ours, late, request => request.Split('-')[0]);

    private static IEnumerable<string> Run(IReadOnlyList<StatementLine> lines, IReadOnlyList<Movement> ours) => [.. Entries(lines, ours, []).Select(Tell)];

    private static string Tell(ReconciledEntry entry) => $"{entry.Result.Code()} {entry.Ours?.ObjectId ?? entry.Late?.PaymentId ?? entry.Line!.ProviderReference}";

    private static StatementLine Line(string reference, string? request, long value) => new(2, MovementType.Payment, reference, request, null, new Money(Currency.Usd, value), At);

    private static Movement Ours(string payment, string? reference, long value) => new(MovementType.Payment, payment, payment, reference, new Money(Currency.Usd, value), true);
}
