using PaymentOrchestrator.Benchmarks.World;

namespace PaymentOrchestrator.Benchmarks.Floor;

/// <summary>PostgreSQL alone, with the statements that were recorded, as the role that the API has, while the API rests.</summary>
internal sealed class FloorRun(BenchWorld world, Recording recording, int clients)
{
    // More than a floor can reach.
    private const long MostPerSecond = 12_000;

    private readonly string buyer = $"({BenchIds.FirstBuyer} + n % {BenchIds.Buyers})";

    /// <summary>How many threads pgbench has: as many as help it.</summary>
    public int Threads { get; private set; } = 1;

    /// <summary>Tries payments with one thread and with two, and stays with what was faster.</summary>
    public async Task ChooseThreadsAsync(ChildProcess api, int seconds)
    {
        var rates = new Dictionary<int, double>();
        foreach (var threads in new[] { 1, 2 })
        {
            Threads = threads;
            rates[threads] = await PaymentsAsync(api, seconds);
        }

        Threads = rates.MaxBy(rate => rate.Value).Key;
        Console.WriteLine($"pgbench: {string.Join(", ", rates.Select(rate => $"{rate.Value:N0}/s with {rate.Key} thread(s)"))}");
    }

    /// <summary>Quotes per second.</summary>
    public Task<double> QuotesAsync(ChildProcess api, int seconds) =>
        RunAsync(api, seconds, RunIds.Next(), recording.QuoteTrips, new FloorVariables(Recording.Buyer, BenchIds.Buyers, null, recording.Order), world.Database.CountQuotes);

    /// <summary>Payments per second, of quotes that are written before.</summary>
    public async Task<double> PaymentsAsync(ChildProcess api, int seconds)
    {
        var ids = RunIds.Next();
        world.Database.Execute($"""
            insert into quotes
            select r.*
            from quotes q, generate_series({clients}, {(MostPerSecond * seconds) + (2 * clients)}) n, lateral jsonb_populate_record(q, jsonb_build_object(
                'id', {ids.Sql("n", RunIds.QuoteKind, buyer)}, 'order_id', '{ids.FirstId:N}'::text || n, 'buyer_id', {BenchIds.Sql(BenchIds.BuyerKind, buyer)},
                'shard_key', {BenchIds.ShardExpression(buyer)}, 'payment_id', null, 'created_at', now(), 'expires_at', now() + interval '1 day')) r
            where q.id = '{recording.Quote}' and q.shard_key = {BenchIds.Shard(Recording.Buyer)};
            """);
        world.Database.Execute("vacuum analyze quotes;");
        var rate = await RunAsync(
            api, seconds, ids, recording.PaymentTrips, new FloorVariables(Recording.Buyer, BenchIds.Buyers, recording.Quote.ToString(), recording.Key), world.Database.CountPayments);
        return rate;
    }

    private async Task<double> RunAsync(
        ChildProcess api, int seconds, RunIds ids, IReadOnlyList<IReadOnlyList<RecordedStatement>> trips, FloorVariables variables, Func<long> count)
    {
        var (script, values) = new PgbenchScript(ids).Write(trips, variables, clients);
        world.Database.Execute("checkpoint;");
        // The API has background work of its own, which would share the cores with the floor.
        using var rest = api.Suspend();
        var before = count();
        var (rate, processed) = await Pgbench.RunAsync(world.PostgresBin, world.Database.Address, "po_app", script, values, clients, Threads, seconds);
        var stored = count() - before;
        // Nobody is to ask the providers about payments that they never heard of, or to work off their events in the API's time.
        world.Database.Execute($"delete from inquiries where payment_id >= '{ids.FirstId}'; update events set dispatched_at = now() where id >= '{ids.FirstId}' and dispatched_at is null;");
        if (stored != processed) throw new InvalidOperationException($"The floor ran {processed} transactions and stored {stored} rows: its statements no longer do what the API's do.");
        return rate;
    }
}
