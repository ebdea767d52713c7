using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Explained;

/// <summary>A filter that is misspelt or malformed is refused by name: it would otherwise answer with everything, or with nothing.</summary>
public sealed class QueryTests(TestSystem system)
{
    private const string Nobody = "pay_00000000000000000000000000";

    [Theory]
    [InlineData("/v1/payments")]
    [InlineData("/v1/payments/" + Nobody)]
    [InlineData("/v1/payments/" + Nobody + "/refunds")]
    [InlineData("/v1/payments/" + Nobody + "/timeline")]
    [InlineData("/v1/events")]
    [InlineData("/v1/ledger/entries")]
    [InlineData("/v1/ledger/balances")]
    [InlineData("/v1/exchange-rates")]
    [InlineData("/v1/payment-methods")]
    [InlineData("/v1/webhook-endpoints")]
    public async Task A_parameter_that_is_not_known_is_refused_by_name(string path)
    {
        var answer = (await system.Api.GetAsync($"{path}?colour=red")).Must(400, "validation_failed");
        Assert.Equal(["colour"], answer.Fields());
        Assert.Equal("unknown_parameter", answer["errors.0.code"]);
        Assert.DoesNotContain("red", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/payments?buyer_id=bad", "buyer_id")]
    [InlineData("/v1/payments?buyer_id=" + Nobody, "buyer_id")]
    [InlineData("/v1/payments?buyer_id=", "buyer_id")]
    [InlineData("/v1/payments?status=paid", "status")]
    [InlineData("/v1/payments?order_id=%20", "order_id")]
    [InlineData("/v1/payments?limit=0", "limit")]
    [InlineData("/v1/payments?cursor=x", "cursor")]
    [InlineData("/v1/payments?status=failed&status=succeeded", "status")]
    [InlineData("/v1/ledger/entries?payment_id=bad", "payment_id")]
    [InlineData("/v1/ledger/entries?account=bad", "account")]
    [InlineData("/v1/events?object_id=%00", "object_id")]
    [InlineData("/v1/payments/" + Nobody + "/refunds?limit=x", "limit")]
    [InlineData("/v1/payments/" + Nobody + "/refunds?cursor=" + Nobody, "cursor")]
    public async Task A_filter_that_can_mean_nothing_is_refused_by_name(string path, string field) =>
        Assert.Equal([field], (await system.Api.GetAsync(path)).Must(400, "validation_failed").Fields());

    [Fact]
    public async Task Known_filters_filter_and_providers_may_put_what_they_like_into_their_addresses()
    {
        Assert.Equal(0, (await system.Api.GetAsync("/v1/payments?buyer_id=byr_00000000000000000000000000&limit=5&status=failed")).Must(200).At("data").GetArrayLength());
        Assert.NotEqual("validation_failed", (await system.Api.GetAsync("/v1/returns/worldfirst?state=x&colour=red"))["code"]);
    }

    [Fact]
    public async Task An_amount_that_no_number_of_ours_holds_is_too_large_rather_than_no_number()
    {
        var buyer = await system.Api.BuyerAsync();
        foreach (var value in new[] { "9007199254740992", "9223372036854775807", "9223372036854775808", new string('9', 300) })
        {
            var answer = (await system.Api.PostTextAsync(
                "/v1/payment-options", $"{{\"buyer_id\":\"{buyer}\",\"order\":{{\"id\":\"o-1\",\"amount\":{{\"currency\":\"CNY\",\"value\":{value}}}}}}}", null)).Must(422, "amount_too_large");
            Assert.Equal(["order.amount"], answer.Fields());
            foreach (var call in new[] { "refunds", "resolve" })
            {
                var other = await system.Api.PostTextAsync($"/v1/payments/pay_00000000000000000000000000/{call}", $"{{\"amount\":{{\"currency\":\"CNY\",\"value\":{value}}}}}", ApiClient.NewKey());
                if (call == "refunds") Assert.Equal(["amount"], other.Must(422, "amount_too_large").Fields());
                else Assert.Contains("amount_too_large", other.Must(400, "validation_failed").Text, StringComparison.Ordinal);
            }
        }
    }
}
