using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.BadInput;

/// <summary>What general-purpose HTTP and JSON tools take for granted.</summary>
public sealed class PlainHttpTests(TestSystem system)
{
    private ApiClient Api => system.Api;

    [Theory]
    [InlineData("/health/live", 200)]
    [InlineData("/health/ready", 200)]
    [InlineData("/v1/payments", 200)]
    [InlineData("/openapi.yaml", 200)]
    [InlineData("/v1/payments/pay_00000000000000000000000000", 404)]
    [InlineData("/v1/quotes", 405)]
    public async Task HEAD_is_answered_as_GET_is_and_without_a_body(string path, int status)
    {
        var (head, get) = (await Api.SendAsync(HttpMethod.Head, path, null, null), await Api.GetAsync(path));
        Assert.Equal((status, status, ""), (head.Status, get.Status, head.Text));
        Assert.Equal(get.ContentType, head.ContentType);
    }

    [Fact]
    public async Task A_look_by_HEAD_does_not_use_up_the_way_back_from_a_provider() =>
        Assert.Equal(405, (await system.ClientWith(null).SendAsync(HttpMethod.Head, "/v1/returns/card?state=x", null, null)).Status);

    [Fact]
    public async Task Lengths_count_characters_as_the_contract_does_and_not_the_units_of_UTF_16()
    {
        var buyer = await Api.BuyerAsync();
        var order = string.Concat(Enumerable.Repeat("😀", 64));
        Assert.Equal(order, (await Api.QuoteAsync(buyer, "card", "USD", order: order)).Must(201)["order.id"]);
        Assert.Equal(["order.id"], (await Api.QuoteAsync(buyer, "card", "USD", order: order + "a")).Must(400, "validation_failed").Fields());
        (await Api.GetAsync($"/v1/payments?order_id={Uri.EscapeDataString(order)}")).Must(200);

        // Unknown quote: whatever is said of it, the metadata was acceptable.
        (await PayAsync(40, 500)).Must(404, "not_found");
        (await PayAsync(41, 500)).Must(400, "validation_failed");
        (await PayAsync(40, 501)).Must(400, "validation_failed");

        Task<Answer> PayAsync(int name, int value) => Api.PostAsync("/v1/payments", new JsonObject
        {
            ["quote_id"] = "quo_00000000000000000000000000",
            ["metadata"] = new JsonObject { [Many(name)] = Many(value) },
        });

        static string Many(int count) => string.Concat(Enumerable.Repeat("😀", count));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("采购 订单", true)]
    [InlineData(" a", false)]
    [InlineData("a\u00a0", false)]
    [InlineData("a\tb", false)]
    [InlineData("a\u0085b", false)]
    [InlineData("", false)]
    public async Task What_the_contract_says_of_a_text_is_what_is_accepted(string id, bool accepted)
    {
        var schema = await SchemaCheck.OfDocumentAsync();
        var body = ApiClient.Order(id, 100_00);
        Assert.Equal(accepted, schema.Faults(body, "Order").Count == 0);
        var answer = await Api.PostAsync("/v1/quotes", new JsonObject { ["buyer_id"] = await Api.BuyerAsync(), ["method"] = "card", ["source_currency"] = "USD", ["order"] = body }, null);
        Assert.Equal(accepted ? 201 : 400, answer.Status);
    }
}
