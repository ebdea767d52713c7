using System.Net;
using System.Text;
using PaymentOrchestrator.Benchmarks.Load;
using PaymentOrchestrator.Benchmarks.World;

namespace PaymentOrchestrator.Benchmarks.Floor;

/// <summary>What the API sends to PostgreSQL for one quote and one payment by card, each a list of round trips; and which quote, order, payment and key that were.</summary>
internal sealed record Recording(
    IReadOnlyList<IReadOnlyList<RecordedStatement>> QuoteTrips, IReadOnlyList<IReadOnlyList<RecordedStatement>> PaymentTrips, Guid Quote, string Order, Guid Payment, string Key)
{
    /// <summary>The buyer whose statements are recorded: its shard is a number that no other parameter has.</summary>
    public const int Buyer = 1777;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Lets a quote and a payment go by the recorder, after others that made the API prepare its statements, and waits until 1688 says that it is settled.</summary>
    public static async Task<Recording> TakeAsync(BenchWorld world)
    {
        using var recorder = new WireRecorder(new IPEndPoint(IPAddress.Loopback, world.Database.Address.Port));
        // Nothing runs beside the requests, so that what is recorded is theirs.
        var (api, port, _) = await world.StartApiAsync(
            world.Database, recorder.Port, ("Payments__Resolver__Interval", "1.00:00:00"), ("Refunds__Resolver__Interval", "1.00:00:00"), ("Webhooks__Dispatch", "false"));
        using var running = api;
        var server = new Uri(BenchWorld.Url(port));
        var requests = new Requests(server, world.Keys);
        using var connection = new HttpConnection(server);
        await connection.ConnectAsync();
        IReadOnlyList<IReadOnlyList<RecordedStatement>> quoteTrips = [], paymentTrips = [];
        var key = "";
        for (var i = 0; i < 10; i++)
        {
            await Task.Delay(200);
            recorder.Take();
            var quote = requests.Quote("card", "USD", Buyer);
            if (await connection.SendAsync(quote.Bytes) != 201) throw Failed(connection);
            requests.Keep(quote, connection.Body);
            quoteTrips = recorder.Take();
            var payment = requests.Pay()!.Value;
            key = Encoding.UTF8.GetString(payment.Bytes).Split("Idempotency-Key: ")[1].Split('\r')[0];
            if (await connection.SendAsync(payment.Bytes) != 201) throw Failed(connection);
            paymentTrips = recorder.Take();
        }

        var last = $"from payments where shard_key = {BenchIds.Shard(Buyer)} order by id desc limit 1";
        return new Recording(quoteTrips, paymentTrips, world.Database.Scalar<Guid>($"select quote_id {last}"), world.Database.Scalar<string>($"select order_id {last}"), world.Database.Scalar<Guid>($"select id {last}"), key);

        static InvalidOperationException Failed(HttpConnection connection) => new($"The recorded request was refused: {Encoding.UTF8.GetString(connection.Body)}");
    }

    /// <summary>Waits until background work has settled the recorded payment: then all rows are there that a payment ever has.</summary>
    public async Task WaitUntilSettledAsync(BenchDatabase database)
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += TimeSpan.FromSeconds(1))
        {
            if (database.Scalar<string>($"select settlement_status from payments where id = '{Payment}'") == "settled"
                && database.Scalar<long>($"select count(*) from events where shard_key = {BenchIds.Shard(Buyer)} and dispatched_at is null") == 0) return;
            await Task.Delay(1000);
        }

        throw new InvalidOperationException("The recorded payment was not settled.");
    }
}
