using PaymentOrchestrator.Benchmarks.Floor;
using PaymentOrchestrator.Benchmarks.Load;

namespace PaymentOrchestrator.Benchmarks.World;

/// <summary>An instance of the API with a database of its own, and the load that is put on it.</summary>
internal sealed class ApiUnderLoad(BenchWorld world, BenchDatabase database, Recording recording, ChildProcess process, int port) : IDisposable
{
    public BenchDatabase Database => database;

    public ChildProcess Process => process;

    public Uri Server { get; } = new(BenchWorld.Url(port));

    public Requests Requests { get; } = new(new Uri(BenchWorld.Url(port)), world.Keys);

    /// <summary>Requests that were not answered as they should have been, in all that was run here.</summary>
    public int Errors { get; private set; }

    public LoadGenerator Load(int clients) => new(Server, clients);

    /// <summary>Counts a run's errors, and says so at once: figures with errors in them are no figures.</summary>
    public LoadResult Checked(LoadResult result)
    {
        Errors += result.Errors;
        if (result.Errors > 0) Console.WriteLine($"{result.Errors} errors, one of them: {result.FirstError}");
        return result;
    }

    /// <summary>Writes quotes by SQL, copies of the recorded one, to be paid.</summary>
    public void MakeQuotes(double count, BuyerChoice? choice = null)
    {
        var whose = choice ?? BuyerChoice.Uniform;
        var ids = RunIds.Next();
        var (most, buyer) = ((long)count, whose.Sql("n"));
        Requests.DropQuotes();
        database.Execute($"""
            insert into quotes
            select r.*
            from quotes q, generate_series(1, {most}::bigint) n, lateral jsonb_populate_record(q, jsonb_build_object(
                'id', {ids.Sql("n", RunIds.QuoteKind, buyer)}, 'marketplace_id', {BenchIds.MarketplaceSql(buyer)}, 'order_id', '{ids.FirstId:N}'::text || n,
                'buyer_id', {BenchIds.Sql(BenchIds.BuyerKind, buyer)}, 'shard_key', {BenchIds.ShardExpression(buyer)}, 'payment_id', null, 'created_at', now(), 'expires_at', now() + interval '1 day')) r
            where q.id = '{recording.Quote}' and q.shard_key = {BenchIds.Shard(Recording.Buyer)};
            """);
        database.Execute("vacuum analyze quotes;");
        database.Execute("checkpoint;");
        for (var n = 1L; n <= most; n++) Requests.Keep(ids.Of(n, RunIds.QuoteKind, whose.Of(n)), $"{ids.FirstId:N}{n}", whose.Of(n));
    }

    /// <summary>Pays quotes in a closed loop; the rate is that of the rows in the database.</summary>
    /// <param name="expectedPerSecond">How many quotes to write for it.</param>
    public async Task<(double PerSecond, LoadResult Result)> PayAsync(int clients, TimeSpan time, double expectedPerSecond, BuyerChoice? choice = null)
    {
        MakeQuotes(expectedPerSecond * 2 * time.TotalSeconds + 1000, choice);
        var before = database.CountPayments();
        var result = Checked(await Load(clients).ClosedAsync(Requests.Pay, 201, time));
        return ((database.CountPayments() - before) / result.Elapsed.TotalSeconds, result);
    }

    public void Dispose() => process.Dispose();
}
