using System.Globalization;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Limits;

public sealed class FailureVelocityTests(TestSystem system)
{
    [Fact]
    public async Task A_buyer_whose_payments_keep_failing_has_to_wait_and_others_do_not()
    {
        // Ahead of the other instance, by which the sandbox links accounts: the newest card is the one that counts.
        var clock = new SettableClock(DateTimeOffset.UtcNow.AddMinutes(1));
        await using var instance = await system.StartOtherAsync(clock, "--Velocity:FailedPayments:Max=2", "--Velocity:FailedPayments:Window=00:10:00");
        var api = instance.Client;
        var buyer = await DecliningAsync(api);
        foreach (var _ in new int[2]) Assert.Equal("failed", (await api.PayAsync(await QuoteAsync(api, buyer))).Must(201)["status"]);
        var executed = await system.Sandbox.ExecutionsOfBuyerAsync(buyer);
        var quote = await QuoteAsync(api, buyer);
        var refused = (await api.PayAsync(quote)).Must(429, "too_many_failed_attempts");
        Assert.InRange(int.Parse(refused.Headers["Retry-After"], CultureInfo.InvariantCulture), 400, 600);
        Assert.Equal(executed, await system.Sandbox.ExecutionsOfBuyerAsync(buyer));
        Assert.Equal("open", (await api.GetAsync($"/v1/quotes/{quote}")).Must(200)["status"]);

        var other = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        Assert.NotEqual(429, (await api.PayAsync(await QuoteAsync(api, other))).Status);

        clock.Now = clock.Now.AddMinutes(11);
        Assert.NotEqual(429, (await api.PayAsync(await QuoteAsync(api, buyer))).Status);
    }

    [Fact]
    public async Task Successes_and_amounts_are_never_counted_and_failures_only_where_it_is_asked_for()
    {
        await using var instance = await system.StartOtherAsync(TimeProvider.System, "--Velocity:FailedPayments:Max=1");
        var buyer = await system.Sandbox.ReadyAsync(await instance.Client.BuyerAsync());
        for (var i = 0; i < 4; i++)
        {
            var quote = (await instance.Client.QuoteAsync(buyer, "card", "USD", 1_000_000_00)).Must(201).Id;
            Assert.Equal("succeeded", (await instance.Client.PayAsync(quote)).Must(201)["status"]);
        }

        var failing = await DecliningAsync(system.Api);
        for (var i = 0; i < 4; i++) Assert.Equal("failed", (await system.Api.PayAsync(await QuoteAsync(system.Api, failing))).Must(201)["status"]);
    }

    private static async Task<string> QuoteAsync(ApiClient api, string buyer) => (await api.QuoteAsync(buyer, "card", "USD")).Must(201).Id;

    /// <summary>A buyer whose newest card is declined whenever it is charged.</summary>
    private async Task<string> DecliningAsync(ApiClient api)
    {
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        (await api.LinkAsync(buyer, "card", ("payment_method", "pm_card_chargeCustomerFail"))).Must(201);
        return buyer;
    }
}
