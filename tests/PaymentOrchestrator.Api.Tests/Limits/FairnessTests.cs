using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Refunds;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Limits;

/// <summary>What one marketplace does to another on the same instance.</summary>
public sealed class FairnessTests(TestSystem system)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_of_one_marketplace_that_wait_in_the_database_leave_connections_to_the_others()
    {
        // The instance has four connections for requests.
        await using var instance = await system.StartOtherAsync(TimeProvider.System, "--Postgres:ConnectionsPerMarketplace=2");
        var (stuck, other) = (await system.NewMarketplaceAsync(), await system.NewMarketplaceAsync());
        var payment = await stuck.Test.PaidByAsync(await system.Sandbox.ReadyAsync(await stuck.Test.BuyerAsync()), "card", "USD", 12_345_67);
        var api = system.ClientWith(stuck.TestKey, instance.Url);
        await using var owner = new NpgsqlConnection(system.Database.ConnectionString);
        await owner.OpenAsync(Cancellation);
        await using var transaction = await owner.BeginTransactionAsync(Cancellation);
        await using (var hold = new NpgsqlCommand("select 1 from payments where order_id is not null and marketplace_id = $1 for update", owner, transaction))
        {
            hold.Parameters.AddWithValue(stuck.Id);
            await hold.ExecuteNonQueryAsync(Cancellation);
        }

        var waiting = Enumerable.Range(0, 8).Select(_ => api.RefundAsync(payment.Id, 1_000)).ToList();
        await Task.Delay(1000, Cancellation);
        Assert.All(waiting, one => Assert.False(one.IsCompleted));
        // The other marketplace's connections are free.
        for (var i = 0; i < 5; i++) (await system.ClientWith(other.TestKey, instance.Url).GetAsync("/v1/payments").WaitAsync(TimeSpan.FromSeconds(10), Cancellation)).Must(200);
        Assert.All(waiting, one => Assert.False(one.IsCompleted));
        await transaction.CommitAsync(Cancellation);
        foreach (var answer in await Task.WhenAll(waiting)) answer.Must(201);
    }

    /// <summary>
    /// By hand: <c>PO_FAIRNESS_SECONDS</c> is how long each of the phases takes, in which one marketplace works alone or while another sends ten times its quota, in
    /// turn, so that what else the machine does falls on both alike.
    /// </summary>
    [Fact]
    public async Task Ten_times_its_quota_from_one_marketplace_does_not_move_anothers_median_by_a_quarter()
    {
        if (Environment.GetEnvironmentVariable("PO_FAIRNESS_SECONDS") is not { } seconds) return;
        var phase = TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture));
        const int quota = 20;
        await using var instance = await ApiProcess.StartAsync(
            system, ("RateLimits:Enabled", "true"), ("RateLimits:MarketplaceReads", $"{quota}"), ("RateLimits:MarketplaceWrites", $"{quota}"), ("RateLimits:KeyReads", $"{quota}"), ("RateLimits:KeyWrites", $"{quota}"));
        var (loud, quiet) = (await system.NewMarketplaceAsync(), await system.NewMarketplaceAsync());
        var (flooder, worker) = (system.ClientWith(loud.TestKey, instance.Url), system.ClientWith(quiet.TestKey, instance.Url));
        var loudBuyer = await loud.Test.BuyerAsync();
        var buyer = await quiet.Test.BuyerAsync();
        // Everything is compiled, prepared and the bucket of the loud one empty before anything is measured.
        await WorkAsync(worker, buyer, phase);
        await FloodAsync(flooder, loudBuyer, quota * 10, phase);
        var report = new List<string>();
        for (var run = 1; run <= 3; run++)
        {
            var (alone, beside) = (new List<double>(), new List<double>());
            var (sent, refused) = (0, 0);
            for (var turn = 0; turn < 4; turn++)
            {
                alone.AddRange(await WorkAsync(worker, buyer, phase));
                var flood = FloodAsync(flooder, loudBuyer, quota * 10, phase);
                beside.AddRange(await WorkAsync(worker, buyer, phase));
                var (more, moreRefused) = await flood;
                (sent, refused) = (sent + more, refused + moreRefused);
            }

            var (before, during) = (Median(alone), Median(beside));
            report.Add(string.Create(CultureInfo.InvariantCulture,
                $"Run {run}: {alone.Count + beside.Count} requests, all served; median {before:0.00} ms alone, {during:0.00} ms beside {sent / (4 * phase.TotalSeconds):0} requests a second of which {refused} of {sent} were refused: {(during / before) - 1:+0%;-0%}."));
            Console.WriteLine(report[^1]);
            Assert.True(refused > sent / 2, report[^1]);
            Assert.True(during < before * 1.25, string.Join('\n', report));
        }
    }

    /// <summary>Ten requests a second, reads and writes in turn, each of which must succeed; how long each took, in ms.</summary>
    private static async Task<List<double>> WorkAsync(ApiClient api, string buyer, TimeSpan duration)
    {
        var took = new List<double>();
        var watch = Stopwatch.StartNew();
        for (var i = 0; watch.Elapsed < duration; i++)
        {
            var began = watch.Elapsed;
            if (i % 2 == 0) (await api.GetAsync("/v1/payments?limit=10")).Must(200);
            else (await api.QuoteAsync(buyer, "card", "USD")).Must(201);
            took.Add((watch.Elapsed - began).TotalMilliseconds);
            if (began + TimeSpan.FromMilliseconds(100) - watch.Elapsed is { Ticks: > 0 } rest) await Task.Delay(rest, Cancellation);
        }

        return took;
    }

    private static async Task<(int Sent, int Refused)> FloodAsync(ApiClient api, string buyer, int perSecond, TimeSpan duration)
    {
        var answers = new List<Task<Answer>>();
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < duration)
        {
            for (var due = (int)(watch.Elapsed.TotalSeconds * perSecond); answers.Count < due;)
                answers.Add(answers.Count % 2 == 0 ? api.GetAsync("/v1/ledger/balances") : api.PostAsync("/v1/eligibility-checks", new JsonObject { ["buyer_id"] = buyer, ["order"] = ApiClient.Order(ApiClient.NewOrder(), 1_000_00) }));
            await Task.Delay(10, Cancellation);
        }

        var all = await Task.WhenAll(answers);
        Assert.All(all, answer => Assert.True(answer.Status < 500, answer.Text));
        return (all.Length, all.Count(answer => answer.Status == 429));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
