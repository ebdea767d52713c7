using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests;

/// <summary>A payment that waits for its buyer: canceled once however often it is asked, and never lost sight of.</summary>
public sealed class CancelTests(TestSystem system)
{
    private ApiClient Api => system.Api;

    [Fact]
    public async Task A_payment_that_waits_for_the_buyer_is_canceled_and_its_order_is_free_again()
    {
        var (buyer, payment, order) = await WaitingAsync();
        var key = ApiClient.NewKey();
        Assert.Equal("canceled", (await CancelAsync(payment, key)).Must(200)["status"]);
        var again = (await CancelAsync(payment, key)).Must(200);
        Assert.True(again.Replayed);
        Assert.Equal("canceled", again["status"]);
        Assert.Empty(await system.Sandbox.ExecutionsAsync(payment));
        (await Api.QuoteAsync(buyer, "card", "USD", order: order)).Must(201);
    }

    [Fact]
    public async Task Many_cancellations_at_once_are_one_and_none_is_an_error()
    {
        var (_, payment, _) = await WaitingAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(async i =>
        {
            await Task.Delay(i * 4, TestContext.Current.CancellationToken);
            return await CancelAsync(payment, ApiClient.NewKey());
        }));
        Assert.All(answers, answer => Assert.Equal("canceled", answer.Must(200)["status"]));
        Assert.Equal("canceled", (await Api.GetAsync($"/v1/payments/{payment}")).Must(200)["status"]);
        Assert.Equal("canceled", (await CancelAsync(payment, ApiClient.NewKey())).Must(200)["status"]);
    }

    [Fact]
    public async Task The_account_of_an_open_payment_cannot_be_unlinked_before_the_payment_has_ended()
    {
        var (buyer, payment, _) = await WaitingAsync();
        var card = (await Api.GetAsync($"/v1/buyers/{buyer}/linked-accounts")).Must(200).At("data").EnumerateArray()
            .Single(account => account.GetProperty("provider").GetString() == "card").GetProperty("id").GetString();
        (await Api.DeleteAsync($"/v1/linked-accounts/{card}")).Must(409, "account_in_use");
        (await CancelAsync(payment, ApiClient.NewKey())).Must(200);
        Assert.Equal("revoked", (await Api.DeleteAsync($"/v1/linked-accounts/{card}")).Must(200)["status"]);
    }

    [Theory]
    [InlineData("/V1/exchange-rates")]
    [InlineData("/V1/payments")]
    [InlineData("/v1/Ledger/proof")]
    public async Task No_spelling_of_an_address_opens_it_without_a_key(string path)
    {
        (await system.ClientWith(null).GetAsync(path)).Must(401, "unauthorized");
        (await Api.GetAsync(path)).Must(200);
    }

    private Task<Answer> CancelAsync(string payment, string key) => Api.PostAsync($"/v1/payments/{payment}/cancel", new JsonObject(), key);

    private async Task<(string Buyer, string Payment, string Order)> WaitingAsync()
    {
        var buyer = await Api.BuyerAsync();
        (await system.Sandbox.PatchAsync(buyer, [("marketplace.account", true)])).Must(200);
        var link = (await Api.LinkAsync(buyer, "card", ("payment_method", "pm_card_authenticationRequired"))).Must(201);
        Assert.Equal("active", (await system.Sandbox.DecideAsync(link["next_action.url"])).At("status"));
        var order = ApiClient.NewOrder();
        var payment = (await Api.PayAsync((await Api.QuoteAsync(buyer, "card", "USD", order: order)).Must(201).Id)).Must(201);
        Assert.Equal("requires_action", payment["status"]);
        return (buyer, payment.Id, order);
    }
}
