using System.Text;
using PaymentOrchestrator.Benchmarks.Floor;
using PaymentOrchestrator.Benchmarks.Load;
using PaymentOrchestrator.Benchmarks.World;

namespace PaymentOrchestrator.Benchmarks.EndToEnd;

/// <summary>
/// Everything on one machine, in one run: the API as it ships in a process of its own, PostgreSQL with durability on, providers that answer at once, load over
/// HTTP; and in turn with it pgbench with the statements that the API was seen to send.
/// </summary>
internal sealed class EndToEndBenchmark(Options options)
{
    public static readonly string[] Known = ["--seconds", "--clients", "--rounds", "--warm-up", "--phases", "--api", "--json"];

    private static readonly string[] AllPhases = ["one", "half", "reads", "methods", "sweep", "skew"];
    private static readonly int[] SweptClients = [1, 2, 4, 8, 16, 32];

    private readonly int clients = options.Number("--clients", 16);
    private readonly int seconds = options.Number("--seconds", 15);
    private readonly int warmUpSeconds = options.Number("--warm-up", 15);
    private readonly int rounds = options.Number("--rounds", 3);
    private readonly string[] phases = options.Text("--phases")?.Split(',') ?? AllPhases;
    private readonly Figures figures = new();

    private TimeSpan Time => TimeSpan.FromSeconds(seconds);

    /// <summary>Of what is measured once and beside the bars.</summary>
    private TimeSpan ShortTime => TimeSpan.FromSeconds(Math.Max(2, seconds / 3));

    public async Task RunAsync()
    {
        if (phases.FirstOrDefault(phase => phase is not ("none" or "one" or "half" or "reads" or "methods" or "sweep" or "skew")) is { } unknown)
            throw new ArgumentException($"There is no phase {unknown}: {string.Join(", ", AllPhases)}, none.");
        await using var world = await BenchWorld.StartAsync(options.Text("--api"));
        Machine.Describe(figures, world, $"e2e --seconds {seconds} --clients {clients} --rounds {rounds} --warm-up {warmUpSeconds}");
        var recording = await Recording.TakeAsync(world);
        figures.Add("round_trips_per_payment", recording.PaymentTrips.Count);
        figures.Add("statements_per_payment", recording.PaymentTrips.Sum(trip => trip.Count));
        figures.Add("round_trips_per_quote", recording.QuoteTrips.Count);
        figures.Add("start_to_ready_ms", await StartToReadyAsync(world));

        var (process, port, _) = await world.StartApiAsync(world.Database);
        using var api = new ApiUnderLoad(world, world.Database, recording, process, port);
        await CheckAsync(api);
        var floor = new FloorRun(world, recording, clients);
        await floor.ChooseThreadsAsync(process, Math.Min(seconds, 3));
        figures.Add("floor_threads", floor.Threads);
        var inTurn = new Rounds(world, api, floor, clients, seconds);
        await WarmUpQuotesAsync(api);
        await inTurn.QuotesAsync(rounds, figures);
        var peak = await inTurn.PaymentsAsync(rounds, await WarmUpPaymentsAsync(api), figures);

        if (phases.Contains("one")) await OneClientAsync(world, api);
        if (phases.Contains("half")) await HalfPeakAsync(world, api, peak);
        if (phases.Contains("reads")) await ReadsAsync(api);
        if (phases.Contains("methods")) await MethodsAsync(api);
        if (phases.Contains("sweep")) await SweepAsync(api, peak);
        if (phases.Contains("skew")) await SkewAsync(api, peak);

        figures.Add("rss_mb", process.PeakResidentMegabytes());
        figures.Add("errors", api.Errors);
        figures.Add("ledger_violations", await LedgerViolationsAsync(world, api));
        figures.Show(options.Text("--json"));
    }

    private static async Task<double> StartToReadyAsync(BenchWorld world)
    {
        var times = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            var (process, _, readyAfter) = await world.StartApiAsync(world.Database);
            process.Dispose();
            times.Add(readyAfter);
        }

        return Figures.Median(times);
    }

    /// <summary>All methods must be open to the buyers: a refusal is quick and says nothing.</summary>
    private static async Task CheckAsync(ApiUnderLoad api)
    {
        using var connection = new HttpConnection(api.Server);
        await connection.ConnectAsync();
        foreach (var buyer in new[] { BenchIds.FirstBuyer, BenchIds.FirstBuyer + BenchIds.AllBuyers - 1 })
        {
            var status = await connection.SendAsync(api.Requests.Eligibility(buyer).Bytes);
            var answer = Encoding.UTF8.GetString(connection.Body);
            if (status != 201 || answer.Contains("\"eligible\":false", StringComparison.Ordinal)) throw new InvalidOperationException($"Not every method is open: {status} {answer}");
        }
    }

    private async Task WarmUpQuotesAsync(ApiUnderLoad api) =>
        api.Checked(await api.Load(clients).ClosedAsync(() => api.Requests.Quote("card", "USD"), 201, TimeSpan.FromSeconds(warmUpSeconds)));

    /// <summary>Pays the quotes of the last round, then as many as it seems to take.</summary>
    /// <returns>Payments per second.</returns>
    private async Task<double> WarmUpPaymentsAsync(ApiUnderLoad api)
    {
        var part = TimeSpan.FromSeconds(warmUpSeconds / 2.0);
        var result = api.Checked(await api.Load(clients).ClosedAsync(api.Requests.Pay, 201, part));
        var (perSecond, _) = await api.PayAsync(clients, part, result.PerSecond);
        return perSecond;
    }

    /// <summary>One request at a time: how long it takes, not how many there are.</summary>
    private async Task OneClientAsync(BenchWorld world, ApiUnderLoad api)
    {
        api.MakeQuotes(2000 * seconds);
        var (result, own) = await OwnLatency.MeasureAsync(world.StubPort, () => api.Load(1).ClosedAsync(api.Requests.Pay, 201, Time));
        api.Checked(result);
        figures.AddLatency("own_latency_ms", own);
        figures.AddLatency("one_client_latency_ms", result.Latencies);
        figures.AddHistogram("own_latency_histogram", own);
    }

    private async Task HalfPeakAsync(BenchWorld world, ApiUnderLoad api, double peak)
    {
        api.MakeQuotes(peak * seconds);
        // More connections than can be busy, so that no request has to wait for one.
        var (result, own) = await OwnLatency.MeasureAsync(world.StubPort, () => api.Load(clients * 4).OpenAsync(api.Requests.Pay, 201, peak / 2, Time));
        api.Checked(result);
        figures.Add("half_peak_per_s", result.PerSecond);
        figures.AddLatency("half_peak_own_latency_ms", own);
        figures.AddLatency("half_peak_latency_ms", result.Latencies);
        figures.AddHistogram("half_peak_own_latency_histogram", own);
    }

    private async Task ReadsAsync(ApiUnderLoad api)
    {
        figures.Add("options_per_s", api.Checked(await api.Load(clients).ClosedAsync(() => api.Requests.Options(), 201, ShortTime)).PerSecond);
        figures.Add("eligibility_per_s", api.Checked(await api.Load(clients).ClosedAsync(() => api.Requests.Eligibility(), 201, ShortTime)).PerSecond);
        figures.Add("constant_per_s", api.Checked(await api.Load(clients).ClosedAsync(() => api.Requests.Constant(), 200, ShortTime)).PerSecond);
    }

    /// <summary>The methods with RSA signatures on both sides.</summary>
    private async Task MethodsAsync(ApiUnderLoad api)
    {
        foreach (var (method, currency) in new[] { ("world_pay", "USD"), ("alipay", "CNY") })
        {
            api.Requests.DropQuotes();
            api.Checked(await api.Load(clients).ClosedAsync(() => api.Requests.Quote(method, currency), 201, ShortTime, api.Requests.Keep));
            figures.Add($"{method}_payments_per_s", api.Checked(await api.Load(clients).ClosedAsync(api.Requests.Pay, 201, ShortTime)).PerSecond);
        }
    }

    private async Task SweepAsync(ApiUnderLoad api, double peak)
    {
        var sweep = new System.Text.Json.Nodes.JsonArray();
        foreach (var number in SweptClients)
        {
            var (perSecond, result) = await api.PayAsync(number, ShortTime, peak);
            sweep.Add((System.Text.Json.Nodes.JsonNode)new System.Text.Json.Nodes.JsonObject
            {
                ["clients"] = number,
                ["payments_per_s"] = Figures.Number(perSecond),
                ["p50_ms"] = Figures.Number(result.Percentile(0.5)),
                ["p99_ms"] = Figures.Number(result.Percentile(0.99)),
            });
            Console.WriteLine($"{number} clients: {perSecond:N0} payments/s");
        }

        figures.Add("clients_sweep", sweep);
    }

    /// <summary>In turn, so that what changes on the machine changes both.</summary>
    private async Task SkewAsync(ApiUnderLoad api, double peak)
    {
        foreach (var (name, uniform, skewed) in new[]
        {
            ("skewed_buyer_over_uniform", BuyerChoice.Uniform, BuyerChoice.OneBuyerHasHalf),
            ("skewed_marketplace_over_uniform", BuyerChoice.AllMarketplaces, BuyerChoice.OneMarketplaceHasHalf),
        })
        {
            var ratios = new List<double>();
            for (var round = 0; round < rounds; round++)
            {
                var (even, _) = await api.PayAsync(clients, ShortTime, peak, uniform);
                var (uneven, _) = await api.PayAsync(clients, ShortTime, peak, skewed);
                ratios.Add(uneven / even);
            }

            figures.Add(name, Figures.Median(ratios));
        }
    }

    /// <summary>The books of each marketplace that was paid at.</summary>
    private static async Task<double> LedgerViolationsAsync(BenchWorld world, ApiUnderLoad api)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(10) };
        var violations = 0L;
        foreach (var key in world.Keys.Values)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(api.Server, "/v1/ledger/proof"));
            request.Headers.Authorization = new("Bearer", key);
            using var answer = await http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"The ledger proof was refused: {text}");
            using var proof = System.Text.Json.JsonDocument.Parse(text);
            violations += proof.RootElement.GetProperty("violations").GetInt64();
        }

        return violations;
    }
}
