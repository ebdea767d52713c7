using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Providers;

public sealed class ProvidersTests(TestSystem system)
{
    [Fact]
    public async Task The_providers_are_listed_with_what_they_declare_and_how_they_stand_in_the_mode()
    {
        var tenant = await system.NewMarketplaceAsync();
        var list = (await tenant.Test.GetAsync("/v1/providers")).Must(200);
        Assert.Equal(["worldfirst", "alipay", "marketplace_1688", "card"], list.At("data").EnumerateArray().Select(one => one.GetProperty("name").GetString()));
        Assert.Equal(("list", "provider", "True", "closed", "False"), (list["object"], list["data.0.object"], list["data.0.configured"], list["data.0.circuit"], list["data.0.livemode"]));
        Assert.Equal("""["world_pay","worldfirst_balance"]""", list.At("data.0.methods").GetRawText());
        Assert.Equal("""["alipay","mainland_bank"]""", list.At("data.1.linked_accounts").GetRawText());
        Assert.Contains("\"read_pay_ways\"", list.At("data.2.operations").GetRawText(), StringComparison.Ordinal);
        Assert.Equal("""["CNY"]""", list.At("data.1.documented_currencies").GetRawText());
        Assert.Equal("null", list["data.3.documented_currencies"]);
        Assert.Equal("""{"connect_ms":3000,"read_ms":3000,"read_tries":3,"write_ms":10000}""", list.At("data.3.timeouts").GetRawText());
        Assert.EndsWith("/v1/provider-notifications/card", list["data.3.notifications.url"], StringComparison.Ordinal);
        Assert.Contains("\"charge.dispute.created\"", list.At("data.3.notifications.types").GetRawText(), StringComparison.Ordinal);

        // The same providers, none of them configured for live money here.
        var live = (await tenant.Live.GetAsync("/v1/providers")).Must(200);
        Assert.All(live.At("data").EnumerateArray(), one => Assert.Equal((false, System.Text.Json.JsonValueKind.Null, true),
            (one.GetProperty("configured").GetBoolean(), one.GetProperty("circuit").ValueKind, one.GetProperty("livemode").GetBoolean())));
        (await system.ClientWith(null).GetAsync("/v1/providers")).Must(401, "unauthorized");
    }

    [Fact]
    public async Task The_circuit_of_a_provider_that_is_gone_is_open_and_no_others()
    {
        await using var gone = await ScriptedProvider.StartAsync();
        gone.AnswerPlain(503, "");
        await using var other = await system.StartOtherAsync(TimeProvider.System, $"--Providers:Test:Card:BaseUrl={gone.Url}");
        var buyer = await other.Client.BuyerAsync();
        for (var calls = 0; calls < 60; calls++) await other.Client.LinkAsync(buyer, "card", ("payment_method", "pm_card_visa"));
        var list = (await other.Client.GetAsync("/v1/providers")).Must(200);
        Assert.Equal(["closed", "closed", "closed"], list.At("data").EnumerateArray().Take(3).Select(one => one.GetProperty("circuit").GetString()));
        Assert.NotEqual("closed", list["data.3.circuit"]);
    }

    [Theory]
    [InlineData("no-alipay-", "alipay", "CNY", "order_not_payable")]
    [InlineData("no-kuajingbao-", "world_pay", "USD", "order_not_payable")]
    [InlineData("deposit-", "alipay", "CNY", "order_amount_mismatch")]
    [InlineData("deposit-", "world_pay", "USD", "order_amount_mismatch")]
    public async Task An_order_that_1688_does_not_let_be_paid_so_is_refused_before_money_moves(string prefix, string method, string currency, string code)
    {
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync());
        var order = prefix + Guid.NewGuid().ToString("N");
        var quote = (await system.Api.QuoteAsync(buyer, method, currency, order: order)).Must(201);
        (await system.Api.PayAsync(quote.Id)).Must(422, code);
        Assert.Equal(0, await system.Sandbox.ExecutionsOfBuyerAsync(buyer));
        Assert.Equal("open", (await system.Api.GetAsync($"/v1/quotes/{quote.Id}"))["status"]);

        // By a way that 1688 publishes no channel for, the order is as payable as its own status says.
        var card = (await system.Api.PayAsync((await system.Api.QuoteAsync(buyer, "card", "USD", order: order)).Must(201).Id)).Must(201);
        Assert.Equal("succeeded", card["status"]);
    }

    [Fact]
    public async Task A_1688_that_does_not_tell_its_channels_stops_no_payment()
    {
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync());
        await Notifications.OpenPayments.FaultAsync(system, buyer, "error_before", "marketplace_1688", "alibaba.trade.payWay.query", times: 5);
        var quote = (await system.Api.QuoteAsync(buyer, "alipay", "CNY", order: "no-alipay-" + Guid.NewGuid().ToString("N"))).Must(201);
        Assert.Equal("succeeded", (await system.Api.PayAsync(quote.Id)).Must(201)["status"]);
    }

    [Theory]
    [InlineData("USD", 300, "amount_too_small")]
    [InlineData("JPY", 200, "amount_too_small")]
    [InlineData("ISK", 100, "amount_too_small")]
    [InlineData("USD", 500, null)]
    [InlineData("ISK", 600, null)]
    public async Task An_order_below_the_acquirers_minimum_is_a_failed_payment(string currency, long fen, string? code)
    {
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync());
        var quote = (await system.Api.QuoteAsync(buyer, "card", currency, fen)).Must(201);
        var payment = (await system.Api.PayAsync(quote.Id)).Must(201);
        if (code is null)
        {
            Assert.Equal("succeeded", payment["status"]);
            Assert.Equal([$"payment_intent card {payment.Amount("total")}"], await system.Sandbox.ExecutionsAsync(payment.Id));
            return;
        }

        Assert.Equal(("failed", code, "False"), (payment["status"], payment["failure.code"], payment["failure.retryable"]));
        Assert.Empty(await system.Sandbox.ExecutionsAsync(payment.Id));
    }

    [Theory]
    [InlineData("pm_card_amex")]
    [InlineData("pm_card_unionpay")]
    public async Task Another_scheme_than_Visa_and_Mastercard_is_refused_when_linking_and_when_paying(string token)
    {
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync());
        var refused = (await system.Api.LinkAsync(buyer, "card", ("payment_method", token))).Must(201);
        Assert.Equal(("failed", "card_scheme_not_supported"), (refused["status"], refused["failure.code"]));

        // A card that was a Visa when it was linked, and is another one when it is to pay.
        (await system.Api.LinkAsync(buyer, "card", ("payment_method", "pm_card_visa"))).Must(201);
        var quote = (await system.Api.QuoteAsync(buyer, "card", "USD")).Must(201);
        await system.Sandbox.SetAsync(buyer, "card.scheme", false);
        Assert.Equal(["card.scheme"], (await system.Api.PayAsync(quote.Id)).Must(422, "method_not_eligible").Json.NotMet());
        Assert.Equal(0, await system.Sandbox.ExecutionsOfBuyerAsync(buyer));
    }
}
