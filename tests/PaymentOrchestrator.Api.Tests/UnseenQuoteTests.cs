using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Notifications;
using Xunit;

namespace PaymentOrchestrator.Api.Tests;

/// <summary>Quotes that are stored without a look before: what speaks against one must be found by the command that stores it.</summary>
public sealed class UnseenQuoteTests(TestSystem system)
{
    [Fact]
    public async Task What_speaks_against_a_quote_is_said_and_nothing_is_stored()
    {
        var (api, buyer) = await WarmAsync();
        var order = ApiClient.NewOrder();
        (await api.QuoteAsync("byr_00000000000000000000000000", "card", "USD", order: order)).Must(404, "not_found");
        var strangers = await (await system.NewMarketplaceAsync()).Test.BuyerAsync();
        (await api.QuoteAsync(strangers, "card", "USD", order: order)).Must(404, "not_found");
        Assert.Empty(await StoredAsync(order));

        var paid = (await api.PayAsync((await api.QuoteAsync(buyer, "card", "USD", order: order)).Must(201).Id)).Must(201);
        Assert.Equal(paid.Id, (await api.QuoteAsync(buyer, "card", "USD", order: order)).Must(409, "order_already_paid")["payment_id"]);
        Assert.Equal(paid.Id, (await api.QuoteAsync(buyer, "alipay", "CNY", order: order)).Must(409, "order_already_paid")["payment_id"]);
        Assert.Single(await StoredAsync(order));
    }

    [Fact]
    public async Task A_payment_that_waits_for_its_buyer_leaves_the_order_to_other_prices()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var waiting = await system.ExecutedAsync("alipay", api);
        var payment = (await api.GetAsync($"/v1/payments/{waiting}")).Must(200);
        Assert.Equal("requires_action", payment["status"]);
        (await api.QuoteAsync(payment["buyer_id"], "card", "USD", order: payment["order_id"])).Must(201);
    }

    [Fact]
    public async Task A_key_stands_for_one_quote_however_many_ask_at_once()
    {
        var (api, buyer) = await WarmAsync();
        var order = ApiClient.NewOrder();
        var body = new JsonObject { ["buyer_id"] = buyer, ["method"] = "card", ["order"] = ApiClient.Order(order, 100_00), ["source_currency"] = "USD" };
        var key = ApiClient.NewKey();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => api.PostAsync("/v1/quotes", body.DeepClone().AsObject(), key)));
        Assert.Single(answers.Select(answer => answer.Must(201).Id).Distinct());
        Assert.Equal(39, answers.Count(answer => answer.Replayed));
        body["source_currency"] = "EUR";
        (await api.PostAsync("/v1/quotes", body, key)).Must(422, "idempotency_key_reused");
        Assert.Single(await StoredAsync(order));
    }

    /// <summary>A marketplace whose price list the instance remembers.</summary>
    private async Task<(ApiClient Api, string Buyer)> WarmAsync()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        (await api.QuoteAsync(buyer, "card", "USD")).Must(201);
        return (api, buyer);
    }

    private Task<IReadOnlyList<string>> StoredAsync(string order) => system.Database.RowsAsync("select id from quotes where order_id = $1", order);
}
