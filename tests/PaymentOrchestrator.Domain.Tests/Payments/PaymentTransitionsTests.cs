using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class PaymentTransitionsTests
{
    private static readonly string[] States = ["processing", "requires_action", "succeeded", "failed", "canceled", "under_review"];

    // From the row's state to the column's, in the order above; x is allowed.
    private const string Matrix =
        """
        processing      . x x x x x
        requires_action x . x x x x
        succeeded       . . . . . .
        failed          . . . . . x
        canceled        . . . . . x
        under_review    . . x x x .
        """;

    [Fact]
    public void The_whole_matrix_is_as_agreed()
    {
        var expected = new HashSet<(string, string)>();
        foreach (var cells in Matrix.Split('\n').Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            for (var column = 0; column < States.Length; column++)
                if (cells[column + 1].Trim() == "x") expected.Add((cells[0], States[column]));

        var actual =
            from a in Enum.GetValues<PaymentStatus>()
            from b in Enum.GetValues<PaymentStatus>()
            where PaymentTransitions.Allows(a, b)
            select (a.Code(), b.Code());

        Assert.Equal(15, expected.Count);
        Assert.Equal(expected.Order(), actual.Order());
    }

    [Fact]
    public void The_list_of_ways_out_of_a_state_says_the_same()
    {
        foreach (var a in Enum.GetValues<PaymentStatus>())
            Assert.Equal(Enum.GetValues<PaymentStatus>().Where(b => PaymentTransitions.Allows(a, b)), PaymentTransitions.From(a).Order());
    }

    [Fact]
    public void The_states_are_these_and_each_code_reads_back()
    {
        Assert.Equal(States.Order(), Enum.GetValues<PaymentStatus>().Select(status => status.Code()).Order());
        Assert.All(Enum.GetValues<PaymentStatus>(), status => Assert.Equal(status, PaymentTransitions.FromCode(status.Code())));
        Assert.Null(PaymentTransitions.FromCode("Succeeded"));
        Assert.Null(PaymentTransitions.FromCode("pending"));
        Assert.Null(PaymentTransitions.FromCode(null));
    }

    [Theory]
    [InlineData(PaymentStatus.Processing, "payment.processing")]
    [InlineData(PaymentStatus.RequiresAction, "payment.requires_action")]
    [InlineData(PaymentStatus.Succeeded, "payment.succeeded")]
    [InlineData(PaymentStatus.Failed, "payment.failed")]
    [InlineData(PaymentStatus.Canceled, "payment.canceled")]
    [InlineData(PaymentStatus.UnderReview, "payment.under_review")]
    public void Entering_a_state_publishes_its_event(PaymentStatus status, string name) =>
        Assert.Equal(name, PaymentTransitions.EventOnEntering(status));

    [Theory]
    [InlineData(PaymentStatus.Processing, true)]
    [InlineData(PaymentStatus.RequiresAction, true)]
    [InlineData(PaymentStatus.Succeeded, true)]
    [InlineData(PaymentStatus.UnderReview, true)]
    [InlineData(PaymentStatus.Failed, false)]
    [InlineData(PaymentStatus.Canceled, false)]
    public void Only_a_failed_or_canceled_payment_lets_go_of_its_order(PaymentStatus status, bool holds) => Assert.Equal(holds, status.HoldsTheOrder());

    [Fact]
    public void A_state_that_does_not_exist_has_no_code() => Assert.Throws<ArgumentOutOfRangeException>(() => ((PaymentStatus)99).Code());
}
