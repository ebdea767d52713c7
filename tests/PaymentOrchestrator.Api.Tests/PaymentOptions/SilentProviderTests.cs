using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.PaymentOptions;

/// <summary>A provider that does not answer leaves a gap in the list and never makes the call an error, nor a long wait.</summary>
public sealed class SilentProviderTests(TestSystem system) : IAsyncDisposable
{
    // The budget of 800 ms and a tenth, by the server's own clock. A machine that is busy with something else makes some tries longer, none shorter.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(880);
    private const int Tries = 8;

    private readonly List<Middleman> middlemen = [];

    [Fact]
    public async Task A_dead_WorldFirst_closes_its_own_methods_alone()
    {
        var (api, middleman) = await StartAsync();
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync());
        (await api.OptionsAsync(buyer)).Must(201);

        middleman.Delay = (path, _) => path.StartsWith("/amsin/", StringComparison.Ordinal) ? Timeout.InfiniteTimeSpan : TimeSpan.Zero;
        var answer = await InTimeAsync(api, buyer);

        Assert.Equal(["alipay CNY open", "card USD open", "world_pay - closed", "worldfirst_balance - closed"], answer.Names());
        Assert.Equal(["try_again_later"], answer.Option("world_pay").Actions());
        Assert.Equal(["worldfirst.account", "worldfirst.identity", "worldfirst.marketplace_link", "worldfirst.balance"], answer.Option("world_pay").NotMet());
        Assert.Equal("unknown", answer.Option("world_pay").Requirement("worldfirst.balance").GetProperty("status").GetString());
        Assert.Equal("alipay", answer["recommendation.method"]);
    }

    [Fact]
    public async Task A_dead_Alipay_closes_its_own_methods_alone()
    {
        var (api, middleman) = await StartAsync();
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync());
        (await api.OptionsAsync(buyer)).Must(201);

        // WorldFirst's price takes more than the tenth: it is asked for while Alipay is still waited for, so it is there in time.
        middleman.Delay = (path, _) => path.StartsWith("/ams/", StringComparison.Ordinal) ? Timeout.InfiniteTimeSpan : IsQuote(path) ? TimeSpan.FromMilliseconds(300) : TimeSpan.Zero;
        var answer = await InTimeAsync(api, buyer);

        Assert.Equal(["worldfirst_balance USD open", "card USD open", "world_pay - closed", "alipay - closed"], answer.Names());
        Assert.False(answer.Option("worldfirst_balance").IsNull("quote"));
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
        var answer = await InTimeAsync(api, buyer);

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

    /// <summary>Asks until an answer comes within the limit, a few times; prints what the server took.</summary>
    private static async Task<Answer> InTimeAsync(ApiClient api, string buyer)
    {
        var took = new List<TimeSpan>();
        for (var tries = 0; ; tries++)
        {
            using var watch = ServerWatch.Start();
            var answer = (await api.OptionsAsync(buyer)).Must(201);
            took.Add((await watch.EndAsync()).Total);
            if (took[^1] < Limit)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"The server took {string.Join(", ", took.Select(time => $"{time.TotalMilliseconds:0.0}"))} ms; {Limit.TotalMilliseconds} is the limit.");
                return answer;
            }

            Assert.True(tries < Tries, $"None of {took.Count} tries took the server less than {Limit}: {string.Join(", ", took)}.");
        }
    }

    private static bool IsQuote(string path) => path.EndsWith("/createQuote", StringComparison.Ordinal);

    private async Task<(ApiClient Api, Middleman Middleman)> StartAsync()
    {
        var middleman = await Middleman.StartAsync(system.SandboxUrl);
        middlemen.Add(middleman);
        return (await system.StartAnotherApiAsync(TimeProvider.System, middleman.WorldFirst, middleman.Alipay), middleman);
    }
}
