using PaymentOrchestrator.FaultTests.Points;
using Xunit;

namespace PaymentOrchestrator.FaultTests.Simulation;

/// <summary>What seeds have found once, and what they stand on. Hundreds of seeds are run by <c>ci</c>, thousands by <c>simulate</c>.</summary>
public sealed class SimulationTests : IAsyncLifetime
{
    private Simulator? simulator;

    public async ValueTask InitializeAsync() => simulator = await Simulator.StartAsync(1);

    public async ValueTask DisposeAsync()
    {
        if (simulator is not null) await simulator.DisposeAsync();
    }

    [Fact]
    public async Task A_seed_takes_the_same_course_each_time_and_breaks_nothing()
    {
        foreach (var seed in new[] { 3, 14, 15, 93 }) Assert.Equal((1, 0, null), await simulator!.RepeatAsync(Programme.Of(seed), times: 5));
    }

    [Fact]
    public async Task Buyers_can_pay_however_many_seeds_have_gone_before()
    {
        // Days, in which authorisations end.
        await simulator!.World.AdvanceAsync(TimeSpan.FromDays(3));
        var purchase = new Purchase(0, 0, "alipay", "CNY", 20_000_00, 0, AtCashier: false);
        var outcome = await simulator!.RunAsync(new Programme(1, [purchase], [(0, new Act.Quote(0)), (1, new Act.Pay(0, 0, 0))]));
        Assert.Contains("  #1 Pay ended: 201 succeeded", outcome.Trace);
    }

    /// <summary>What seeds have found once, as short as it was made: the owner is held up for hours, and whoever asks the provider meanwhile gives the payment up.</summary>
    [Fact]
    public async Task An_owner_that_was_held_up_before_the_debit_leaves_it_alone()
    {
        var outcome = await simulator!.RunAsync(HeldUp(Landmark.PaymentIntended));
        Assert.Empty(outcome.Violations);
        Assert.Contains("  #1 Pay ended: 201 failed", outcome.Trace);
        Assert.DoesNotContain("  #1 Pay goes on at debit", outcome.Trace);
    }

    [Fact]
    public async Task A_debit_that_went_out_after_its_payment_was_given_up_is_not_forgotten()
    {
        var outcome = await simulator!.RunAsync(HeldUp(Landmark.Debit) with { CallsEnd = false });
        Assert.Empty(outcome.Violations);
        // What its client was told; a late notification may settle it afterwards.
        Assert.Contains("  #1 Pay ended: 201 under_review", outcome.Trace);
    }

    [Fact]
    public async Task A_success_that_comes_while_a_cancellation_is_under_way_is_not_written_down_and_then_given_back()
    {
        var outcome = await simulator!.RunAsync(new Programme(231,
            [new Purchase(0, 0, "alipay", "CNY", 20_000_00, 0, AtCashier: true)],
            [(0, new Act.Quote(0)), (1, new Act.Pay(0, 0, 0)), .. Enumerable.Range(2, 10).Select(number => (number, (Act)new Act.Advance(50))), (12, new Act.Cancel(0, 1)),
                .. Enumerable.Range(13, 10).Select(number => (number, (Act)new Act.Advance(50))), (23, new Act.Decide(0, Approve: true))])
        {
            HoldAt = Landmark.CancelCall,
        });
        Assert.Empty(outcome.Violations);
        Assert.Contains("  #23 Decide ended: back with 303", outcome.Trace);
        Assert.Contains("  #12 Cancel ended: 200 canceled", outcome.Trace);
    }

    private static Programme HeldUp(Landmark where) => new(279,
        [new Purchase(0, 0, "card", "JPY", 20_000_00, 0, AtCashier: false)],
        [
            (0, new Act.Quote(0)), (1, new Act.Pay(0, 0, 0)), .. Enumerable.Range(2, 10).Select(number => (number, (Act)new Act.Advance(50))),
            (12, new Act.Advance(9_000_000)), (13, new Act.ResolvePayment(0, 1)), (14, new Act.ResolvePayment(0, 1)),
        ])
    {
        HoldAt = where,
    };
}

/// <summary>Programmes follow from their seed alone.</summary>
public sealed class ProgrammeTests
{
    [Fact]
    public void Seeds_differ_and_each_is_the_same_everywhere()
    {
        Assert.Equal(50, Enumerable.Range(0, 50).Select(seed => string.Join(';', Programme.Of(seed).Acts)).Distinct().Count());
        Assert.Equal(Programme.Of(42).Acts, Programme.Of(42).Acts);
        // Leaving acts out changes none of the others.
        var some = Programme.Of(42).Acts.Where(act => act.Number % 2 == 0).ToList();
        Assert.Equal(some, Programme.Of(42).Only(some.Select(act => act.Number).ToHashSet()).Acts);
    }
}
