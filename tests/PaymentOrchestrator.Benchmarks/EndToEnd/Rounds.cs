using System.Diagnostics;
using PaymentOrchestrator.Benchmarks.Floor;
using PaymentOrchestrator.Benchmarks.Load;
using PaymentOrchestrator.Benchmarks.World;

namespace PaymentOrchestrator.Benchmarks.EndToEnd;

/// <summary>Quotes and payments, each beside its floor, in turn: what changes on the machine from minute to minute changes both.</summary>
internal sealed class Rounds(BenchWorld world, ApiUnderLoad api, FloorRun floor, int clients, int seconds)
{
    private sealed record Round(
        double Quotes, double QuoteFloor, double Payments, double PaymentFloor, LoadResult Result, IReadOnlyDictionary<string, double> Cpu, double WalBytes, double WalSyncs);

    /// <returns>The median of payments per second.</returns>
    public async Task<double> RunAsync(int number, Figures figures)
    {
        var rounds = new List<Round>();
        for (var i = 1; i <= number; i++)
        {
            var round = await RunOneAsync();
            rounds.Add(round);
            Console.WriteLine($"round {i}: quotes {round.Quotes:N0}/s of {round.QuoteFloor:N0}, payments {round.Payments:N0}/s of {round.PaymentFloor:N0}");
        }

        double Median(Func<Round, double> of) => Figures.Median(rounds.Select(of));
        var peak = Median(round => round.Payments);
        figures.Add("payments_per_s", peak);
        figures.Add("floor_per_s", Median(round => round.PaymentFloor));
        figures.Add("payments_over_floor", Median(round => round.Payments / round.PaymentFloor));
        figures.Add("quotes_per_s", Median(round => round.Quotes));
        figures.Add("quote_floor_per_s", Median(round => round.QuoteFloor));
        figures.Add("quotes_over_floor", Median(round => round.Quotes / round.QuoteFloor));
        figures.Add("cpu_ms_per_payment", Median(round => round.Cpu.Values.Sum()));
        foreach (var part in rounds[0].Cpu.Keys) figures.Add($"cpu_ms_per_payment_{part}", Median(round => round.Cpu[part]));
        figures.Add("wal_bytes_per_payment", Median(round => round.WalBytes));
        figures.Add("fsyncs_per_payment", Median(round => round.WalSyncs));
        double[] latencies = [.. rounds.SelectMany(round => round.Result.Latencies).Order()];
        figures.AddLatency("latency_ms", latencies);
        figures.AddHistogram("latency_histogram", latencies);
        return peak;
    }

    private async Task<Round> RunOneAsync()
    {
        var time = TimeSpan.FromSeconds(seconds);
        api.Requests.DropQuotes();
        world.Database.Execute("checkpoint;");
        var stored = world.Database.CountQuotes();
        var quotes = api.Checked(await api.Load(clients).ClosedAsync(() => api.Requests.Quote("card", "USD"), 201, time, api.Requests.Keep));
        stored = world.Database.CountQuotes() - stored;
        var quoteFloor = await floor.QuotesAsync(api.Process, seconds);

        world.Database.Execute("checkpoint;");
        var paid = world.Database.CountPayments();
        var (wal, cpu) = (world.Database.Wal(), Cpu());
        var payments = api.Checked(await api.Load(clients).ClosedAsync(api.Requests.Pay, 201, time));
        var (walAfter, cpuAfter) = (world.Database.Wal(), Cpu());
        paid = world.Database.CountPayments() - paid;
        if (api.Requests.QuotesLeft == 0) Console.WriteLine("All quotes were paid before the time was over; the rate is that of the time they lasted.");
        var paymentFloor = await floor.PaymentsAsync(api.Process, seconds);
        return new Round(
            stored / quotes.Elapsed.TotalSeconds, quoteFloor, paid / payments.Elapsed.TotalSeconds, paymentFloor, payments,
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
