using System.Collections.Concurrent;
using System.Text;
using PaymentOrchestrator.Benchmarks.Floor;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Benchmarks.Load;

/// <summary>The requests of the main job, each with an order and a key that nobody used before.</summary>
/// <param name="keys">Each marketplace's API key.</param>
internal sealed class Requests(Uri api, IReadOnlyDictionary<int, string> keys)
{
    private static readonly byte[] IdField = "\"id\":\"quo_"u8.ToArray();

    private readonly string run = Guid.NewGuid().ToString("N")[..8];
    private readonly ConcurrentQueue<Prepared> payments = new();
    private long number;

    /// <summary>How many quotes are left to be paid.</summary>
    public int QuotesLeft => payments.Count;

    public Prepared Quote(string method, string currency, int? buyer = null) => Ordered("/v1/quotes", buyer, $",\"method\":\"{method}\",\"source_currency\":\"{currency}\"");

    public Prepared Options() => Ordered("/v1/payment-options", null, "");

    public Prepared Eligibility(int? buyer = null) => Ordered("/v1/eligibility-checks", buyer, "");

    public Prepared Constant() => new(HttpConnection.Request("GET", "/health/live", api, null, null, null), null);

    /// <summary>The payment of the next quote that was kept; null when there is none left.</summary>
    public Prepared? Pay() => payments.TryDequeue(out var request) ? request : null;

    public void DropQuotes() => payments.Clear();

    /// <summary>Keeps a quote from its answer, to be paid.</summary>
    public void Keep(Prepared request, ReadOnlySpan<byte> quote)
    {
        var at = quote.IndexOf(IdField) + "\"id\":\"".Length;
        Keep(Encoding.ASCII.GetString(quote.Slice(at, 30)), request.Order!, 1);
    }

    /// <summary>Keeps a quote that was written by SQL.</summary>
    public void Keep(Guid quote, string order, int buyer) => Keep(new Id<BenchQuote>(quote).ToString(), order, BenchIds.MarketplaceOf(buyer));

    private void Keep(string quote, string order, int marketplace) => payments.Enqueue(new Prepared(
        HttpConnection.Request("POST", "/v1/payments", api, keys[marketplace], $"bench-{run}-{Interlocked.Increment(ref number)}", $"{{\"quote_id\":\"{quote}\"}}"), order));

    private Prepared Ordered(string path, int? buyer, string more)
    {
        var n = Interlocked.Increment(ref number);
        var who = buyer ?? BuyerChoice.Uniform.Of(n);
        var order = $"{run}-{n}";
        var body = $"{{\"buyer_id\":\"{new Id<BenchBuyer>(BenchIds.Of(BenchIds.BuyerKind, who))}\",\"order\":{{\"id\":\"{order}\",\"amount\":{{\"currency\":\"CNY\",\"value\":1234567}}}},\"buyer_ip\":\"8.8.8.8\"{more}}}";
        return new Prepared(HttpConnection.Request("POST", path, api, keys[BenchIds.MarketplaceOf(who)], null, body), order);
    }

    private sealed class BenchBuyer : IResource
    {
        public static string Prefix => "byr";
    }

    private sealed class BenchQuote : IResource
    {
        public static string Prefix => "quo";
    }
}
