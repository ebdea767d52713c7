using System.Diagnostics;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.PaymentOptions;

/// <summary>A provider that does not answer leaves a gap in the list and never makes the call an error, nor a long wait.</summary>
public sealed class SilentProviderTests(TestSystem system) : IAsyncDisposable
{
    // The budget of 800 ms and a tenth, and what a busy machine adds.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(880 + 400);

    private readonly List<Middleman> middlemen = [];

    [Fact]
    public async Task A_dead_WorldFirst_closes_its_own_methods_alone()
    {
        var (api, middleman) = await StartAsync();
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync());
        (await api.OptionsAsync(buyer)).Must(201);

        middleman.Delay = (_, _) => Timeout.InfiniteTimeSpan;
        var watch = Stopwatch.StartNew();
        var answer = (await api.OptionsAsync(buyer)).Must(201);

        Assert.True(watch.Elapsed < Patience, $"It took {watch.Elapsed}.");
        Assert.Equal(["alipay CNY open", "card USD open", "world_pay - closed", "worldfirst_balance - closed"], answer.Names());
        Assert.Equal(["try_again_later"], answer.Option("world_pay").Actions());
        Assert.Equal(["worldfirst.account", "worldfirst.identity", "worldfirst.marketplace_link", "worldfirst.balance"], answer.Option("world_pay").NotMet());
        Assert.Equal("unknown", answer.Option("world_pay").Requirement("worldfirst.balance").GetProperty("status").GetString());
        Assert.Equal("alipay", answer["recommendation.method"]);
    }

    [Fact]
    public async Task Without_any_provider_the_answer_is_still_an_answer()
    {
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync());
        var nowhere = "http://127.0.0.1:9";
        var api = await system.StartAnotherApiAsync(
            TimeProvider.System, "--Logging:LogLevel:Polly=None", $"--Providers:Test:WorldFirst:BaseUrl={nowhere}/amsin/api/v1", $"--Providers:Test:Alipay:BaseUrl={nowhere}/ams/api/v1",
            $"--Providers:Test:Marketplace1688:GatewayUrl={nowhere}", $"--Providers:Test:Card:BaseUrl={nowhere}");

        var answer = (await api.OptionsAsync(buyer)).Must(201);
        Assert.Equal(["world_pay - closed", "alipay - closed", "worldfirst_balance - closed", "card - closed"], answer.Names());
        Assert.Equal("null", answer["recommendation"]);
        (await api.CheckAsync(buyer)).Must(201);
    }

    [Fact]
    public async Task A_price_that_does_not_come_leaves_an_open_option_without_a_quote_behind_the_priced_ones()
    {
        var (api, middleman) = await StartAsync();
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync(), "EUR", "GBP", "USD");
        (await api.OptionsAsync(buyer)).Must(201);

        middleman.Delay = (path, body) => IsQuote(path) && body.Contains("GBP", StringComparison.Ordinal) ? Timeout.InfiniteTimeSpan : TimeSpan.Zero;
        var watch = Stopwatch.StartNew();
        var answer = (await api.OptionsAsync(buyer)).Must(201);

        Assert.True(watch.Elapsed < Patience, $"It took {watch.Elapsed}.");
        Assert.Equal(
            [
                "alipay CNY open", "world_pay USD open", "worldfirst_balance USD open", "world_pay EUR open", "worldfirst_balance EUR open", "card USD open",
                "world_pay GBP open", "worldfirst_balance GBP open",
            ],
            answer.Names());
        var missing = answer.Option("world_pay", "GBP");
        Assert.True(missing.IsNull("quote") && missing.IsNull("cost") && missing.IsNull("saving"));
        Assert.Equal("provider_unavailable", missing.GetProperty("unavailable").Text("code"));
        Assert.Equal("Alipay in CNY is the cheapest open way that has a price now: it saves CNY 370.42 against the dearest of those.", answer["recommendation.reason"]);
        Assert.Equal(answer.Text, (await api.GetAsync($"/v1/payment-options/{answer.Id}")).Must(200).Text);
    }

    [Fact]
    public async Task Prices_are_asked_for_side_by_side_and_once_per_currency()
    {
        var (api, middleman) = await StartAsync();
        string[] held = ["AUD", "CAD", "CHF", "EUR", "GBP", "HKD", "JPY", "USD"];
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync(), held);
        (await api.OptionsAsync(buyer)).Must(201);

        middleman.Delay = (path, _) => IsQuote(path) ? TimeSpan.FromMilliseconds(200) : TimeSpan.Zero;
        middleman.Calls.Clear();
        var answer = (await api.OptionsAsync(buyer)).Must(201);

        // One after the other they would take 1.6 seconds, twice the limit, and some would have no price.
        Assert.Equal(held.Length, middleman.Calls.Count(IsQuote));
        Assert.All(answer.List(), option => Assert.False(option.IsNull("quote")));
        Assert.Equal((2 * held.Length) + 2, answer.List().Count);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var middleman in middlemen) await middleman.DisposeAsync();
    }

    private static bool IsQuote(string path) => path.EndsWith("/createQuote", StringComparison.Ordinal);

    private async Task<(ApiClient Api, Middleman Middleman)> StartAsync()
    {
        var middleman = await Middleman.StartAsync(system.SandboxUrl);
        middlemen.Add(middleman);
        return (await system.StartAnotherApiAsync(TimeProvider.System, middleman.WorldFirst), middleman);
    }
}
