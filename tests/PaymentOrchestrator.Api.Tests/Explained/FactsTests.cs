using System.Text.Json;
using Microsoft.Extensions.Configuration;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Eligibility;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.PaymentOptions;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Explained;

/// <summary>Facts are the providers': asked for at once, within a budget, and remembered no longer than is said.</summary>
public sealed class FactsTests(TestSystem system)
{
    private const string Remember = "--Facts:MaxAge=00:00:30";

    [Fact]
    public async Task A_remembered_fact_says_so_with_its_age_and_is_gone_at_the_end_of_it()
    {
        var clock = new SettableClock(DateTimeOffset.UtcNow);
        var api = await system.StartAnotherApiAsync(clock, Remember);
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        var start = clock.Now;
        Assert.All(Facts(await api.CheckAsync(buyer)), one => Assert.False(one.GetProperty("cached").GetBoolean()));
        await system.Sandbox.SetAsync(buyer, "worldfirst.identity", false);

        clock.Now = start.AddMilliseconds(29_999);
        var young = (await api.OptionsAsync(buyer)).Must(201);
        Assert.Equal("met", young.Option("world_pay").Requirement("worldfirst.identity").Text("status"));
        Assert.All(Facts(young), one =>
        {
            Assert.True(one.GetProperty("cached").GetBoolean());
            Assert.InRange(one.GetProperty("age_ms").GetInt64(), 29_998, 29_999);
            Assert.InRange(one.GetProperty("as_of").GetDateTimeOffset(), start.AddMilliseconds(-1), start);
        });

        clock.Now = start.AddSeconds(30);
        var fresh = (await api.CheckAsync(buyer)).Must(201);
        Assert.Equal("unmet", fresh.Method("world_pay").Requirement("worldfirst.identity").Text("status"));
        Assert.All(Facts(fresh), one => Assert.False(one.GetProperty("cached").GetBoolean()));
    }

    [Fact]
    public async Task A_payment_asks_anew_whatever_is_remembered_and_leaves_nothing_remembered()
    {
        var api = await system.StartAnotherApiAsync(TimeProvider.System, Remember);
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        await system.Sandbox.PatchAsync(buyer, [], ("USD", 400_000));
        var first = (await api.QuoteAsync(buyer, "world_pay", "USD")).Must(201);
        var second = (await api.QuoteAsync(buyer, "world_pay", "USD")).Must(201);
        Assert.Equal(400_000, Held(await api.CheckAsync(buyer)));

        await system.Sandbox.PatchAsync(buyer, [], ("USD", 1));
        Assert.Equal(400_000, Held(await api.CheckAsync(buyer)));
        var refused = (await api.PayAsync(first.Id)).Must(422, "method_not_eligible");
        Assert.Equal(1, refused.Json.Requirement("worldfirst.balance").GetProperty("observed").GetProperty("value").GetInt64());

        await system.Sandbox.PatchAsync(buyer, [], ("USD", 400_000));
        Assert.Equal("succeeded", (await api.PayAsync(second.Id)).Must(201)["status"]);
        Assert.Equal(400_000 - second.Value("total"), Held(await api.CheckAsync(buyer)));
    }

    [Fact]
    public async Task Linking_unlinking_and_a_notification_end_what_is_remembered_at_once()
    {
        var api = await system.StartAnotherApiAsync(TimeProvider.System, Remember);
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        await system.Sandbox.SetAsync(buyer, "worldfirst.marketplace_link", false);
        Assert.Equal(["worldfirst.marketplace_link"], (await api.CheckAsync(buyer)).Must(201).Method("world_pay").NotMet());

        var accounts = (await api.GetAsync($"/v1/buyers/{buyer}/linked-accounts")).Must(200).At("data").EnumerateArray().ToDictionary(one => one.Text("provider")!, one => one.Text("id")!);
        (await api.PostAsync(
            $"/v1/linked-accounts/{accounts["worldfirst"]}/marketplace-links", new System.Text.Json.Nodes.JsonObject { ["marketplace_account_id"] = accounts["marketplace_1688"] })).Must(201);
        Assert.Empty((await api.CheckAsync(buyer)).Must(201).Method("world_pay").NotMet());

        (await api.DeleteAsync($"/v1/linked-accounts/{accounts["card"]}")).Must(200);
        Assert.Contains("card.linked", (await api.CheckAsync(buyer)).Must(201).Method("card").NotMet());
        (await api.LinkAsync(buyer, "card", ("payment_method", "pm_card_visa"))).Must(201);
        Assert.Empty((await api.CheckAsync(buyer)).Must(201).Method("card").NotMet());
    }

    [Fact]
    public async Task A_late_answer_serves_the_next_question_and_a_silent_provider_is_not_asked_twice_at_once()
    {
        await using var middleman = await Middleman.StartAsync(system.SandboxUrl);
        var api = await system.StartAnotherApiAsync(TimeProvider.System, Remember, "--Facts:Budget=00:00:00.3", middleman.WorldFirst);
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync());
        var late = new TaskCompletionSource();
        middleman.Hold = path => path.Contains("/business/account/", StringComparison.Ordinal) ? late.Task : Task.CompletedTask;

        foreach (var answer in await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => api.CheckAsync(buyer))))
        {
            Assert.Equal("no_answer", Facts(answer).Single(one => one.Text("provider") == "worldfirst").Text("status"));
            Assert.Equal("unknown", answer.Method("world_pay").Requirement("worldfirst.balance").Text("status"));
        }

        // The account and its balance, each once.
        Assert.Equal(2, middleman.Calls.Count);
        late.SetResult();
        for (var patience = 0; ; patience++)
        {
            var answer = (await api.CheckAsync(buyer)).Must(201);
            var worldFirst = Facts(answer).Single(one => one.Text("provider") == "worldfirst");
            if (worldFirst.Text("status") == "answered")
            {
                Assert.True(worldFirst.GetProperty("cached").GetBoolean() || patience == 0);
                break;
            }

            Assert.True(patience < 100, answer.Text);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Equal(2, middleman.Calls.Count);
    }

    [Fact]
    public async Task An_answer_from_before_a_change_never_comes_back_after_it()
    {
        using var cache = Cache(10);
        var buyer = Id<BuyerResource>.New(1, DateTimeOffset.UtcNow);
        var slow = new TaskCompletionSource<FactsReading<CardFacts>>();
        var old = cache.Of(buyer).GetAsync(LinkProvider.Card, "card 1", () => slow.Task);
        cache.Forget(buyer);
        slow.SetResult(new FactsReading<CardFacts>(new CardFacts(true, "visa"), DateTimeOffset.UtcNow));
        await old;

        var now = await cache.Of(buyer).GetAsync(LinkProvider.Card, "card 1", () => Task.FromResult(new FactsReading<CardFacts>(CardFacts.NotLinked, DateTimeOffset.UtcNow)));
        Assert.Equal((CardFacts.NotLinked, false), (now.Facts, now.Cached));
        // Another version of the account is another question.
        var next = await cache.Of(buyer).GetAsync(LinkProvider.Card, "card 2", () => Task.FromResult(new FactsReading<CardFacts>(new CardFacts(true, "visa"), DateTimeOffset.UtcNow)));
        Assert.False(next.Cached);
    }

    [Fact]
    public void Memory_is_bounded_by_a_number_of_buyers()
    {
        using var cache = Cache(10);
        var buyers = Enumerable.Range(0, 1_000).Select(_ => Id<BuyerResource>.New(1, DateTimeOffset.UtcNow)).Select(buyer => (buyer, part: cache.Of(buyer))).ToList();
        Assert.InRange(buyers.Count(one => ReferenceEquals(one.part, cache.Of(one.buyer))), 0, 10);
    }

    private static FactsCache Cache(int buyers) => new(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Facts:CachedBuyers"] = buyers.ToString(System.Globalization.CultureInfo.InvariantCulture) }).Build(),
        TimeProvider.System);

    private static IReadOnlyList<JsonElement> Facts(Answer answer) => [.. answer.Must(201).At("facts").EnumerateArray()];

    private static long Held(Answer answer) =>
        Facts(answer).Single(one => one.Text("provider") == "worldfirst").GetProperty("balances")[0].GetProperty("value").GetInt64();
}
