using System.Text.RegularExpressions;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.PaymentOptions;
using PaymentOrchestrator.Api.Texts;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Explained;

/// <summary>What a buyer reads: every sentence in both languages, and none of it written by anyone but us.</summary>
public sealed partial class TextsTests(TestSystem system)
{
    private static readonly AcceptedLanguage English = new(AcceptedLanguage.English);
    private static readonly AcceptedLanguage Chinese = new(AcceptedLanguage.Chinese);

    [Fact]
    public void Every_sentence_is_there_in_both_languages_with_the_same_places_for_arguments()
    {
        var (english, chinese) = (BuyerTexts.All(English), BuyerTexts.All(Chinese));
        Assert.Equal(english.Keys.Order(), chinese.Keys.Order());
        foreach (var (name, text) in english)
        {
            if (!name.StartsWith("reason.", StringComparison.Ordinal)) Assert.Equal(Places(text), Places(chinese[name]));
            if (name is not "method.world_pay") Assert.NotEqual(text, chinese[name]);
        }
    }

    [Fact]
    public void Every_piece_of_advice_and_every_arrival_has_its_sentence()
    {
        var facts = new[] { BuyerFacts.Nothing, new BuyerFacts(null, null, null, null), new BuyerFacts(new WorldFirstFacts(true, true, true, [new Money(Currency.Usd, 1)]), AlipayFacts.NotLinked, MarketplaceFacts.NotLinked, new CardFacts(true, "amex")) };
        var networks = new[] { NetworkFacts.NotGiven, new NetworkFacts(true, false, "CN") };
        var advice =
            from fact in facts
            from network in networks
            from priced in new[] { true, false }
            let question = new EligibilityQuestion(new Money(Currency.Cny, 999_99), fact, network, (_, currency) => priced ? new Money(currency, 1_000) : null)
            from method in PaymentMethods.All
            from requirement in EligibilityRules.Evaluate(method, question).Requirements
            where requirement.Remediation is not null
            select requirement.Remediation!.Text;
        var used = advice.Distinct().Select(text => $"remediation.{text}").ToHashSet();
        // In both directions: no advice without a sentence, no sentence that is never said.
        Assert.Equal(BuyerTexts.All(English).Keys.Where(name => name.StartsWith("remediation.", StringComparison.Ordinal)).Order(), used.Order());
        Assert.All(PaymentMethods.All, method => Assert.True(BuyerTexts.Has(English, $"arrival.{method.Speed() ?? "not_stated"}")));
    }

    [Theory]
    [InlineData("en", "Top up the WorldFirst account by EUR 0.01.", "The supplier usually has the money within minutes.")]
    [InlineData("zh-CN", "请向万里汇账户充值 EUR 0.01。", "供应商通常在几分钟内收到款项。")]
    public async Task Messages_come_in_the_language_that_is_asked_for_with_their_amounts(string language, string topUp, string arrival)
    {
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync());
        await system.Sandbox.PatchAsync(buyer, [], ("EUR", 155_276));
        var answer = (await system.Api.OptionsAsync(buyer, language: language)).Must(201);

        var closed = answer.Option("world_pay", "EUR");
        Assert.Equal(topUp, closed.GetProperty("steps")[0].Text("message"));
        Assert.Equal(topUp, closed.Requirement("worldfirst.balance").GetProperty("remediation").Text("message"));
        Assert.Equal(arrival, closed.Text("arrival"));
        Assert.Equal(language, answer["language"]);

        // A refused payment explains itself in the same words.
        var quote = (await system.Api.QuoteAsync(buyer, "world_pay", "EUR")).Must(201);
        var refused = await system.Api.SendAsync(
            HttpMethod.Post, "/v1/payments", ApiClient.Json(System.Text.Encoding.UTF8.GetBytes($$"""{"quote_id":"{{quote.Id}}"}""")), ApiClient.NewKey(),
            request => request.Headers.TryAddWithoutValidation("Accept-Language", language));
        Assert.Equal(topUp, refused.Must(422, "method_not_eligible").Json.Requirement("worldfirst.balance").GetProperty("remediation").Text("message"));
    }

    [Fact]
    public async Task Every_step_says_what_to_call_or_where_to_go()
    {
        var closed = (await system.Api.OptionsAsync(await system.Api.BuyerAsync(), amount: 999_99, ip: null)).Must(201);
        var held = await system.Api.BuyerAsync();
        await system.Sandbox.PatchAsync(held, [("worldfirst.account", true), ("alipay.account", true), ("alipay.mainland_bank_account", true), ("marketplace.account", true), ("card.linked", true)], ("USD", 5));
        var half = (await system.Api.OptionsAsync(held)).Must(201);

        var seen = new HashSet<string>();
        foreach (var option in closed.List().Concat(half.List()))
        {
            foreach (var step in option.GetProperty("steps").EnumerateArray())
            {
                var (action, call, url) = (step.Text("action")!, step.GetProperty("call"), step.Text("url"));
                seen.Add(action);
                Assert.False(string.IsNullOrWhiteSpace(step.Text("message")));
                // The shop and the buyer's own network are nobody's page.
                if (action is "increase_order" or "change_network") continue;
                Assert.True(call.ValueKind != System.Text.Json.JsonValueKind.Null ^ url is not null, $"{action}: {step.GetRawText()}");
                if (url is not null) (await system.Sandbox.AskAsync(HttpMethod.Get, new Uri(url), null)).Must(200);
                if (url is not null) Assert.Equal(url, option.Requirement(step.GetProperty("meets")[0].GetString()!).GetProperty("remediation").Text("url"));
            }
        }

        Assert.Superset(new HashSet<string> { "link_account", "verify_identity", "top_up", "link_marketplace", "log_in_with_alipay", "send_buyer_ip", "increase_order" }, seen);
    }

    [Theory]
    [InlineData("{0}{1}{2}{999}")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("%s%n'; drop table quotes; --")]
    [InlineData("${jndi:ldap://x} {{7*7}}")]
    [InlineData("\u202egnp.exe 订单")]
    public async Task What_a_caller_writes_becomes_part_of_no_sentence(string hostile)
    {
        var api = system.Api;
        var ready = await system.Sandbox.ReadyAsync(await api.BuyerAsync(), "USD");
        foreach (var buyer in new[] { ready, await api.BuyerAsync() })
        {
            var plain = (await api.OptionsAsync(buyer, amount: 999_99, order: $"order-{Guid.NewGuid():N}")).Must(201);
            var answer = (await api.OptionsAsync(buyer, amount: 999_99, order: hostile)).Must(201);
            Assert.Equal(hostile, answer["order.id"]);
            Assert.Equal(Sentences(plain), Sentences(answer));
            Assert.Equal(answer.Text, (await api.GetAsync($"/v1/payment-options/{answer.Id}")).Must(200).Text);
        }

        var quote = (await api.QuoteAsync(ready, "world_pay", "USD", order: hostile + Guid.NewGuid().ToString("N")[..8])).Must(201);
        await system.Sandbox.SetAsync(ready, "alipay.identity", false);
        var refused = (await api.PayAsync(quote.Id)).Must(422, "method_not_eligible");
        Assert.DoesNotContain(hostile[..8], refused.Text, StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Sentences(Answer answer) => [.. Sentence().Matches(answer.Text).Select(match => match.Value)];

    private static IEnumerable<string> Places(string text) => Place().Matches(text).Select(match => match.Value).Distinct().Order();

    [GeneratedRegex("\"(message|reason|arrival)\":\"[^\"]*\"")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Place();
}
