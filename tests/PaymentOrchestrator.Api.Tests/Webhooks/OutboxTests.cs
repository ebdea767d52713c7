using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Webhooks;

/// <summary>Every event that was committed goes out, whenever that was and whoever died meanwhile; none goes out that was not.</summary>
public sealed class OutboxTests(WebhookServer server)
{
    private const int Writers = 50;

    /// <summary>The bars' figures are run by setting these; what is run every time is the same in small.</summary>
    private static readonly int Events = Setting("PO_WEBHOOK_EVENTS", 5_000);

    private static readonly int Kills = Setting("PO_WEBHOOK_KILLS", 3);

    /// <summary>
    /// Where a busy machine lets an attempt run out of its time, the receiver being as slow as everything else, that is a failure like any other: in earnest the third
    /// attempt would be minutes later, and five in a row would leave one probe in half a minute.
    /// </summary>
    private static readonly string[] SoonAgain = ["--Webhooks:TimeScale=0.01", "--Webhooks:ProbeEvery=00:00:01"];

    /// <summary>And what a dead dispatcher had in hand is due again soon.</summary>
    private static readonly string[] ShortLease = [.. SoonAgain, "--Webhooks:Lease=00:00:01"];

    [Fact]
    public async Task Writers_that_commit_late_are_not_skipped_and_what_was_undone_is_not_sent()
    {
        await using var lab = await WebhookLab.StartAsync(server, null, SoonAgain);
        await lab.StartInstanceAsync(null, SoonAgain);
        await lab.StartInstanceAsync(null, SoonAgain);
        await using var receiver = await Receiver.StartAsync();
        await lab.EndpointAsync(receiver.Url);
        await using var writer = new Writer(lab.ConnectionString);
        var (committed, undone) = await WriteAsync(writer, Events);

        await AllArriveAsync(lab, receiver, committed);
        var got = receiver.Deliveries.Select(delivery => delivery.Id).ToHashSet();
        TestContext.Current.TestOutputHelper!.WriteLine($"{committed.Count} committed, {undone.Count} undone, {receiver.Deliveries.Count} deliveries by three instances");
        Assert.Empty(committed.Except(got));
        Assert.Empty(undone.Intersect(got));
        Assert.Equal(["0"], await lab.Database.RowsAsync("select count(*) from events where dispatched_at is null"));
    }

    [Fact]
    public async Task A_dispatcher_that_is_killed_again_and_again_loses_nothing()
    {
        await using var lab = await WebhookLab.StartAsync(server, null, "--Webhooks:Dispatch=false");
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = context => Task.Delay(Random.Shared.Next(20), context.RequestAborted);
        await lab.EndpointAsync(receiver.Url);
        await using var writer = new Writer(lab.ConnectionString);
        var writing = new List<Task<(HashSet<string> Committed, HashSet<string> Undone)>>();
        for (var i = 0; i < Kills; i++)
        {
            var before = receiver.Deliveries.Count;
            // Of its own for each, so that every one dies in the middle of its work; it has no chance to tidy up.
            writing.Add(WriteAsync(writer, 200));
            using var dispatcher = StartProcess(lab);
            await Eventually.TrueAsync(() => receiver.Deliveries.Count >= before + 30, () => $"Dispatcher {i + 1} delivered {receiver.Deliveries.Count - before} in five minutes.", seconds: 300);
            await Task.Delay(Random.Shared.Next(50), TestContext.Current.CancellationToken);
            dispatcher.Kill(entireProcessTree: true);
            await dispatcher.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var written = await Task.WhenAll(writing);
        var (committed, undone) = (written.SelectMany(one => one.Committed).ToHashSet(), written.SelectMany(one => one.Undone).ToHashSet());
        var killedAt = receiver.Deliveries.Count;
        await lab.StartInstanceAsync(null, ShortLease);
        await AllArriveAsync(lab, receiver, committed);
        var got = receiver.Deliveries.Select(delivery => delivery.Id).ToArray();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{Kills} kills; {committed.Count} committed, {undone.Count} undone, {killedAt} deliveries before the last start, {got.Length} in all, {got.Length - got.Distinct().Count()} repeated");
        Assert.Empty(undone.Intersect(got));
    }

    /// <summary>However slow the machine is: it fails only when nothing has come for two minutes, and then says how each delivery stands.</summary>
    private static async Task AllArriveAsync(WebhookLab lab, Receiver receiver, HashSet<string> committed)
    {
        var arrived = 0;
        var still = Stopwatch.StartNew();
        while (receiver.Deliveries.Count < committed.Count || !committed.IsSubsetOf(receiver.Deliveries.Select(delivery => delivery.Id)))
        {
            if (receiver.Deliveries.Count > arrived) still.Restart();
            arrived = receiver.Deliveries.Count;
            if (still.Elapsed > TimeSpan.FromMinutes(2))
            {
                var stand = await lab.Database.RowsAsync("""
                    select count(*), status, attempts, coalesce(error, response_status::text) as came_of_it, min(next_at) - now() as due_in, max(claims) as claims
                    from webhook_deliveries group by 2, 3, 4 union all select count(*), 'waits for dispatch', 0, null, null, 0 from events where dispatched_at is null
                    """);
                Assert.Fail($"{receiver.Deliveries.Select(delivery => delivery.Id).Distinct().Count()} of {committed.Count} came, and for two minutes nothing.\n{string.Join('\n', stand)}");
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<(HashSet<string> Committed, HashSet<string> Undone)> WriteAsync(Writer writer, int events)
    {
        var committed = new ConcurrentBag<string>();
        var undone = new ConcurrentBag<string>();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            for (var left = events / Writers; left > 0;)
            {
                var count = Math.Min(left, Random.Shared.Next(1, 11));
                left -= count;
                var commit = Random.Shared.Next(10) > 0;
                foreach (var id in await writer.WriteAsync(count, TimeSpan.FromMilliseconds(Random.Shared.Next(200)), commit)) (commit ? committed : undone).Add(id);
            }
        }));
        return ([.. committed], [.. undone]);
    }

    /// <summary>The API as a process of its own, with a lease that ends soon after its death.</summary>
    private static Process StartProcess(WebhookLab lab)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "exec", "--runtimeconfig", Beside("PaymentOrchestrator.Api.Tests.runtimeconfig.json"), "--depsfile", Beside("PaymentOrchestrator.Api.Tests.deps.json"),
            Beside("PaymentOrchestrator.Api.dll"), .. lab.Arguments(ShortLease),
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static string Beside(string file) => Path.Combine(AppContext.BaseDirectory, file);

    private static int Setting(string name, int usual) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : usual;
}
