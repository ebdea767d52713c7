using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests.Payments;

public sealed class PaymentTransitionsProperties
{
    private static readonly Gen<PaymentStatus> Status = Gen.Enum<PaymentStatus>();

    [Fact]
    public void However_a_payment_wanders_succeeded_is_its_end_and_money_that_was_ruled_out_comes_back_by_review_alone() =>
        Gen.Select(Gen.Bool.Select(waits => waits ? PaymentStatus.RequiresAction : PaymentStatus.Processing), Status.Array[1, 30]).Sample((start, wishes) =>
        {
            var now = start;
            foreach (var wish in wishes)
            {
                if (!PaymentTransitions.Allows(now, wish)) continue;
                Assert.NotEqual(PaymentStatus.Succeeded, now);
                if (now is PaymentStatus.Failed or PaymentStatus.Canceled) Assert.Equal(PaymentStatus.UnderReview, wish);
                now = wish;
            }
        });

    [Fact]
    public void From_every_state_that_is_not_final_success_can_still_be_reached() =>
        Status.Sample(status =>
        {
            var reached = new HashSet<PaymentStatus> { status };
            while (reached.SelectMany(PaymentTransitions.From).Any(reached.Add))
            {
            }

            Assert.Contains(PaymentStatus.Succeeded, reached);
        });

    [Fact]
    public void A_code_is_the_same_state_again() =>
        Status.Sample(status => Assert.Equal(status, PaymentTransitions.FromCode(status.Code())));
}
