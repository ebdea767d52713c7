using System.Diagnostics;
using PaymentOrchestrator.Benchmarks.Floor;
using PaymentOrchestrator.Benchmarks.Load;
using PaymentOrchestrator.Benchmarks.World;

namespace PaymentOrchestrator.Benchmarks.EndToEnd;

/// <summary>
/// Quotes or payments and their floor in turn: what changes on the machine from minute to minute changes both. Quotes come first, for a payment is followed to its
/// settlement after its time: that work would count against quotes, while the floor has the machine for itself.
/// </summary>
internal sealed class Rounds(BenchWorld world, ApiUnderLoad api, FloorRun floor, int clients, int seconds)
{
    private sealed record PaymentRound(double Payments, double Floor, LoadResult Result, IReadOnlyDictionary<string, double> Cpu, double WalBytes, double WalSyncs);

    public async Task QuotesAsync(int number, Figures figures)
    {
        var time = TimeSpan.FromSeconds(seconds);
        var rounds = new List<(double Quotes, double Floor)>();
        for (var i = 1; i <= number; i++)
        {
            api.Requests.DropQuotes();
            world.Database.Execute("checkpoint;");
            var stored = world.Database.CountQuotes();
            var result = api.Checked(await api.Load(clients).ClosedAsync(() => api.Requests.Quote("card", "USD"), 201, time, api.Requests.Keep));
            stored = world.Database.CountQuotes() - stored;
            rounds.Add((stored / result.Elapsed.TotalSeconds, await floor.QuotesAsync(api.Process, seconds)));
            Console.WriteLine($"round {i}: quotes {rounds[^1].Quotes:N0}/s of {rounds[^1].Floor:N0}");
        }

        figures.Add("quotes_per_s", Figures.Median(rounds.Select(round => round.Quotes)));
        figures.Add("quote_floor_per_s", Figures.Median(rounds.Select(round => round.Floor)));
        figures.Add("quotes_over_floor", Figures.Median(rounds.Select(round => round.Quotes / round.Floor)));
    }

    /// <param name="expectedPerSecond">How many there may be, for the quotes that are written before.</param>
    /// <returns>The median of payments per second.</returns>
    public async Task<double> PaymentsAsync(int number, double expectedPerSecond, Figures figures)
    {
        var rounds = new List<PaymentRound>();
        for (var i = 1; i <= number; i++)
        {
            var round = await PayAsync(expectedPerSecond);
            rounds.Add(round);
            Console.WriteLine($"round {i}: payments {round.Payments:N0}/s of {round.Floor:N0}");
        }

        double Median(Func<PaymentRound, double> of) => Figures.Median(rounds.Select(of));
        var peak = Median(round => round.Payments);
        figures.Add("payments_per_s", peak);
        figures.Add("floor_per_s", Median(round => round.Floor));
        figures.Add("payments_over_floor", Median(round => round.Payments / round.Floor));
        figures.Add("cpu_ms_per_payment", Median(round => round.Cpu.Values.Sum()));
        foreach (var part in rounds[0].Cpu.Keys) figures.Add($"cpu_ms_per_payment_{part}", Median(round => round.Cpu[part]));
        figures.Add("wal_bytes_per_payment", Median(round => round.WalBytes));
        figures.Add("fsyncs_per_payment", Median(round => round.WalSyncs));
        double[] latencies = [.. rounds.SelectMany(round => round.Result.Latencies).Order()];
        figures.AddLatency("latency_ms", latencies);
        figures.AddHistogram("latency_histogram", latencies);
        return peak;
    }

    private async Task<PaymentRound> PayAsync(double expectedPerSecond)
    {
        api.MakeQuotes(expectedPerSecond * 2 * seconds + 1000);
        var paid = world.Database.CountPayments();
        var (wal, cpu) = (world.Database.Wal(), Cpu());
        var result = api.Checked(await api.Load(clients).ClosedAsync(api.Requests.Pay, 201, TimeSpan.FromSeconds(seconds)));
        var (walAfter, cpuAfter) = (world.Database.Wal(), Cpu());
        paid = world.Database.CountPayments() - paid;
        if (api.Requests.QuotesLeft == 0) Console.WriteLine("All quotes were paid before the time was over; the rate is that of the time they lasted.");
        return new PaymentRound(
            paid / result.Elapsed.TotalSeconds, await floor.PaymentsAsync(api.Process, seconds), result,
            cpu.Keys.ToDictionary(part => part, part => (cpuAfter[part] - cpu[part]) / paid, StringComparer.Ordinal), (walAfter.Bytes - wal.Bytes) / paid, (walAfter.Syncs - wal.Syncs) / paid);
    }

    /// <summary>Milliseconds so far, by process. The load generator's share is part of the machine's work and none of the product's.</summary>
    private Dictionary<string, double> Cpu() => new(StringComparer.Ordinal)
    {
        ["api"] = api.Process.CpuMilliseconds(),
        ["postgres"] = ChildProcess.CpuOfTree(world.PostmasterId),
        ["stub"] = world.Stub.CpuMilliseconds(),
        ["load"] = Process.GetCurrentProcess().TotalProcessorTime.TotalMilliseconds,
    };
}
