using System.Text.Json;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.PaymentOptions;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Explained;

/// <summary>An answer says what it was made from, and stays that answer: byte for byte, whatever becomes of buyer, prices, rates, rules and reader.</summary>
public sealed class AnswersStayTests(TestSystem system)
{
    [Fact]
    public async Task A_check_a_list_of_options_and_a_quote_stay_as_they_were_when_everything_they_were_made_from_has_changed()
    {
        var tenant = await system.NewMarketplaceAsync();
        var api = tenant.Test;
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync(), "USD", "EUR");
        await system.Sandbox.SetAsync(buyer, "alipay.identity", false);
        var (checkKey, optionsKey, order) = (ApiClient.NewKey(), ApiClient.NewKey(), ApiClient.NewOrder());
        var check = (await CheckAsync(api, buyer, order, "zh-CN", checkKey)).Must(201);
        var options = (await api.OptionsAsync(buyer, order: order, language: "zh-CN", key: optionsKey)).Must(201);
        var quote = (await api.QuoteAsync(buyer, "world_pay", "USD")).Must(201);
        // Closed options hold maps with several names: those keep their order as well.
        Assert.Contains("\"login\"", (await api.OptionsAsync(await api.BuyerAsync())).Must(201).Text, StringComparison.Ordinal);

        await system.Sandbox.PatchAsync(
            buyer, [("alipay.identity", true), ("worldfirst.identity", false), ("card.scheme", false), ("marketplace.identity", false)], ("USD", 1), ("GBP", 5_000_000));
        await system.Database.ExecuteAsync(
            """
            insert into fee_schedules (id, marketplace_id, effective_from, rules, created_at)
            select 'fee_changed_' || $1, $1, now() - interval '1 minute', replace(rules::text, '40', '777')::jsonb, now() from fee_schedules where id = 'fee_default_1'
            """, tenant.Id);

        Assert.NotEqual(check.At("methods").GetRawText(), (await CheckAsync(api, buyer, order, "zh-CN", ApiClient.NewKey())).Must(201).At("methods").GetRawText());
        foreach (var language in new[] { null, "en", "zh-CN", "de" })
        {
            Assert.Equal(check.Text, (await ReadAsync(api, $"/v1/eligibility-checks/{check.Id}", language)).Must(200).Text);
            Assert.Equal(options.Text, (await ReadAsync(api, $"/v1/payment-options/{options.Id}", language)).Must(200).Text);
            Assert.Equal(quote.Text, (await ReadAsync(api, $"/v1/quotes/{quote.Id}", language)).Must(200).Text);
        }

        // A repeated request is given the first answer too, whatever language it asks for now.
        var again = (await CheckAsync(api, buyer, order, "en", checkKey)).Must(201);
        Assert.Equal((true, check.Text), (again.Replayed, again.Text));
        var listed = (await api.OptionsAsync(buyer, order: order, language: "en", key: optionsKey)).Must(201);
        Assert.Equal((true, options.Text), (listed.Replayed, listed.Text));
    }

    [Fact]
    public async Task Rates_of_another_day_change_no_answer_that_was_given()
    {
        var api = system.Api;
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync(), "USD");
        var options = (await api.OptionsAsync(buyer)).Must(201);
        var check = (await api.CheckAsync(buyer)).Must(201);
        var quote = (await api.QuoteAsync(buyer, "card", "EUR")).Must(201);

        // A source of its own: what the other instances price from stays as it is.
        await using var later = await system.StartOtherAsync(TimeProvider.System, "--Rates:Table:AsOf=2026-04-14T14:15:00Z", "--Rates:Table:Mid:EUR=9.1234", "--Rates:Table:Mid:USD=7.5");
        Assert.NotEqual(quote.Value("total"), (await later.Client.QuoteAsync(buyer, "card", "EUR")).Must(201).Value("total"));
        Assert.Equal(options.Text, (await later.Client.GetAsync($"/v1/payment-options/{options.Id}")).Must(200).Text);
        Assert.Equal(check.Text, (await later.Client.GetAsync($"/v1/eligibility-checks/{check.Id}")).Must(200).Text);
        Assert.Equal(quote.Text, (await later.Client.GetAsync($"/v1/quotes/{quote.Id}")).Must(200).Text);
    }

    [Fact]
    public async Task An_answer_names_its_facts_its_rules_its_prices_and_its_rates()
    {
        var api = system.Api;
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync(), "USD", "JPY");
        await system.Sandbox.SetAsync(buyer, "card.scheme", false);
        var before = DateTimeOffset.UtcNow.AddMilliseconds(-1);
        foreach (var answer in new[] { (await api.CheckAsync(buyer)).Must(201), (await api.OptionsAsync(buyer)).Must(201) })
        {
            Assert.Equal((EligibilityRules.Version, "fee_default_2"), (answer["rule_version"], answer["fee_schedule_id"]));
            Assert.Equal(["JPY", "USD"], answer.At("rates").EnumerateArray().Select(rate => rate.Text("base")!).Order());
            Assert.Equal(("true", "outside_mainland_china"), (answer["network.outside_mainland_china"].ToLowerInvariant(), answer["network.observed"]));
            var facts = answer.At("facts").EnumerateArray().ToDictionary(one => one.Text("provider")!);
            Assert.Equal(["alipay", "card", "marketplace_1688", "worldfirst"], facts.Keys.Order());
            Assert.All(facts.Values, one =>
            {
                Assert.Equal(("answered", false), (one.Text("status"), one.GetProperty("cached").GetBoolean()));
                Assert.InRange(one.GetProperty("as_of").GetDateTimeOffset(), before, DateTimeOffset.UtcNow);
                Assert.True(one.GetProperty("age_ms").GetInt64() >= 0);
            });
            Assert.Equal("""{"worldfirst.account":true,"worldfirst.identity":true,"worldfirst.marketplace_link":true}""", facts["worldfirst"].GetProperty("facts").GetRawText());
            Assert.Equal(["JPY 10000000000", "USD 10000000000"], facts["worldfirst"].GetProperty("balances").EnumerateArray().Select(held => $"{held.Text("currency")} {held.GetProperty("value").GetInt64()}"));
            Assert.Equal("amex", facts["card"].Text("card_scheme"));
        }

        var nobody = (await api.CheckAsync(await api.BuyerAsync(), ip: null)).Must(201);
        Assert.All(nobody.At("facts").EnumerateArray(), one => Assert.Equal(("not_linked", JsonValueKind.Null), (one.Text("status"), one.GetProperty("as_of").ValueKind)));
    }

    [Fact]
    public async Task A_payment_keeps_the_verdict_that_let_it_pass()
    {
        var api = system.Api;
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        await system.Sandbox.PatchAsync(buyer, [], ("USD", 181_425));
        var quote = (await api.QuoteAsync(buyer, "world_pay", "USD")).Must(201);
        var before = DateTimeOffset.UtcNow.AddMilliseconds(-1);
        var payment = (await api.PayAsync(quote.Id)).Must(201);
        await system.Sandbox.PatchAsync(buyer, [("worldfirst.identity", false)], ("USD", 0));

        var verdict = Payments.PaymentVerdict.Read((await system.Database.RowsAsync("select verdict from payments where id = $1", Database.Uuid(payment.Id)))[0])!;
        Assert.Equal(EligibilityRules.Version, verdict.RuleVersion);
        Assert.Equal(RequirementCodes.Of(PaymentMethod.WorldPay).Select(code => code.Text()), verdict.Requirements.Select(one => one.Code));
        Assert.All(verdict.Requirements, one => Assert.Equal("met", one.Status));
        var balance = verdict.Requirements.Single(one => one.Code == "worldfirst.balance");
        Assert.Equal((new Money(Currency.Usd, 181_425), new Money(Currency.Usd, quote.Value("total"))), (balance.Observed!.Amount!.Value, balance.Required.Amount!.Value));
        Assert.Equal(["worldfirst", "alipay", "marketplace_1688"], verdict.Sources.Select(source => source.Provider.Code()));
        Assert.All(verdict.Sources, source => Assert.InRange(source.AsOf, before, verdict.JudgedAt));
    }

    private static Task<Answer> ReadAsync(ApiClient api, string path, string? language) => api.SendAsync(HttpMethod.Get, path, null, null, request =>
    {
        if (language is not null) request.Headers.TryAddWithoutValidation("Accept-Language", language);
    });

    private static Task<Answer> CheckAsync(ApiClient api, string buyer, string order, string language, string key)
    {
        var body = new System.Text.Json.Nodes.JsonObject { ["buyer_id"] = buyer, ["order"] = ApiClient.Order(order, Options.Amount), ["buyer_ip"] = ApiClient.Outside };
        return api.SendAsync(HttpMethod.Post, "/v1/eligibility-checks", ApiClient.Json(System.Text.Encoding.UTF8.GetBytes(body.ToJsonString())), key, request =>
            request.Headers.TryAddWithoutValidation("Accept-Language", language));
    }
}
