using System.Globalization;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Benchmarks.EndToEnd;
using PaymentOrchestrator.Benchmarks.Floor;
using PaymentOrchestrator.Benchmarks.Load;
using PaymentOrchestrator.Benchmarks.World;

namespace PaymentOrchestrator.Benchmarks.Scale;

/// <summary>
/// The same load of payments on databases that differ in nothing but how many payments they hold, each with an instance of the API of its own, in turn: what
/// changes on the machine from minute to minute changes all.
/// </summary>
internal sealed class ScaleBenchmark(Options options)
{
    public static readonly string[] Known = ["--sizes", "--seconds", "--clients", "--rounds", "--warm-up", "--api", "--json"];

    // What must be left on the disk for what is written while measuring.
    private const double SpareBytes = 10e9;

    private readonly IReadOnlyList<int> sizes = options.Numbers("--sizes", 10_000, 1_000_000, 10_000_000);
    private readonly int clients = options.Number("--clients", 16);
    private readonly int seconds = options.Number("--seconds", 10);
    private readonly int rounds = options.Number("--rounds", 3);
    private readonly int warmUpSeconds = options.Number("--warm-up", 15);

    private sealed record Sized(int Payments, ApiUnderLoad Api, JsonObject Figures)
    {
        public List<(double PerSecond, LoadResult Result)> Runs { get; } = [];
    }

    public async Task RunAsync()
    {
        var figures = new Figures();
        await using var world = await BenchWorld.StartAsync(options.Text("--api"));
        Machine.Describe(figures, world, $"scale --sizes {string.Join(',', sizes)} --seconds {seconds} --clients {clients} --rounds {rounds} --warm-up {warmUpSeconds}");
        var recording = await Recording.TakeAsync(world);
        var (settling, _, _) = await world.StartApiAsync(world.Database);
        await recording.WaitUntilSettledAsync(world.Database);
        settling.Dispose();

        var all = new List<Sized>();
        var notRun = new JsonArray();
        foreach (var size in sizes.Order())
        {
            if (Refusal(world, size, all) is { } why)
            {
                Console.WriteLine(why);
                notRun.Add((JsonNode)why);
                continue;
            }

            all.Add(await MakeAsync(world, recording, size));
        }

        foreach (var sized in all)
        {
            var part = TimeSpan.FromSeconds(warmUpSeconds / 2.0);
            var (rate, _) = await sized.Api.PayAsync(clients, part, 1000);
            await sized.Api.PayAsync(clients, part, rate);
        }

        await RunRoundsAsync(all);
        foreach (var sized in all)
        {
            sized.Figures["payments_per_s"] = Figures.Number(Figures.Median(sized.Runs.Select(run => run.PerSecond)));
            sized.Figures["p50_ms"] = Figures.Number(Figures.Median(sized.Runs.Select(run => run.Result.Percentile(0.5))));
            sized.Figures["p99_ms"] = Figures.Number(Figures.Median(sized.Runs.Select(run => run.Result.Percentile(0.99))));
            figures.Add($"payments_per_s_at_{sized.Payments.ToString(CultureInfo.InvariantCulture)}", sized.Figures["payments_per_s"]!.GetValue<double>());
        }

        figures.Add("sizes", new JsonArray([.. all.Select(sized => (JsonNode)sized.Figures)]));
        figures.Add("not_run", notRun);
        figures.Add("large_over_small", Figures.Median(all[0].Runs.Zip(all[^1].Runs, (small, large) => large.PerSecond / small.PerSecond)));
        figures.Add("bytes_per_payment", all[^1].Figures["bytes_per_payment"]!.GetValue<double>());
        figures.Add("bytes_per_payment_ending_by_age", all[^1].Figures["bytes_per_payment_ending_by_age"]!.GetValue<double>());
        figures.Add("errors", all.Sum(sized => sized.Api.Errors));
        foreach (var sized in all) sized.Api.Dispose();
        figures.Show(options.Text("--json"));
    }

    /// <summary>One size after the other, in every round; those whose turn it is not rest.</summary>
    private async Task RunRoundsAsync(List<Sized> all)
    {
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var sized in all)
            {
                var resting = all.Where(other => other != sized).Select(other => other.Api.Process.Suspend()).ToList();
                sized.Runs.Add(await sized.Api.PayAsync(clients, TimeSpan.FromSeconds(seconds), sized.Runs.LastOrDefault().PerSecond is > 0 and var rate ? rate : 1500));
                foreach (var process in resting) process.Dispose();
                Console.WriteLine($"round {round}: {sized.Runs[^1].PerSecond:N0} payments/s at {sized.Payments:N0} stored");
            }
        }
    }

    private static async Task<Sized> MakeAsync(BenchWorld world, Recording recording, int size)
    {
        var name = $"stored_{size.ToString(CultureInfo.InvariantCulture)}";
        await LeaveAloneAsync(world.Database);
        world.Database.Other("postgres").Execute($"create database {name} template {world.Database.Address.Database}");
        var database = world.Database.Other(name);
        var empty = database.Bytes();
        var took = new Filler(database, recording).Fill(size);
        var byAge = database.Scalar<decimal>("select sum(pg_total_relation_size(t)) from unnest(array['events', 'idempotency_keys']::regclass[]) t");
        var kept = Math.Max(1, size / 10);
        var figures = new JsonObject
        {
            ["stored"] = size,
            ["fill_s"] = Figures.Number(took.TotalSeconds),
            ["database_gb"] = Figures.Number(database.Bytes() / 1e9),
            ["bytes_per_payment"] = Figures.Number((double)(database.Bytes() - empty - byAge) / size),
            ["bytes_per_payment_ending_by_age"] = Figures.Number((double)byAge / kept),
        };
        Console.WriteLine($"{size:N0} payments stored in {took.TotalSeconds:N0} s, {database.Bytes() / 1e9:N2} GB");
        var (process, port, _) = await world.StartApiAsync(database);
        return new Sized(size, new ApiUnderLoad(world, database, recording, process, port), figures);
    }

    /// <summary>A database that someone is connected to is no template; a process that was ended has sessions for a moment longer.</summary>
    private static async Task LeaveAloneAsync(BenchDatabase database)
    {
        var server = database.Other("postgres");
        while (server.Scalar<long>($"select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '{database.Address.Database}'") > 0) await Task.Delay(100);
    }

    /// <summary>Why a size cannot be run; null when it can.</summary>
    private static string? Refusal(BenchWorld world, int size, List<Sized> smaller)
    {
        if (smaller.Count == 0) return null;
        var needed = smaller[^1].Figures["database_gb"]!.GetValue<double>() * 1e9 / smaller[^1].Payments * size;
        var free = new DriveInfo(world.Database.Scalar<string>("show data_directory")).AvailableFreeSpace;
        return needed + SpareBytes < free ? null : $"{size:N0} payments were not run: they take about {needed / 1e9:N0} GB, and {free / 1e9:N0} GB are free.";
    }
}
