using System.Globalization;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.PaymentOptions;

/// <summary>
/// A measurement, not a test: it asserts no time, and runs only when asked for (<c>-explicit only -class '*OptionsMeasurement'</c>). Providers answer in
/// 20 ms; own time is what is left of a request when the time in which a provider was being asked is taken away.
/// </summary>
public sealed class OptionsMeasurement(TestSystem system)
{
    private static readonly int Requests = int.Parse(Environment.GetEnvironmentVariable("OPTIONS_REQUESTS") ?? "300", CultureInfo.InvariantCulture);

    [Fact(Explicit = true)]
    public async Task Own_time_of_payment_options_against_the_same_servers_quote()
    {
        await using var middleman = await Middleman.StartAsync(system.SandboxUrl);
        var api = await system.StartAnotherApiAsync(TimeProvider.System, [.. middleman.All]);
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync(), "USD", "EUR", "JPY");
        middleman.Delay = (_, _) => TimeSpan.FromMilliseconds(20);

        Func<Task<Answer>>[] kinds = [() => api.OptionsAsync(buyer), () => api.QuoteAsync(buyer, "world_pay", "USD"), () => api.QuoteAsync(buyer, "card", "USD"), () => api.CheckAsync(buyer)];
        string[] names = ["payment-options, 3 currencies, 8 quotes", "quote world_pay", "quote card", "eligibility check"];
        var measured = names.Select(_ => new List<Measured>()).ToArray();
        // One after the other, in turn, so that whatever else the machine does is spread evenly.
        for (var round = -20; round < Requests; round++)
        {
            for (var kind = 0; kind < kinds.Length; kind++)
            {
                middleman.Times.Clear();
                using var watch = ServerWatch.Start();
                (await kinds[kind]()).Must(201);
                var one = await watch.EndAsync(middleman.Times);
                if (round >= 0) measured[kind].Add(one);
            }
        }

        for (var kind = 0; kind < kinds.Length; kind++)
        {
            var (own, total) = (measured[kind].Select(one => one.Own.TotalMilliseconds).Order().ToList(), measured[kind].Select(one => one.Total.TotalMilliseconds).Order().ToList());
            Print($"{names[kind]}: own p50 {At(own, 0.5):0.0} p99 {At(own, 0.99):0.0} ms; total p50 {At(total, 0.5):0.0} p99 {At(total, 0.99):0.0} ms; {own.Count} requests");
        }
    }

    [Fact(Explicit = true)]
    public async Task Total_time_with_one_provider_dead()
    {
        await using var middleman = await Middleman.StartAsync(system.SandboxUrl);
        var api = await system.StartAnotherApiAsync(TimeProvider.System, [.. middleman.All]);
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync(), "USD", "EUR", "JPY");
        (await api.OptionsAsync(buyer)).Must(201);
        foreach (var (name, path) in new[] { ("WorldFirst", "/amsin/"), ("Alipay", "/ams/"), ("1688", "/openapi/"), ("card acquirer", "/v1/") })
        {
            middleman.Delay = (called, _) => called.StartsWith(path, StringComparison.Ordinal) ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(20);
            var total = new List<double>();
            for (var round = 0; round < 20; round++)
            {
                using var watch = ServerWatch.Start();
                (await api.OptionsAsync(buyer)).Must(201);
                total.Add((await watch.EndAsync()).Total.TotalMilliseconds);
            }

            total.Sort();
            Print($"{name} dead: total min {total[0]:0.0} p50 {At(total, 0.5):0.0} max {total[^1]:0.0} ms, budget 800 ms and a tenth = 880 ms");
        }
    }

    private static double At(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(share * sorted.Count) - 1)];

    private static void Print(FormattableString line)
    {
        var text = line.ToString(CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        Console.WriteLine(text);
    }
}
