using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Refunds;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Limits;

/// <summary>What one marketplace does to another on the same instance.</summary>
public sealed class FairnessTests(TestSystem system)
{
    /// <summary>Of reads, and of writes, a second: little enough that this machine has no trouble with what is within it.</summary>
    private const int Quota = 20;

    /// <summary>In which ten times the quota, less what comes in, uses up ten seconds' worth.</summary>
    private static readonly TimeSpan Spending = TimeSpan.FromSeconds(1.5);

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
        // By its shard: rows of one are locked on a cluster, too.
        var shard = (await system.Database.RowsAsync("select shard_key from payments where id = $1", Database.Uuid(payment.Id))).Single();
        await using (var hold = new NpgsqlCommand($"select 1 from payments where id = $1 and shard_key = {shard} for update", owner, transaction))
        {
            hold.Parameters.AddWithValue(Database.Uuid(payment.Id));
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
    /// By hand: <c>PO_FAIRNESS_SECONDS</c> is how long each window takes. Windows in which one marketplace works alone and such in which another sends ten times its quota
    /// take turns, each before the other as often as behind it, so that what else the machine does falls on both alike. The cores are kept awake in both: one that has gone to
    /// sleep answers later than one that is at work, and would have the other marketplace's requests look like a help.
    /// </summary>
    [Fact]
    public async Task Ten_times_its_quota_from_one_marketplace_does_not_move_anothers_median_by_a_quarter()
    {
        if (Environment.GetEnvironmentVariable("PO_FAIRNESS_SECONDS") is not { } seconds) return;
        var window = TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture));
        using var awake = new AwakeCores();
        await using var instance = await ApiProcess.StartAsync(
            system, ("RateLimits:Enabled", "true"), ("RateLimits:MarketplaceReads", $"{Quota}"), ("RateLimits:MarketplaceWrites", $"{Quota}"), ("RateLimits:KeyReads", $"{Quota}"), ("RateLimits:KeyWrites", $"{Quota}"));
        var (loud, quiet) = (await system.NewMarketplaceAsync(), await system.NewMarketplaceAsync());
        var worker = system.ClientWith(quiet.TestKey, instance.Url);
        var requests = Flood(loud.TestKey, await loud.Test.BuyerAsync());
        var buyer = await quiet.Test.BuyerAsync();
        // Everything is compiled and prepared before anything is measured.
        await Task.WhenAll(WorkAsync(worker, buyer, window), FloodAsync(instance.Url, requests, window));
        var (report, moved) = (new List<string>(), new List<double>());
        for (var run = 1; run <= 3; run++)
        {
            var (alone, beside) = (new List<double>(), new List<double>());
            var (sent, refused) = (0, 0);
            for (var turn = 0; turn < 6; turn++)
            {
                if (turn % 2 == 0) alone.AddRange(await WorkAsync(worker, buyer, window));
                // What was saved up meanwhile is spent first: from then on nine requests of ten are one too many.
                await FloodAsync(instance.Url, requests, Spending);
                var flood = FloodAsync(instance.Url, requests, window);
                beside.AddRange(await WorkAsync(worker, buyer, window));
                var (more, moreRefused) = await flood;
                (sent, refused) = (sent + more, refused + moreRefused);
                if (turn % 2 == 1) alone.AddRange(await WorkAsync(worker, buyer, window));
            }

            var (before, during) = (Median(alone), Median(beside));
            report.Add(string.Create(CultureInfo.InvariantCulture,
                $"Run {run}: {alone.Count + beside.Count} requests, all served; median {before:0.00} ms alone, {during:0.00} ms beside {sent / (6 * window.TotalSeconds):0} requests a second of which {refused} of {sent} were refused: {(during / before) - 1:+0%;-0%}."));
            moved.Add(during / before);
            Console.WriteLine(report[^1]);
            Assert.True(sent > 6 * window.TotalSeconds * 20 * Quota * 0.9 && refused > sent * 0.85, report[^1]);
        }

        Assert.All(moved, by => Assert.True(by is > 0.75 and < 1.25, string.Join('\n', report)));
    }

    /// <summary>Twenty requests a second, reads and writes in turn, each of which must succeed; how long each took, in ms.</summary>
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
            if (began + TimeSpan.FromMilliseconds(50) - watch.Elapsed is { Ticks: > 0 } rest) await Task.Delay(rest, Cancellation);
        }

        return took;
    }

    /// <summary>A read and a write as bytes: who makes them anew each time takes more of the machine than the instance does by refusing them.</summary>
    private static byte[][] Flood(string key, string buyer)
    {
        var body = new JsonObject { ["buyer_id"] = buyer, ["order"] = ApiClient.Order(ApiClient.NewOrder(), 1_000_00) }.ToJsonString();
        var head = $"HTTP/1.1\r\nHost: api.example\r\nAuthorization: Bearer {key}\r\n";
        return
        [
            Encoding.ASCII.GetBytes($"GET /v1/ledger/balances {head}\r\n"),
            Encoding.ASCII.GetBytes($"POST /v1/eligibility-checks {head}Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"),
        ];
    }

    /// <summary>Ten times the quota of reads and ten times that of writes, on a few connections.</summary>
    private static async Task<(int Sent, int Refused)> FloodAsync(Uri url, byte[][] requests, TimeSpan duration)
    {
        const int lines = 16;
        var (sent, refused) = (0, 0);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, lines).Select(async line =>
        {
            using var http = new RawHttp(url);
            for (var i = 0; ; i++)
            {
                var due = TimeSpan.FromSeconds((i + (line / (double)lines)) * lines / (20.0 * Quota));
                if (due > duration) return;
                if (due - watch.Elapsed is { Ticks: > 0 } rest) await Task.Delay(rest, Cancellation);
                var answer = await http.SendAsync(requests[line % 2], isHead: false, Cancellation);
                Assert.True(answer.Status < 500, answer.Body);
                Interlocked.Increment(ref sent);
                if (answer.Status == 429) Interlocked.Increment(ref refused);
            }
        }));
        return (sent, refused);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>A process for each core that does nothing, and gives way to whoever has something to do: of the lowest priority, as is the group that it makes for itself.</summary>
    private sealed class AwakeCores : IDisposable
    {
        private readonly List<Process> idlers = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Process.Start(
            "setsid", ["nice", "-n", "19", "sh", "-c", "echo 19 > /proc/self/autogroup; while :; do :; done"]))];

        public void Dispose()
        {
            foreach (var idler in idlers)
            {
                idler.Kill();
                idler.Dispose();
            }
        }
    }
}
