using System.Collections.Concurrent;
using System.Text;
using PaymentOrchestrator.Benchmarks.Floor;
using PaymentOrchestrator.Benchmarks.Load;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Benchmarks.EndToEnd;

/// <summary>The requests of the main job, each with an order and a key that nobody used before.</summary>
internal sealed class Requests(Uri api, string key)
{
    private static readonly byte[] IdField = "\"id\":\"quo_"u8.ToArray();

    private readonly string run = Guid.NewGuid().ToString("N")[..8];
    private readonly ConcurrentQueue<byte[]> payments = new();
    private int number;

    public int QuotesLeft => payments.Count;

    public byte[] Quote(string method, string currency, int? buyer = null) => Post("/v1/quotes", null, Order(buyer, $"\"method\":\"{method}\",\"source_currency\":\"{currency}\""));

    public byte[] Options(int? buyer = null) => Post("/v1/payment-options", null, Order(buyer, null));

    public byte[] Eligibility(int? buyer = null) => Post("/v1/eligibility-checks", null, Order(buyer, null));

    public byte[] Constant() => HttpConnection.Request("GET", "/health/live", api, null, null, null);

    /// <summary>The payment of the next quote that was kept; null when there is none left.</summary>
    public byte[]? Pay() => payments.TryDequeue(out var request) ? request : null;

    public void DropQuotes() => payments.Clear();

    /// <summary>Keeps a quote from its answer.</summary>
    public void Keep(ReadOnlySpan<byte> quote)
    {
        var at = quote.IndexOf(IdField) + "\"id\":\"".Length;
        var id = Encoding.ASCII.GetString(quote.Slice(at, 30));
        payments.Enqueue(Post("/v1/payments", $"bench-{run}-{Interlocked.Increment(ref number)}", $"{{\"quote_id\":\"{id}\"}}"));
    }

    private static string BuyerId(int buyer) => new Id<BenchBuyer>(BenchIds.Of(BenchIds.BuyerKind, buyer)).ToString();

    private string Order(int? buyer, string? more)
    {
        var n = Interlocked.Increment(ref number);
        return $"{{\"buyer_id\":\"{BuyerId(buyer ?? n % BenchWorld.Buyers)}\",\"order\":{{\"id\":\"{run}-{n}\",\"amount\":{{\"currency\":\"CNY\",\"value\":1234567}}}},\"buyer_ip\":\"8.8.8.8\"{(more is null ? "" : ",")}{more}}}";
    }

    private byte[] Post(string path, string? idempotencyKey, string body) => HttpConnection.Request("POST", path, api, key, idempotencyKey, body);

    private sealed class BenchBuyer : IResource
    {
        public static string Prefix => "byr";
    }
}
