using System.Numerics;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Refunds;

/// <summary>Giving money back, whole and in parts, one after the other and at once.</summary>
public sealed class RefundTests(TestSystem system)
{
    private ApiClient Api => system.Api;

    [Theory]
    [InlineData("card", "USD")]
    [InlineData("card", "JPY")]
    [InlineData("world_pay", "EUR")]
    [InlineData("worldfirst_balance", "GBP")]
    [InlineData("alipay", "CNY")]
    public async Task A_full_refund_gives_back_exactly_what_was_paid(string method, string currency)
    {
        var payment = await system.PaidAsync(Api, method, currency);

        var refund = (await Api.RefundAsync(payment.Id)).Must(201);

        Assert.Equal($"/v1/refunds/{refund.Id}", refund.Headers["Location"]);
        Assert.Equal(("refund", "succeeded", payment.Id, "null"), (refund["object"], refund["status"], refund["payment_id"], refund["failure"]));
        Assert.Equal("CNY 1234567", refund.Amount("order_amount"));
        Assert.Equal(payment.Amount("source_amount"), refund.Amount("source_amount"));
        Assert.Equal($"{currency} {payment.Value("total") - payment.Value("source_amount")}", refund.Amount("fee_amount"));
        Assert.Equal(refund.Text, (await Api.GetAsync($"/v1/refunds/{refund.Id}")).Must(200).Text);
        var executions = await system.Sandbox.ExecutionsAsync(payment.Id);
        Assert.EndsWith(payment.Amount("total"), executions[1], StringComparison.Ordinal);
        Assert.Equal(2, executions.Count);
        Assert.Empty(await system.Database.NetAsync(payment.Id));
        Assert.Equal(["refund.created", "refund.succeeded"], await system.Database.EventsAsync(refund.Id));
        var after = (await Api.GetAsync($"/v1/payments/{payment.Id}")).Must(200);
        Assert.Equal(("succeeded", "CNY 1234567"), (after["status"], after.Amount("amount_refunded")));
    }

    [Fact]
    public async Task Parts_follow_the_payments_own_rate_and_the_last_one_is_the_rest()
    {
        var payment = await system.PaidAsync(Api, "world_pay");
        var (order, source) = (payment.Value("order_amount"), payment.Value("source_amount"));
        var (refunded, returned) = (0L, 0L);
        foreach (var amount in new long[] { 333_333, 7, 100_000, 1_000 })
        {
            var part = (await Api.RefundAsync(payment.Id, amount)).Must(201);
            refunded += amount;
            var due = (long)((BigInteger)source * refunded / order);
            Assert.Equal(due - returned, part.Value("source_amount"));
            returned = due;
        }

        var last = (await Api.RefundAsync(payment.Id)).Must(201);

        Assert.Equal((order - refunded, source - returned), (last.Value("order_amount"), last.Value("source_amount")));
        Assert.Empty(await system.Database.NetAsync(payment.Id));
        Assert.Equal(order, (await Api.GetAsync($"/v1/payments/{payment.Id}")).Value("amount_refunded"));
    }

    [Fact]
    public async Task More_than_what_is_left_is_refused_with_what_is_left_and_leaves_the_key_free()
    {
        var payment = await system.PaidAsync(Api);
        (await Api.RefundAsync(payment.Id, 1_000_000)).Must(201);
        var key = ApiClient.NewKey();

        var refused = (await Api.RefundAsync(payment.Id, 234_568, key)).Must(422, "refund_amount_too_large");

        Assert.Equal("CNY 234567", refused.Amount("amount_left"));
        Assert.Contains("CNY 2345.67", refused["detail"], StringComparison.Ordinal);
        (await Api.RefundAsync(payment.Id, 234_567, key)).Must(201);
        Assert.Equal("CNY 0", (await Api.RefundAsync(payment.Id)).Must(422, "refund_amount_too_large").Amount("amount_left"));
        Assert.Equal(3, (await system.Sandbox.ExecutionsAsync(payment.Id)).Count);
    }

    [Fact]
    public async Task A_part_worth_less_than_a_minor_unit_is_refused()
    {
        var payment = await system.PaidAsync(Api, currency: "JPY");

        (await Api.RefundAsync(payment.Id, 1)).Must(422, "refund_too_small");

        Assert.Single(await system.Sandbox.ExecutionsAsync(payment.Id));
    }

    [Fact]
    public async Task Only_what_has_succeeded_can_be_refunded()
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        var quote = (await Api.QuoteAsync(buyer, "world_pay", "USD")).Must(201);
        var payment = (await Api.PayAsync(quote.Id)).Must(201);
        await system.Database.ExecuteAsync("update payments set status = 'failed' where id = $1", Database.Uuid(payment.Id));

        var refused = (await Api.RefundAsync(payment.Id)).Must(409, "payment_not_refundable");

        Assert.Equal((payment.Id, "failed"), (refused["payment_id"], refused["payment_status"]));
    }

    [Theory]
    [InlineData("""{"amount":{"currency":"USD","value":1}}""", "amount.currency")]
    [InlineData("""{"amount":{"currency":"CNY","value":0}}""", "amount.value")]
    [InlineData("""{"amount":{"currency":"CNY","value":-1}}""", "amount.value")]
    [InlineData("""{"amount":{"currency":"CNY","value":1.0}}""", "amount.value")]
    [InlineData("""{"reason":" "}""", "reason")]
    [InlineData("""{"metadata":{"a":1}}""", "metadata.a")]
    [InlineData("""{"ammount":{}}""", "ammount")]
    public async Task What_is_not_acceptable_is_refused_by_name(string body, string field)
    {
        var payment = await system.PaidAsync(Api);

        Assert.Equal([field], (await Api.PostTextAsync($"/v1/payments/{payment.Id}/refunds", body, ApiClient.NewKey())).Must(400, "validation_failed").Fields());

        (await Api.PostAsync($"/v1/payments/{payment.Id}/refunds", RefundSteps.Body(1), null)).Must(400, "idempotency_key_missing");
    }

    [Fact]
    public async Task The_same_request_again_is_the_same_refund_and_another_one_is_refused()
    {
        var payment = await system.PaidAsync(Api);
        var key = ApiClient.NewKey();
        var first = (await Api.PostAsync(
            $"/v1/payments/{payment.Id}/refunds", new JsonObject { ["amount"] = RefundSteps.Cny(5_000), ["reason"] = "damaged", ["metadata"] = new JsonObject { ["claim"] = "77" } }, key)).Must(201);
        Assert.Equal(("damaged", "77"), (first["reason"], first["metadata.claim"]));

        var again = (await Api.PostTextAsync(
            $"/v1/payments/{payment.Id}/refunds", """{ "metadata": {"claim":"77"}, "reason":"damaged", "amount": {"value":5000,"currency":"CNY"} }""", key)).Must(201);

        Assert.Equal((first.Text, true), (again.Text, again.Replayed));
        (await Api.RefundAsync(payment.Id, 5_000, key)).Must(422, "idempotency_key_reused");
        Assert.Equal(2, (await system.Sandbox.ExecutionsAsync(payment.Id)).Count);
    }

    [Fact]
    public async Task Fifty_parts_at_once_never_pass_what_was_paid()
    {
        var payment = await system.PaidAsync(Api, amount: 4_000_03);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Api.RefundAsync(payment.Id, 10_000)));

        Assert.Equal((40, 10), (answers.Count(answer => answer.Status == 201), answers.Count(answer => answer.Status == 422 && answer.Code == "refund_amount_too_large")));
        Assert.All(answers.Where(answer => answer.Status == 201), answer => Assert.Equal("succeeded", answer["status"]));
        Assert.Equal(4_000_00, (await Api.GetAsync($"/v1/payments/{payment.Id}")).Value("amount_refunded"));
        // The rest is CNY 0.03: nothing in US cents by itself, but a cent with what rounding has left.
        var rest = await Api.RefundAsync(payment.Id);
        var executions = (await system.Sandbox.ExecutionsAsync(payment.Id)).Select(one => long.Parse(one.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(rest.Status == 201 ? 42 : 41, executions.Count);
        Assert.True(executions.Skip(1).Sum() <= executions[0]);
        if (rest.Status == 201) Assert.Equal(executions[0], executions.Skip(1).Sum());
        else rest.Must(422, "refund_too_small");
    }

    [Fact]
    public async Task The_same_request_many_times_at_once_is_one_refund()
    {
        var payment = await system.PaidAsync(Api);
        var key = ApiClient.NewKey();

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Api.RefundAsync(payment.Id, 5_000, key)));

        Assert.All(answers, answer => answer.Must(201));
        Assert.Single(answers.Select(answer => answer.Id).Distinct());
        Assert.Equal(29, answers.Count(answer => answer.Replayed));
        Assert.Equal(2, (await system.Sandbox.ExecutionsAsync(payment.Id)).Count);
        Assert.Equal(["payment", "refund"], await system.Database.KindsAsync(payment.Id));
    }

    [Fact]
    public async Task A_payments_refunds_are_listed_newest_first_page_by_page()
    {
        var payment = await system.PaidAsync(Api);
        var made = new List<string>();
        for (var i = 0; i < 3; i++) made.Insert(0, (await Api.RefundAsync(payment.Id, 1_000 + i)).Must(201).Id);

        var first = (await Api.GetAsync($"/v1/payments/{payment.Id}/refunds?limit=2")).Must(200);
        var second = (await Api.GetAsync($"/v1/payments/{payment.Id}/refunds?limit=2&cursor={first["next_cursor"]}")).Must(200);

        Assert.Equal(made, first.At("data").EnumerateArray().Concat(second.At("data").EnumerateArray()).Select(one => one.GetProperty("id").GetString()!));
        Assert.Equal(("True", "False", "null"), (first["has_more"], second["has_more"], second["next_cursor"]));
        (await Api.GetAsync($"/v1/payments/{payment.Id}/refunds?limit=0")).Must(400);
        (await Api.GetAsync($"/v1/payments/{payment.Id}/refunds?cursor={payment.Id}")).Must(400);
    }

    [Fact]
    public async Task Nobody_else_sees_or_touches_a_payments_refunds()
    {
        var payment = await system.PaidAsync(Api);
        var refund = (await Api.RefundAsync(payment.Id, 5_000)).Must(201);
        var other = await system.NewMarketplaceAsync();
        foreach (var stranger in new[] { other.Test, other.Live })
        {
            (await stranger.RefundAsync(payment.Id)).Must(404);
            (await stranger.GetAsync($"/v1/refunds/{refund.Id}")).Must(404);
            (await stranger.GetAsync($"/v1/payments/{payment.Id}/refunds")).Must(404);
            (await stranger.GetAsync($"/v1/payments/{payment.Id}/timeline")).Must(404);
            (await stranger.NotMovedAsync(refund.Id)).Must(404);
        }

        (await Api.GetAsync("/v1/refunds/ref_nonsense")).Must(404);
        (await Api.RefundAsync("pay_nonsense")).Must(404);
    }

    [Fact]
    public async Task A_card_that_was_unlinked_still_gets_its_money_back()
    {
        var payment = await system.PaidAsync(Api);
        var accounts = (await Api.GetAsync($"/v1/buyers/{payment["buyer_id"]}/linked-accounts")).Must(200);
        var card = accounts.At("data").EnumerateArray().Single(one => one.GetProperty("provider").GetString() == "card").GetProperty("id").GetString();
        (await Api.DeleteAsync($"/v1/linked-accounts/{card}")).Must(200);

        Assert.Equal("succeeded", (await Api.RefundAsync(payment.Id)).Must(201)["status"]);
    }
}
