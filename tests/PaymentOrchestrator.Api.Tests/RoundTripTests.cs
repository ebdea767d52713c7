using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests;

/// <summary>How often a request goes to the database, counted by Npgsql's own tracing.</summary>
public sealed class RoundTripTests(TestSystem system)
{
    [Fact]
    public async Task A_quote_that_a_provider_prices_takes_one_reading_command_and_one_that_stores()
    {
        var api = system.Api;
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        AssertOneReadAndOneWrite(await CountAsync(() => api.QuoteAsync(buyer, "world_pay", "USD")), "insert into quotes");
    }

    [Theory]
    [InlineData("card", "USD")]
    [InlineData("alipay", "CNY")]
    public async Task Another_quote_takes_one_command(string method, string currency)
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        // The first reads the price list that the next are made with.
        AssertOneReadAndOneWrite(await CountAsync(() => api.QuoteAsync(buyer, method, currency)), "insert into quotes");
        Assert.Contains("insert into quotes", Assert.Single(await CountAsync(() => api.QuoteAsync(buyer, method, currency))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_eligibility_check_takes_one_reading_command_and_one_that_stores()
    {
        var api = system.Api;
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        AssertOneReadAndOneWrite(await CountAsync(() => api.CheckAsync(buyer)), "insert into eligibility_checks");
    }

    [Theory]
    [InlineData("card", "USD")]
    [InlineData("world_pay", "USD")]
    public async Task A_payment_takes_one_reading_command_the_intent_and_the_outcome(string method, string currency)
    {
        var api = system.Api;
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        var quote = (await api.QuoteAsync(buyer, method, currency)).Must(201);
        var commands = await CountAsync(() => api.PayAsync(quote.Id));
        Assert.True(commands.Count == 3, string.Join("\n---\n", commands));
        Assert.Contains(commands, command => command.Contains("insert into payments", StringComparison.Ordinal));
        Assert.Contains(commands, command => command.Contains("insert into ledger_entries", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_key_none_is_looked_up()
    {
        var api = system.Api;
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        JsonObject Body() => new() { ["buyer_id"] = buyer, ["order"] = ApiClient.Order(ApiClient.NewOrder(), 100_00), ["buyer_ip"] = ApiClient.Outside };
        var quote = Body();
        (quote["method"], quote["source_currency"]) = ("card", "USD");
        foreach (var (path, body) in new[] { ("/v1/quotes", quote), ("/v1/eligibility-checks", Body()), ("/v1/payment-options", Body()) })
        {
            var commands = await CountAsync(async () => (await api.PostAsync(path, body, null)).Must(201));
            Assert.NotEmpty(commands);
            Assert.All(commands, command => Assert.DoesNotContain("idempotency_keys", command, StringComparison.Ordinal));
        }
    }

    /// <summary>Not a second time, once the dispatcher has found that there is nothing to do.</summary>
    [Fact]
    public async Task An_event_that_no_endpoint_waits_for_is_written_once()
    {
        var tenant = await system.NewMarketplaceAsync();
        var buyer = await system.Sandbox.ReadyAsync(await tenant.Test.BuyerAsync());
        async Task<(int Written, int Waiting)> PayAsync()
        {
            var payment = (await tenant.Test.PayAsync((await tenant.Test.QuoteAsync(buyer, "card", "USD")).Must(201).Id)).Must(201);
            var times = await system.Database.RowsAsync("select dispatched_at is not distinct from created_at from events where object_id = $1 and type in ('payment.created', 'payment.succeeded')", payment.Id);
            return (times.Count, times.Count(at => at == "False"));
        }

        Assert.Equal((2, 0), await PayAsync());
        var endpoint = (await tenant.Test.PostAsync("/v1/webhook-endpoints", new JsonObject { ["url"] = "https://example.com/hook", ["event_types"] = new JsonArray("*") })).Must(201);
        Assert.Equal((2, 2), await PayAsync());
        (await tenant.Test.SendAsync(HttpMethod.Patch, $"/v1/webhook-endpoints/{endpoint.Id}", ApiClient.Json("""{"enabled":false}"""u8.ToArray()), null, request => request.Headers.TryAddWithoutValidation("If-Match", "*"))).Must(200);
        Assert.Equal((2, 0), await PayAsync());
    }

    private static void AssertOneReadAndOneWrite(IReadOnlyList<string> commands, string write)
    {
        Assert.True(commands.Count == 2, string.Join("\n---\n", commands));
        Assert.Single(commands, command => command.Contains(write, StringComparison.Ordinal));
        Assert.Single(commands, command => !command.Contains("insert", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The commands that the API sent to its database because of one request; the look-up of the key, remembered for seconds, aside.</summary>
    private static async Task<IReadOnlyList<string>> CountAsync(Func<Task<Answer>> request)
    {
        var all = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Npgsql" or "Microsoft.AspNetCore" or "test",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = all.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("test");
        using var root = source.StartActivity("request")!;
        // The client passes the trace on, the API's spans take it up, and those of other tests have another one.
        (await request()).Must(201);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        return
        [
            .. all.Where(activity => activity.Source.Name == "Npgsql" && activity.TraceId == root.TraceId && IsOurDatabase(activity))
                .Select(activity => (activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement"))?.ToString())
                // Who calls is known for a while, and what a connection asks when it is opened is asked once.
                .OfType<string>().Where(text => !text.Contains("api_keys", StringComparison.Ordinal) && !text.Contains("pg_extension", StringComparison.Ordinal)),
        ];
    }

    private static bool IsOurDatabase(Activity activity) =>
        (activity.GetTagItem("db.namespace") ?? activity.GetTagItem("db.name"))?.ToString()?.Contains("_sandbox", StringComparison.Ordinal) == false;
}
