using System.Collections.Concurrent;
using System.Diagnostics;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests;

/// <summary>How often a request goes to the database, counted by Npgsql's own tracing.</summary>
public sealed class RoundTripTests(TestSystem system)
{
    [Theory]
    [InlineData("card", "USD")]
    [InlineData("world_pay", "USD")]
    [InlineData("alipay", "CNY")]
    public async Task A_quote_takes_one_reading_command_and_one_that_stores(string method, string currency)
    {
        var api = system.Api;
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        AssertOneReadAndOneWrite(await CountAsync(() => api.QuoteAsync(buyer, method, currency)), "insert into quotes");
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
                .OfType<string>().Where(text => !text.Contains("api_keys", StringComparison.Ordinal)),
        ];
    }

    private static bool IsOurDatabase(Activity activity) =>
        (activity.GetTagItem("db.namespace") ?? activity.GetTagItem("db.name"))?.ToString()?.Contains("_sandbox", StringComparison.Ordinal) == false;
}
