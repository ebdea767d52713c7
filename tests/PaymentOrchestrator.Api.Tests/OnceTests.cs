using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests;

/// <summary>Alone on the machine: a hundred requests at once need all of it, and other tests' time limits would feel them.</summary>
[CollectionDefinition(nameof(OnceTests), DisableParallelization = true)]
public sealed class OneAtATime;

/// <summary>Whatever is repeated, raced or reused: one payment, executed once and booked once.</summary>
[Collection(nameof(OnceTests))]
public sealed class OnceTests(TestSystem system)
{
    private const int Many = 100;

    private ApiClient Api => system.Api;

    [Fact]
    public async Task The_same_key_and_body_answer_with_the_same_payment()
    {
        var quote = await ReadyQuoteAsync();
        var key = ApiClient.NewKey();
        var first = (await Api.PayAsync(quote, key)).Must(201);
        var again = (await Api.PayAsync(quote, key)).Must(201);
        Assert.False(first.Replayed);
        Assert.True(again.Replayed);
        Assert.Equal(first.Text, again.Text);
        await AssertOnceAsync(first.Id);
    }

    [Fact]
    public async Task White_space_and_the_order_of_fields_do_not_make_another_request()
    {
        var quote = await ReadyQuoteAsync();
        var key = ApiClient.NewKey();
        var first = (await Api.PostTextAsync("/v1/payments", $$$"""{"quote_id":"{{{quote}}}","metadata":{"a":"1","b":"2"}}""", key)).Must(201);
        var again = (await Api.PostTextAsync("/v1/payments", $$$"""  { "metadata" : { "b":"\u0032", "a" : "1" }, "quote_id" : "{{{quote}}}" } """, key)).Must(201);
        Assert.True(again.Replayed);
        Assert.Equal(first.Id, again.Id);
    }

    [Fact]
    public async Task A_key_with_another_meaning_is_refused_and_changes_nothing()
    {
        var quote = await ReadyQuoteAsync();
        var key = ApiClient.NewKey();
        var payment = (await Api.PayAsync(quote, key)).Must(201);
        (await Api.PayAsync(quote, key, ip: ApiClient.Outside)).Must(422, "idempotency_key_reused");
        // Another path, of the same buyer.
        (await Api.PostAsync($"/v1/buyers/{payment["buyer_id"]}/linked-accounts", new JsonObject { ["provider"] = "worldfirst", ["return_url"] = ApiClient.ReturnUrl }, key)).Must(422, "idempotency_key_reused");
        await AssertOnceAsync(payment.Id);
    }

    [Theory]
    [InlineData(null, "idempotency_key_missing")]
    [InlineData("", "idempotency_key_malformed")]
    [InlineData("with blank", "idempotency_key_malformed")]
    [InlineData("with\ttab", "idempotency_key_malformed")]
    public async Task A_key_is_required_and_is_visible_ASCII(string? key, string code)
    {
        var quote = await ReadyQuoteAsync();
        var pay = new JsonObject { ["quote_id"] = quote };
        (await Api.PostAsync("/v1/payments", pay, key)).Must(400, code);
        (await Api.PostAsync("/v1/buyers", new JsonObject { ["reference"] = Guid.NewGuid().ToString(), ["country"] = "US" }, key)).Must(400, code);
        (await Api.PostAsync($"/v1/payments/pay_00000000000000000000000000/cancel", new JsonObject(), key)).Must(400, code);
        Assert.Equal("open", (await Api.GetAsync($"/v1/quotes/{quote}"))["status"]);
    }

    [Fact]
    public async Task A_key_has_at_most_255_characters_and_is_given_once()
    {
        var quote = await ReadyQuoteAsync();
        var body = new JsonObject { ["quote_id"] = quote };
        (await Api.PostAsync("/v1/payments", body, new string('k', 256))).Must(400, "idempotency_key_malformed");
        (await Api.SendAsync(HttpMethod.Post, "/v1/payments", ApiClient.Json(System.Text.Encoding.UTF8.GetBytes(body.ToJsonString())), "one",
            request => request.Headers.TryAddWithoutValidation("Idempotency-Key", "two"))).Must(400, "idempotency_key_malformed");
        var payment = (await Api.PostAsync("/v1/payments", body, Guid.NewGuid().ToString("N") + new string('~', 223))).Must(201);
        Assert.Equal("succeeded", payment["status"]);
    }

    [Fact]
    public async Task Every_refusal_leaves_the_key_free()
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        var quote = (await Api.QuoteAsync(buyer, "card", "USD")).Must(201);
        await system.Sandbox.SetAsync(buyer, "card.scheme", false);
        var key = ApiClient.NewKey();
        (await Api.PostTextAsync("/v1/payments", "{", key)).Must(400, "malformed_json");
        (await Api.PayAsync("quo_00000000000000000000000000", key)).Must(404, "not_found");
        (await Api.PayAsync(quote.Id, key, ip: "nowhere")).Must(400, "validation_failed");
        (await Api.PayAsync(quote.Id, key)).Must(422, "method_not_eligible");
        await system.Sandbox.SetAsync(buyer, "card.scheme", true);
        var payment = (await Api.PayAsync(quote.Id, key)).Must(201);
        Assert.False(payment.Replayed);
        Assert.Equal("succeeded", payment["status"]);
    }

    [Theory]
    [InlineData("card", "USD")]
    [InlineData("world_pay", "USD")]
    public async Task A_hundred_identical_requests_at_once_make_one_payment(string method, string currency)
    {
        var quote = await ReadyQuoteAsync(method, currency);
        var key = ApiClient.NewKey();
        var answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => Api.PayAsync(quote, key)));
        Assert.All(answers, answer => Assert.True(answer.Status == 201, answer.Text));
        var id = Assert.Single(answers.Select(answer => answer.Id).Distinct());
        Assert.Equal(Many - 1, answers.Count(answer => answer.Replayed));
        Assert.Equal("succeeded", (await Api.GetAsync($"/v1/payments/{id}"))["status"]);
        await AssertOnceAsync(id);
    }

    [Fact]
    public async Task A_balance_that_is_enough_for_one_is_enough_for_a_hundred_identical_requests()
    {
        for (var round = 0; round < 2; round++)
        {
            var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync(), "EUR");
            await system.Sandbox.PatchAsync(buyer, [], ("EUR", 1_552_77));
            var quote = (await Api.QuoteAsync(buyer, "world_pay", "EUR")).Must(201).Id;
            var key = ApiClient.NewKey();
            var answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => Api.PayAsync(quote, key)));
            // Who looks at the balance after the first one took it must not be told that there is no payment.
            Assert.All(answers, answer => Assert.True(answer.Status == 201, answer.Text));
            await AssertOnceAsync(Assert.Single(answers.Select(answer => answer.Id).Distinct()));
        }
    }

    /// <summary>Nothing is held for anyone: who comes too late for the money is told so by the look before, or by the provider's refusal.</summary>
    [Fact]
    public async Task Two_hundred_payments_at_once_on_a_balance_for_a_hundred_are_paid_a_hundred_times()
    {
        const int wanted = 2 * Many;
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync(), "EUR");
        var quotes = await Task.WhenAll(Enumerable.Range(0, wanted).Select(_ => Api.QuoteAsync(buyer, "world_pay", "EUR")));
        var total = Assert.Single(quotes.Select(quote => quote.Must(201).Value("total")).Distinct());
        await system.Sandbox.PatchAsync(buyer, [], ("EUR", Many * total));

        var answers = await Task.WhenAll(quotes.Select(quote => PayPatientlyAsync(quote.Id)));

        foreach (var answer in answers)
        {
            if (answer.Status == 422) Assert.Equal(["worldfirst.balance"], answer.Must(422, "method_not_eligible").Json.NotMet());
            else answer.Must(201);
        }

        var ends = await Task.WhenAll(answers.Where(answer => answer.Status == 201).Select(answer => EndedAsync(answer.Id)));
        Assert.Equal(Many, ends.Count(payment => payment["status"] == "succeeded"));
        Assert.All(ends.Where(payment => payment["status"] != "succeeded"), payment => Assert.Equal(("failed", "insufficient_balance"), (payment["status"], payment["failure.code"])));
        Assert.Equal(Many, await system.Sandbox.ExecutionsOfBuyerAsync(buyer));
    }

    [Theory]
    [InlineData("card", "USD")]
    [InlineData("world_pay", "USD")]
    public async Task A_hundred_keys_on_one_quote_at_once_make_one_payment(string method, string currency)
    {
        var quote = await ReadyQuoteAsync(method, currency);
        var answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => Api.PayAsync(quote)));
        var payment = Assert.Single(answers, answer => answer.Status == 201);
        Assert.All(answers.Where(answer => answer != payment), answer =>
        {
            Assert.True(answer.Status == 409 && answer.Code == "quote_consumed", answer.Text);
            Assert.Equal(payment.Id, answer["payment_id"]);
            Assert.True(answer["payment_status"] is "processing" or "succeeded", answer.Text);
        });
        await AssertOnceAsync(payment.Id);
    }

    [Fact]
    public async Task Two_quotes_of_one_order_paid_at_once_make_one_payment()
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        for (var round = 0; round < 10; round++)
        {
            var order = ApiClient.NewOrder();
            var card = (await Api.QuoteAsync(buyer, "card", "USD", order: order)).Must(201);
            var worldPay = (await Api.QuoteAsync(buyer, "world_pay", "USD", order: order)).Must(201);
            var answers = await Task.WhenAll(Api.PayAsync(card.Id), Api.PayAsync(worldPay.Id));
            var payment = Assert.Single(answers, answer => answer.Status == 201);
            var refused = Assert.Single(answers, answer => answer != payment).Must(409, "order_already_paid");
            Assert.Equal(payment.Id, refused["payment_id"]);
            Assert.Equal("succeeded", (await Api.GetAsync($"/v1/payments/{payment.Id}"))["status"]);
            await AssertOnceAsync(payment.Id);
            Assert.Single((await Api.GetAsync($"/v1/payments?order_id={order}")).At("data").EnumerateArray());
        }
    }

    [Fact]
    public async Task A_paid_order_gets_no_further_quote_and_no_further_payment()
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        var order = ApiClient.NewOrder();
        var first = (await Api.QuoteAsync(buyer, "card", "USD", order: order)).Must(201);
        var second = (await Api.QuoteAsync(buyer, "alipay", "CNY", order: order)).Must(201);
        var payment = (await Api.PayAsync(first.Id)).Must(201);
        foreach (var refused in new[] { await Api.PayAsync(second.Id), await Api.QuoteAsync(buyer, "card", "USD", order: order) })
        {
            refused.Must(409, "order_already_paid");
            Assert.Equal((payment.Id, "succeeded"), (refused["payment_id"], refused["payment_status"]));
            Assert.False(refused.Has("replacement"));
        }

        var consumed = (await Api.PayAsync(first.Id)).Must(409, "quote_consumed");
        Assert.Equal((payment.Id, "succeeded"), (consumed["payment_id"], consumed["payment_status"]));
        Assert.False(consumed.Has("replacement"));
        Assert.Equal("open", (await Api.GetAsync($"/v1/quotes/{second.Id}"))["status"]);
    }

    [Fact]
    public async Task A_declined_card_is_a_failed_payment_that_frees_the_order()
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        var bad = (await Api.LinkAsync(buyer, "card", ("payment_method", "pm_card_chargeCustomerFail"))).Must(201);
        var order = ApiClient.NewOrder();
        var quote = (await Api.QuoteAsync(buyer, "card", "USD", order: order)).Must(201);
        var key = ApiClient.NewKey();
        var failed = (await Api.PayAsync(quote.Id, key)).Must(201);
        Assert.Equal(("failed", "card_declined", "null"), (failed["status"], failed["failure.code"], failed["settlement"]));
        Assert.Equal(failed.Text, (await Api.PayAsync(quote.Id, key)).Must(201).Text);
        Assert.Empty(await system.Sandbox.ExecutionsAsync(failed.Id));
        Assert.Empty(await system.Database.LedgerAsync(failed.Id));
        Assert.Equal(["payment.created", "payment.failed"], await system.Database.EventsAsync(failed.Id));
        var consumed = (await Api.PayAsync(quote.Id)).Must(409, "quote_consumed");
        Assert.Equal((failed.Id, "failed"), (consumed["payment_id"], consumed["payment_status"]));

        (await Api.DeleteAsync($"/v1/linked-accounts/{bad.Id}")).Must(200);
        var payment = (await Api.PayAsync((await Api.QuoteAsync(buyer, "card", "USD", order: order)).Must(201).Id)).Must(201);
        Assert.Equal("succeeded", payment["status"]);
        await AssertOnceAsync(payment.Id);
    }

    [Fact]
    public async Task A_reference_belongs_to_one_buyer_of_a_marketplace_and_mode()
    {
        var reference = $"buyer-{Guid.NewGuid():N}";
        var body = new JsonObject { ["reference"] = reference, ["country"] = "FR" };
        var key = ApiClient.NewKey();
        var buyer = (await Api.PostAsync("/v1/buyers", body, key)).Must(201);
        Assert.Equal((reference, "FR", "buyer"), (buyer["reference"], buyer["country"], buyer["object"]));
        var again = (await Api.PostAsync("/v1/buyers", body, key)).Must(201);
        Assert.True(again.Replayed);
        Assert.Equal(buyer.Text, again.Text);
        Assert.Equal(buyer.Id, (await Api.PostAsync("/v1/buyers", body)).Must(409, "buyer_reference_taken")["buyer_id"]);
        (await Api.PostAsync("/v1/buyers", new JsonObject { ["reference"] = reference + "x", ["country"] = "FR" }, key)).Must(422, "idempotency_key_reused");

        var tenant = await system.NewMarketplaceAsync();
        foreach (var other in new[] { tenant.Test, tenant.Live })
            Assert.NotEqual(buyer.Id, (await other.PostAsync("/v1/buyers", body, key)).Must(201).Id);
    }

    [Fact]
    public async Task A_hundred_identical_creations_of_a_buyer_at_once_make_one_buyer()
    {
        var body = new JsonObject { ["reference"] = $"buyer-{Guid.NewGuid():N}", ["country"] = "FR" }.ToJsonString();
        var key = ApiClient.NewKey();
        var answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => Api.PostTextAsync("/v1/buyers", body, key)));
        Assert.All(answers, answer => Assert.True(answer.Status == 201, answer.Text));
        Assert.Single(answers.Select(answer => answer.Id).Distinct());
    }

    [Fact]
    public async Task An_optional_key_is_honoured_on_quotes_and_eligibility_checks()
    {
        var buyer = await Api.BuyerAsync();
        var body = new JsonObject { ["buyer_id"] = buyer, ["method"] = "card", ["order"] = ApiClient.Order("o-1", 5_000_00), ["source_currency"] = "USD" };
        var key = ApiClient.NewKey();
        var quote = (await Api.PostAsync("/v1/quotes", body, key)).Must(201);
        var again = (await Api.PostAsync("/v1/quotes", body, key)).Must(201);
        Assert.True(again.Replayed);
        Assert.Equal(quote.Text, again.Text);
        body["source_currency"] = "EUR";
        (await Api.PostAsync("/v1/quotes", body, key)).Must(422, "idempotency_key_reused");

        var question = new JsonObject { ["buyer_id"] = buyer, ["order"] = ApiClient.Order("o-1", 5_000_00) };
        var another = ApiClient.NewKey();
        var check = (await Api.PostAsync("/v1/eligibility-checks", question, another)).Must(201);
        Assert.Equal(check.Text, (await Api.PostAsync("/v1/eligibility-checks", question, another)).Must(201).Text);
        (await Api.PostAsync("/v1/eligibility-checks", question, key)).Must(422, "idempotency_key_reused");
    }

    /// <summary>So many at once are more than a provider on a slow machine answers in time; what is to be done then is what the problem says.</summary>
    private async Task<Answer> PayPatientlyAsync(string quote)
    {
        var key = ApiClient.NewKey();
        for (var patience = 60; ; patience--)
        {
            var answer = await Api.PayAsync(quote, key);
            if (answer is not { Status: 503, Code: "facts_unavailable" } || patience == 0) return answer;
            await Task.Delay(500, TestContext.Current.CancellationToken);
        }
    }

    private async Task<string> ReadyQuoteAsync(string method = "card", string currency = "USD") =>
        (await Api.QuoteAsync(await system.Sandbox.ReadyAsync(await Api.BuyerAsync()), method, currency)).Must(201).Id;

    /// <summary>The payment as it ends; the provider's answer may have come too late for the first one.</summary>
    private async Task<Answer> EndedAsync(string payment)
    {
        while (true)
        {
            var present = (await Api.GetAsync($"/v1/payments/{payment}")).Must(200);
            if (present["status"] != "processing") return present;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private async Task AssertOnceAsync(string payment)
    {
        Assert.Single(await system.Sandbox.ExecutionsAsync(payment));
        Assert.Equal(["1"], await system.Database.RowsAsync("select count(*) from ledger_transactions where payment_id = $1", Database.Uuid(payment)));
        Assert.Equal(["payment.created", "payment.succeeded"], await system.Database.EventsAsync(payment));
    }
}
