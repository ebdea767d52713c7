using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.PaymentOptions;

public sealed class PaymentOptionsTests(TestSystem system)
{
    private ApiClient Api => system.Api;

    [Fact]
    public async Task A_ready_buyer_is_shown_every_way_the_cheapest_first_with_a_quote_that_is_payable()
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync(), "USD", "EUR", "JPY", "CNH");
        var order = ApiClient.NewOrder();
        var answer = (await Api.OptionsAsync(buyer, order: order)).Must(201);

        Assert.Equal($"/v1/payment-options/{answer.Id}", answer.Headers["Location"]);
        Assert.Equal(
            [
                "world_pay CNH open", "alipay CNY open", "world_pay USD open", "worldfirst_balance USD open", "world_pay JPY open", "worldfirst_balance JPY open",
                "world_pay EUR open", "worldfirst_balance EUR open", "card USD open",
            ],
            answer.Names());
        foreach (var option in answer.List())
        {
            Assert.Empty(option.Actions());
            Assert.True(option.IsNull("unavailable"));
            Assert.Equal((await Api.GetAsync($"/v1/quotes/{option.GetProperty("quote").Text("id")}")).Must(200).Text, option.GetProperty("quote").GetRawText());
        }

        Assert.Equal(("world_pay", "CNH"), (answer["recommendation.method"], answer["recommendation.source_currency"]));
        Assert.Equal("World Pay in CNH is the cheapest way that is open now: it saves CNY 370.42 against the dearest.", answer["recommendation.reason"]);
        Assert.Equal("null", answer["bank_transfer"]);

        // Paid as it is; then nothing more is priced for the order, and the stored answer stays what it was.
        var payment = (await Api.PayAsync(answer.Option("worldfirst_balance", "JPY").GetProperty("quote").Text("id")!)).Must(201);
        Assert.Equal(("succeeded", "JPY 289979"), (payment["status"], payment.Amount("total")));
        Assert.Equal(payment.Id, (await Api.OptionsAsync(buyer, order: order)).Must(409, "order_already_paid")["payment_id"]);
        (await Api.PayAsync(answer.Option("world_pay", "JPY").GetProperty("quote").Text("id")!)).Must(409, "order_already_paid");
        Assert.Equal(answer.Text, (await Api.GetAsync($"/v1/payment-options/{answer.Id}")).Must(200).Text);
    }

    [Theory]
    [InlineData("CNY")]
    [InlineData("USD")]
    [InlineData("JPY")]
    [InlineData("CNH")]
    public async Task Costs_and_savings_can_be_recomputed_from_what_is_shown(string comparison)
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync(), "USD", "EUR", "JPY", "GBP", "HKD", "CNH");
        var answer = (await Api.OptionsAsync(buyer, comparison: comparison)).Must(201);
        var mids = answer.At("rates").EnumerateArray().ToDictionary(rate => rate.Text("base")!, rate => rate.Text("mid")!);
        mids["CNY"] = "1";

        var options = answer.List();
        foreach (var option in options)
        {
            var total = option.GetProperty("quote").Money("total");
            Assert.Equal((comparison, Worth(total.Value, total.Currency)), option.Money("cost"));
            Assert.Equal((comparison, options.Max(other => other.Money("cost").Value) - option.Money("cost").Value), option.Money("saving"));
        }

        Assert.Equal(options.Select(option => option.Money("cost").Value).Order(), options.Select(option => option.Money("cost").Value));
        Assert.Equal(comparison is "CNY" or "CNH" ? "USD" : comparison, answer.Option("card").Text("source_currency"));

        long Worth(long value, string currency)
        {
            if (currency == comparison) return value;
            var (from, fromScale) = Fraction(mids[currency]);
            var (to, toScale) = Fraction(mids[comparison]);
            var (numerator, denominator) = (value * from * toScale * Units(comparison), fromScale * to * Units(currency));
            var quotient = BigInteger.DivRem(numerator, denominator, out var rest);
            return (long)(2 * rest > denominator || (2 * rest == denominator && !quotient.IsEven) ? quotient + 1 : quotient);
        }

        static (BigInteger Digits, BigInteger Scale) Fraction(string rate) =>
            (BigInteger.Parse(rate.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture), BigInteger.Pow(10, rate.Contains('.', StringComparison.Ordinal) ? rate.Length - rate.IndexOf('.', StringComparison.Ordinal) - 1 : 0));

        static int Units(string currency) => currency == "JPY" ? 1 : 100;
    }

    [Fact]
    public async Task A_buyer_with_nothing_is_told_what_to_do_and_recommended_nothing()
    {
        var buyer = await Api.BuyerAsync();
        var answer = (await Api.OptionsAsync(buyer, amount: 999_99, ip: null)).Must(201);

        Assert.Equal(["world_pay - closed", "alipay - closed", "worldfirst_balance - closed", "card - closed"], answer.Names());
        Assert.Equal("null", answer["recommendation"]);
        Assert.Equal(["send_buyer_ip", "increase_order", "link_account", "verify_identity", "link_account", "verify_identity", "top_up"], answer.Option("worldfirst_balance").Actions());
        Assert.Equal(["send_buyer_ip", "link_account", "link_account"], answer.Option("card").Actions());
        var call = answer.Option("card").GetProperty("steps")[2].GetProperty("call");
        Assert.Equal(("POST", $"/v1/buyers/{buyer}/linked-accounts", """{"provider":"card","return_url":"{return_url}"}"""), (call.Text("http_method"), call.Text("path"), call.GetProperty("body").GetRawText()));
        Assert.All(answer.List(), option => Assert.True(option.IsNull("quote") && option.IsNull("cost") && option.IsNull("saving")));
        Assert.Equal(["0"], await system.Database.RowsAsync("select count(*) from quotes where buyer_id = $1", Database.Uuid(buyer)));
    }

    [Fact]
    public async Task A_currency_that_falls_short_is_closed_beside_one_that_suffices()
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        await system.Sandbox.PatchAsync(buyer, [], ("EUR", 155_276));
        var answer = (await Api.OptionsAsync(buyer)).Must(201);

        Assert.Equal(
            ["alipay CNY open", "world_pay USD open", "worldfirst_balance USD open", "card USD open", "world_pay EUR closed", "worldfirst_balance EUR closed"], answer.Names());
        var step = answer.Option("world_pay", "EUR").GetProperty("steps")[0];
        Assert.Equal(("top_up", ("EUR", 1L)), (step.Text("action"), step.Money("amount")));
    }

    [Fact]
    public async Task The_same_key_is_one_answer_however_often_and_however_close_it_comes()
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        var (key, order) = (ApiClient.NewKey(), ApiClient.NewOrder());
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Api.OptionsAsync(buyer, order: order, key: key)));

        Assert.Single(answers.Select(answer => answer.Must(201).Text).Distinct());
        Assert.Single(answers, answer => !answer.Replayed);
        Assert.Equal(["4"], await system.Database.RowsAsync("select count(*) from quotes where buyer_id = $1", Database.Uuid(buyer)));
        (await Api.OptionsAsync(buyer, amount: 1, order: order, key: key)).Must(422, "idempotency_key_reused");
    }

    [Theory]
    [InlineData(null, "en")]
    [InlineData("de", "en")]
    [InlineData("zh-TW", "en")]
    [InlineData("not a language;;q=x", "en")]
    [InlineData("zh", "zh-CN")]
    [InlineData("zh-CN", "zh-CN")]
    [InlineData("zh-hans-SG", "zh-CN")]
    [InlineData("fr, zh-CN;q=0.8, en;q=0.5", "zh-CN")]
    [InlineData("zh;q=0.3, en-GB;q=0.9", "en")]
    [InlineData("zh-CN;q=0, *", "en")]
    public async Task The_reason_is_one_sentence_in_the_language_that_is_asked_for(string? header, string language)
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync(), "CNH");
        var answer = (await Api.OptionsAsync(buyer, language: header)).Must(201);

        Assert.Equal(language, answer["language"]);
        Assert.Equal(
            language == "en"
                ? "World Pay in CNH is the cheapest way that is open now: it saves CNY 370.42 against the dearest."
                : "World Pay（CNH）是目前可用方式中费用最低的，比费用最高的方式节省 CNY 370.42。",
            answer["recommendation.reason"]);
        Assert.Equal(answer.Text, (await Api.GetAsync($"/v1/payment-options/{answer.Id}")).Must(200).Text);
    }

    [Fact]
    public async Task A_bank_transfer_is_compared_with_where_its_cost_is_configured()
    {
        var api = await system.StartAnotherApiAsync(
            TimeProvider.System, "--Comparison:BankTransfer:FixedFee:Currency=USD", "--Comparison:BankTransfer:FixedFee:Value=2500", "--Comparison:BankTransfer:Percentage=1.5");
        var answer = (await api.OptionsAsync(await system.Sandbox.ReadyAsync(await Api.BuyerAsync()))).Must(201);

        // 12,345.67 × 1.015 + 25 × 6.832163643 = 12,701.659…
        Assert.Equal(("CNY 1270166", "USD 2500", "1.5", "days"),
            (answer.Amount("bank_transfer.cost"), answer.Amount("bank_transfer.fixed_fee"), answer["bank_transfer.percentage"], answer["bank_transfer.speed"]));
        Assert.Equal(("CNY", 1_270_166 - 1_234_567), answer.Option("alipay").Money("saving_against_bank_transfer"));
        Assert.Equal(("CNY", 1_270_166 - 1_271_609), answer.Option("card").Money("saving_against_bank_transfer"));
    }

    [Fact]
    public async Task What_cannot_be_answered_is_refused_by_name()
    {
        var buyer = await Api.BuyerAsync();
        (await Api.OptionsAsync("byr_nonsense")).Must(404, "not_found");
        (await Api.GetAsync("/v1/payment-options/opt_nonsense")).Must(404, "not_found");
        Assert.Equal(["comparison_currency"], (await Api.OptionsAsync(buyer, comparison: "AED")).Must(422, "currency_not_supported").Fields());
        Assert.Equal(["order.amount"], (await Api.OptionsAsync(buyer, amount: 1L << 53)).Must(422, "amount_too_large").Fields());
        Assert.Equal(["order.amount.value", "buyer_ip"], (await Api.OptionsAsync(buyer, amount: 0, ip: "here")).Must(400).Fields());
        var body = new JsonObject { ["buyer_id"] = buyer, ["order"] = ApiClient.Order("o", 1), ["colour"] = "red" };
        Assert.Equal(["colour"], (await Api.PostAsync("/v1/payment-options", body, null)).Must(400).Fields());

        var answer = (await Api.OptionsAsync(buyer)).Must(201);
        var other = await system.NewMarketplaceAsync();
        (await other.Test.GetAsync($"/v1/payment-options/{answer.Id}")).Must(404, "not_found");
        (await other.Test.OptionsAsync(buyer)).Must(404, "not_found");
    }
}
