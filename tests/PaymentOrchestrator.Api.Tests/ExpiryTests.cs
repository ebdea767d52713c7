using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests;

/// <summary>Time, set by hand in a second instance of the API. The sandbox keeps to the real time, which is what our clock starts from.</summary>
public sealed class ExpiryTests(TestSystem system)
{
    [Theory]
    [InlineData("card", "USD", null)]
    [InlineData("world_pay", "USD", null)]
    [InlineData("alipay", "CNY", null)]
    [InlineData("card", "USD", "1m")]
    public async Task A_quote_is_payable_one_millisecond_before_it_expires_and_not_at_the_millisecond(string method, string currency, string? hold)
    {
        var clock = new SettableClock(DateTimeOffset.UtcNow);
        var api = await system.StartAnotherApiAsync(clock);
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        var early = (await api.QuoteAsync(buyer, method, currency, hold: hold)).Must(201);
        var order = ApiClient.NewOrder();
        var late = (await api.QuoteAsync(buyer, method, currency, order: order, hold: hold)).Must(201);
        var expiry = early.Time("expires_at");
        Assert.Equal(expiry, late.Time("expires_at"));
        Assert.Equal(TimeSpan.FromMinutes(hold == "1m" ? 1 : 15), expiry - early.Time("created_at"));

        clock.Now = expiry.AddMilliseconds(-1);
        Assert.Equal("open", (await api.GetAsync($"/v1/quotes/{late.Id}"))["status"]);
        Assert.Equal("succeeded", (await api.PayAsync(early.Id)).Must(201)["status"]);

        clock.Now = expiry;
        Assert.Equal("expired", (await api.GetAsync($"/v1/quotes/{late.Id}"))["status"]);
        var key = ApiClient.NewKey();
        var expired = (await api.PayAsync(late.Id, key)).Must(409, "quote_expired");
        var replacement = expired.At("replacement");
        Assert.Equal("open", replacement.GetProperty("status").GetString());
        Assert.Equal(late.At("order").GetRawText(), replacement.GetProperty("order").GetRawText());
        Assert.Equal((method, currency), (replacement.GetProperty("method").GetString(), replacement.GetProperty("total").GetProperty("currency").GetString()));
        Assert.Equal(0, (await api.GetAsync($"/v1/payments?order_id={order}")).At("data").GetArrayLength());

        // The refusal left the key free, and the replacement serves at once.
        var payment = (await api.PayAsync(replacement.GetProperty("id").GetString()!, key)).Must(201);
        Assert.Equal("succeeded", payment["status"]);
        Assert.Single(await system.Sandbox.ExecutionsAsync(payment.Id));
        (await api.PayAsync(late.Id)).Must(409, "order_already_paid");
        Assert.False((await api.PayAsync(late.Id)).Has("replacement"));
    }

    [Fact]
    public async Task The_address_of_a_quote_serves_for_fifteen_minutes()
    {
        var clock = new SettableClock(DateTimeOffset.UtcNow);
        var api = await system.StartAnotherApiAsync(clock);
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        var first = (await api.QuoteAsync(buyer, "card", "USD", hold: "1h")).Must(201);
        var second = (await api.QuoteAsync(buyer, "card", "USD", hold: "1h")).Must(201);

        clock.Now = first.Time("created_at").AddMinutes(15);
        Assert.Equal("succeeded", (await api.PayAsync(first.Id)).Must(201)["status"]);

        clock.Now = clock.Now.AddMilliseconds(1);
        var refused = (await api.PayAsync(second.Id)).Must(422, "method_not_eligible");
        Assert.Equal(["network.outside_mainland_china"], refused.Json.NotMet());
        Assert.Equal("send_buyer_ip", refused.Json.Requirement("network.outside_mainland_china").GetProperty("remediation").GetProperty("action").GetString());
        Assert.Equal("succeeded", (await api.PayAsync(second.Id, ip: ApiClient.Outside)).Must(201)["status"]);
    }

    [Fact]
    public async Task The_quote_that_replaces_an_expired_one_gives_an_old_address_no_new_life()
    {
        var clock = new SettableClock(DateTimeOffset.UtcNow);
        var api = await system.StartAnotherApiAsync(clock);
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        var quote = (await api.QuoteAsync(buyer, "card", "USD")).Must(201);

        clock.Now = quote.Time("expires_at").AddHours(2);
        var expired = (await api.PayAsync(quote.Id)).Must(409, "quote_expired");
        var replacement = expired["replacement.id"];
        (await api.PayAsync(replacement)).Must(422, "method_not_eligible");
        Assert.Equal("succeeded", (await api.PayAsync(replacement, ip: ApiClient.Outside)).Must(201)["status"]);
    }

    [Fact]
    public async Task A_lock_longer_than_the_providers_guarantee_is_refused()
    {
        var buyer = await system.Api.BuyerAsync();
        (await system.Api.QuoteAsync(buyer, "world_pay", "USD", hold: "24h")).Must(422, "lock_not_available");
        var quote = (await system.Api.QuoteAsync(buyer, "card", "USD", hold: "24h")).Must(201);
        Assert.Equal(TimeSpan.FromHours(24), quote.Time("expires_at") - quote.Time("created_at"));
    }

    [Fact]
    public async Task A_way_back_that_is_older_than_an_hour_is_refused()
    {
        var clock = new SettableClock(DateTimeOffset.UtcNow);
        var api = await system.StartAnotherApiAsync(clock);
        var account = (await api.LinkAsync(await api.BuyerAsync(), "worldfirst")).Must(201);
        var state = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri(account["next_action.url"]).Query)["state"].ToString();
        clock.Now = clock.Now.AddMinutes(61);
        (await api.GetAsync($"/v1/returns/worldfirst?authResult=SUCCESS&code=x&state={state}")).Must(400, "link_state_invalid");
    }
}
