using System.Diagnostics;
using System.Globalization;
using System.Net;
using PaymentOrchestrator.AppHost;
using PaymentOrchestrator.Benchmarks.Floor;
using PaymentOrchestrator.Benchmarks.Load;

namespace PaymentOrchestrator.Benchmarks.EndToEnd;

/// <summary>
/// Everything on one machine, in one run: the API in a process of its own, PostgreSQL with durability on, providers that answer at once, load over HTTP;
/// and in turn with it pgbench with the statements that the API was seen to send.
/// </summary>
internal sealed class EndToEndBenchmark(BenchOptions options)
{
    /// <summary>The buyer whose statements are recorded: its shard is a number that no other parameter has.</summary>
    private const int RecordedBuyer = 777;

    private readonly List<(string Name, double Value)> figures = [];
    private long floorNumber;

    public async Task RunAsync()
    {
        await using var world = await BenchWorld.StartAsync();
        var (stubPort, apiPort) = (Ports.PickFree(), Ports.PickFree());
        using var stub = world.StartStub(stubPort);
        await WaitForStubAsync(stubPort);

        var floor = await RecordAsync(world, stubPort);
        Note("round_trips_per_payment", floor.PaymentTrips.Count);
        Note("statements_per_payment", floor.PaymentTrips.Sum(trip => trip.Count));
        Note("round_trips_per_quote", floor.QuoteTrips.Count);

        var started = Stopwatch.GetTimestamp();
        using var api = world.StartApi(apiPort, stubPort, world.Database.Port);
        await BenchWorld.WaitUntilReadyAsync(apiPort);
        Note("start_to_ready_ms", Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        var server = new Uri(BenchWorld.Url(apiPort));
        var requests = new Requests(server, world.ApiKey);
        var load = new LoadGenerator(server, options.Clients);
        var time = TimeSpan.FromSeconds(options.Seconds);

        await CheckAsync(server, requests);
        await WarmUpAsync(requests, load);

        var rounds = new List<Round>();
        for (var number = 1; number <= options.Rounds; number++)
        {
            var round = await RunRoundAsync(world, api, stub, floor, requests, load, time);
            rounds.Add(round);
            Console.WriteLine($"round {number}: quotes {round.Quotes.PerSecond:N0}/s of {round.QuoteFloor:N0}, payments {round.Payments.PerSecond:N0}/s of {round.PaymentFloor:N0}, {round.Payments.Errors + round.Quotes.Errors} errors");
        }

        Note("payments_per_s", Median(rounds, round => round.PaymentsStored / round.Payments.Elapsed.TotalSeconds));
        Note("floor_per_s", Median(rounds, round => round.PaymentFloor));
        Note("payments_over_floor", Median(rounds, round => round.PaymentsStored / round.Payments.Elapsed.TotalSeconds / round.PaymentFloor));
        Note("quotes_per_s", Median(rounds, round => round.Quotes.PerSecond));
        Note("quote_floor_per_s", Median(rounds, round => round.QuoteFloor));
        Note("quotes_over_floor", Median(rounds, round => round.Quotes.PerSecond / round.QuoteFloor));
        Note("cpu_ms_per_payment", Median(rounds, round => round.Cpu.Sum(part => part.Value)));
        foreach (var part in rounds[0].Cpu.Keys) Note($"cpu_ms_per_payment_{part}", Median(rounds, round => round.Cpu[part]));
        Note("wal_bytes_per_payment", Median(rounds, round => round.WalBytes));
        Note("fsyncs_per_payment", Median(rounds, round => round.WalSyncs));
        Note("latency_ms_p50", Median(rounds, round => round.Payments.Percentile(0.5)));
        Note("latency_ms_p99", Median(rounds, round => round.Payments.Percentile(0.99)));
        Note("latency_ms_p999", Median(rounds, round => round.Payments.Percentile(0.999)));
        Note("errors", rounds.Sum(round => round.Payments.Errors + round.Quotes.Errors));
        var peak = Median(rounds, round => round.Payments.PerSecond);

        await OneClientAsync(server, requests, time);
        await HalfPeakAsync(requests, load, peak, time);
        Note("options_per_s", (await load.ClosedAsync(() => requests.Options(), 200, time)) is { Done: > 0 } done ? done.PerSecond : (await load.ClosedAsync(() => requests.Options(), 201, time)).PerSecond);
        Note("eligibility_per_s", (await load.ClosedAsync(() => requests.Eligibility(), 201, time)).PerSecond);
        Note("constant_per_s", (await load.ClosedAsync(() => requests.Constant(), 200, time)).PerSecond);
        foreach (var (method, currency) in new[] { ("world_pay", "USD"), ("alipay", "CNY") })
        {
            await QuoteAsync(requests, load, method, currency, time);
            Note($"{method}_payments_per_s", (await load.ClosedAsync(requests.Pay, 201, time)).PerSecond);
        }

        Note("rss_mb", api.PeakResidentMegabytes());
        Note("ledger_violations", await LedgerViolationsAsync(server, world.ApiKey));
        Report();
    }

    private sealed record Round(
        LoadResult Quotes, double QuoteFloor, LoadResult Payments, long PaymentsStored, double PaymentFloor, IReadOnlyDictionary<string, double> Cpu, double WalBytes, double WalSyncs);

    private sealed record Recorded(
        IReadOnlyList<IReadOnlyList<RecordedStatement>> QuoteTrips, IReadOnlyList<IReadOnlyList<RecordedStatement>> PaymentTrips,
        Guid Quote, string Key);

    private async Task<Round> RunRoundAsync(
        BenchWorld world, ChildProcess api, ChildProcess stub, Recorded floor, Requests requests, LoadGenerator load, TimeSpan time)
    {
        requests.DropQuotes();
        var quotes = await load.ClosedAsync(() => requests.Quote("card", "USD"), 201, time, requests.Keep);
        var quoteFloor = await FloorAsync(world, api, floor.QuoteTrips, floor, paying: false);

        var before = (Payments: CountPayments(world), Wal: Wal(world), Api: api.CpuMilliseconds(), Stub: stub.CpuMilliseconds(), Postgres: ChildProcess.CpuOfTree(world.PostmasterId), Own: OwnCpu());
        var payments = await load.ClosedAsync(requests.Pay, 201, time);
        double done = payments.Done;
        var cpu = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["api"] = (api.CpuMilliseconds() - before.Api) / done,
            ["postgres"] = (ChildProcess.CpuOfTree(world.PostmasterId) - before.Postgres) / done,
            ["stub"] = (stub.CpuMilliseconds() - before.Stub) / done,
            ["load"] = (OwnCpu() - before.Own) / done,
        };
        var wal = Wal(world);
        var stored = CountPayments(world) - before.Payments;
        if (requests.QuotesLeft == 0) Console.WriteLine("All quotes were paid before the time was over; the rate is that of the time they lasted.");
        var paymentFloor = await FloorAsync(world, api, floor.PaymentTrips, floor, paying: true);
        return new Round(quotes, quoteFloor, payments, stored, paymentFloor, cpu, (wal.Bytes - before.Wal.Bytes) / done, (wal.Syncs - before.Wal.Syncs) / done);
    }

    /// <summary>Lets one quote and one payment go by the recorder, after others that made the API prepare its statements.</summary>
    private static async Task<Recorded> RecordAsync(BenchWorld world, int stubPort)
    {
        using var recorder = new WireRecorder(new IPEndPoint(IPAddress.Loopback, world.Database.Port));
        var port = Ports.PickFree();
        // Nothing runs beside the requests, so that what is recorded is theirs.
        using var api = world.StartApi(port, stubPort, recorder.Port, ("Payments__Resolver__Interval", "1.00:00:00"), ("Refunds__Resolver__Interval", "1.00:00:00"), ("Webhooks__Dispatch", "false"));
        await BenchWorld.WaitUntilReadyAsync(port);
        var server = new Uri(BenchWorld.Url(port));
        var requests = new Requests(server, world.ApiKey);
        using var connection = new HttpConnection(server);
        await connection.ConnectAsync();
        IReadOnlyList<IReadOnlyList<RecordedStatement>> quoteTrips = [], paymentTrips = [];
        var key = "";
        for (var i = 0; i < 10; i++)
        {
            await Task.Delay(200);
            recorder.Take();
            if (await connection.SendAsync(requests.Quote("card", "USD", RecordedBuyer)) != 201) throw Failed(connection);
            requests.Keep(connection.Body);
            quoteTrips = recorder.Take();
            var payment = requests.Pay()!;
            key = System.Text.Encoding.UTF8.GetString(payment).Split("Idempotency-Key: ")[1].Split('\r')[0];
            if (await connection.SendAsync(payment) != 201) throw Failed(connection);
            paymentTrips = recorder.Take();
        }

        return new Recorded(
            quoteTrips, paymentTrips, world.Scalar<Guid>($"select quote_id from payments where shard_key = {RecordedBuyer} order by id desc limit 1"), key);

        static InvalidOperationException Failed(HttpConnection connection) => new($"The recorded request was refused: {System.Text.Encoding.UTF8.GetString(connection.Body)}");
    }

    private async Task<double> FloorAsync(BenchWorld world, ChildProcess api, IReadOnlyList<IReadOnlyList<RecordedStatement>> trips, Recorded floor, bool paying)
    {
        var (script, variables) = PgbenchScript.Write(
            trips, new FloorVariables(RecordedBuyer, BenchWorld.Buyers, paying ? floor.Quote.ToString() : null, floor.Key), options.Clients);
        var first = floorNumber;
        // More than a floor can reach; what is left over stays unpaid.
        var rounds = 12_000L * options.Seconds / options.Clients;
        floorNumber += rounds;
        if (paying)
        {
            world.Execute($"""
                insert into quotes
                select (jsonb_populate_record(q, jsonb_build_object(
                    'id', {PgbenchScript.QuoteIdSql("n", $"n % {BenchWorld.Buyers}")}, 'order_id', 'floor-' || n, 'buyer_id', {BenchIds.Sql(BenchIds.BuyerKind, $"n % {BenchWorld.Buyers}")},
                    'shard_key', n % {BenchWorld.Buyers}, 'payment_id', null, 'expires_at', now() + interval '1 day'))).*
                from quotes q, generate_series({(first + 1) * options.Clients}, {(first + rounds + 1) * options.Clients}) n
                where q.id = '{floor.Quote}' and q.shard_key = {RecordedBuyer};
                analyze quotes; checkpoint;
                """);
        }

        // The API has background work of its own, which would share the cores with the floor.
        using var rest = api.Suspend();
        var before = paying ? CountPayments(world) : CountQuotes(world);
        var (rate, processed) = await Pgbench.RunAsync(world.PostgresBin, world.Database, "po_app", script, variables, first, options.Clients, options.Seconds);
        var stored = (paying ? CountPayments(world) : CountQuotes(world)) - before;
        // Nobody is to ask the providers about payments that they never heard of.
        if (paying) world.Execute("delete from inquiries where payment_id < '00010000-0000-0000-0000-000000000000'");
        if (stored != processed) throw new InvalidOperationException($"The floor ran {processed} transactions and stored {stored} rows: its statements no longer do what the API's do.");
        return rate;
    }

    /// <summary>All methods must be open to the buyers: a refusal is quick and says nothing.</summary>
    private static async Task CheckAsync(Uri server, Requests requests)
    {
        using var connection = new HttpConnection(server);
        await connection.ConnectAsync();
        var status = await connection.SendAsync(requests.Eligibility());
        var answer = System.Text.Encoding.UTF8.GetString(connection.Body);
        if (status != 201 || answer.Contains("\"eligible\":false", StringComparison.Ordinal)) throw new InvalidOperationException($"Not every method is open: {status} {answer}");
    }

    private async Task WarmUpAsync(Requests requests, LoadGenerator load)
    {
        var part = TimeSpan.FromSeconds(options.WarmUpSeconds / 3.0);
        await load.ClosedAsync(() => requests.Quote("card", "USD"), 201, part, requests.Keep);
        await load.ClosedAsync(requests.Pay, 201, 2 * part);
    }

    private static async Task QuoteAsync(Requests requests, LoadGenerator load, string method, string currency, TimeSpan time)
    {
        requests.DropQuotes();
        await load.ClosedAsync(() => requests.Quote(method, currency), 201, time, requests.Keep);
    }

    private async Task OneClientAsync(Uri server, Requests requests, TimeSpan time)
    {
        var one = new LoadGenerator(server, 1);
        await QuoteAsync(requests, new LoadGenerator(server, options.Clients), "card", "USD", time);
        var result = await one.ClosedAsync(requests.Pay, 201, time);
        // The stub's own time is in it: what the orchestrator adds is less.
        Note("one_client_latency_ms_p50", result.Percentile(0.5));
        Note("one_client_latency_ms_p99", result.Percentile(0.99));
        Note("one_client_latency_ms_p999", result.Percentile(0.999));
    }

    private async Task HalfPeakAsync(Requests requests, LoadGenerator load, double peak, TimeSpan time)
    {
        await QuoteAsync(requests, load, "card", "USD", time);
        var result = await load.OpenAsync(requests.Pay, 201, peak / 2, time);
        Note("half_peak_latency_ms_p50", result.Percentile(0.5));
        Note("half_peak_latency_ms_p99", result.Percentile(0.99));
    }

    private static async Task<double> LedgerViolationsAsync(Uri server, string key)
    {
        using var connection = new HttpConnection(server);
        await connection.ConnectAsync();
        if (await connection.SendAsync(HttpConnection.Request("GET", "/v1/ledger/proof", server, key, null, null)) != 200) throw new InvalidOperationException("The ledger proof was refused.");
        var text = System.Text.Encoding.UTF8.GetString(connection.Body);
        return double.Parse(text.Split("\"violations\":")[1].Split(',', '}')[0], CultureInfo.InvariantCulture);
    }

    private static async Task WaitForStubAsync(int port)
    {
        using var http = new HttpClient();
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"{BenchWorld.Url(port)}/v1/payment_methods/pm_1"));
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }
    }

    private static long CountPayments(BenchWorld world) => world.Scalar<long>("select count(*) from payments");

    private static long CountQuotes(BenchWorld world) => world.Scalar<long>("select count(*) from quotes");

    private static (double Bytes, double Syncs) Wal(BenchWorld world) =>
        ((double)world.Scalar<decimal>("select wal_bytes from pg_stat_wal"), world.Scalar<long>("select wal_sync from pg_stat_wal"));

    private static double OwnCpu() => Process.GetCurrentProcess().TotalProcessorTime.TotalMilliseconds;

    private static double Median(List<Round> rounds, Func<Round, double> of) => rounds.Select(of).Order().ElementAt(rounds.Count / 2);

    private void Note(string name, double value) => figures.Add((name, value));

    private void Report()
    {
        Console.WriteLine();
        foreach (var (name, value) in figures) Console.WriteLine($"{name,-34} {value.ToString("N3", CultureInfo.InvariantCulture),16}");
        if (options.Json is not { } file) return;
        var lines = figures.Select(figure => $"  \"{figure.Name}\": {figure.Value.ToString("0.######", CultureInfo.InvariantCulture)}");
        File.WriteAllText(file, $"{{\n{string.Join(",\n", lines)}\n}}\n");
    }
}
