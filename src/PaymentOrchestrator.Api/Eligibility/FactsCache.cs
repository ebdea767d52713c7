using Microsoft.Extensions.Caching.Memory;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Eligibility;

/// <summary>
/// What providers said of buyers, for a stated age (<c>Facts:MaxAge</c>, default 10 s; zero keeps nothing). Each instance has its own, bounded to
/// <c>Facts:CachedBuyers</c> (default 10,000) buyers; the least used go first. A buyer's part is forgotten when this instance links or unlinks an account,
/// hears of the buyer from a provider, or takes money from the buyer; another instance's change shows after the age at the latest.
/// </summary>
internal sealed class FactsCache(IConfiguration configuration, TimeProvider clock) : IDisposable
{
    private readonly MemoryCache buyers = new(new MemoryCacheOptions { SizeLimit = configuration.GetValue<int?>("Facts:CachedBuyers") ?? 10_000 });

    /// <summary>How old a fact may be that is shown without asking its provider.</summary>
    public TimeSpan MaxAge { get; } = configuration.GetValue<TimeSpan?>("Facts:MaxAge") ?? TimeSpan.FromSeconds(10);

    public bool Keeps => MaxAge > TimeSpan.Zero;

    /// <summary>
    /// The buyer's part as of now. Whoever is still asking when the buyer is forgotten writes into a part that nobody reads any more: an answer
    /// from before a change never comes back after it.
    /// </summary>
    public KnownBuyer Of(Id<BuyerResource> buyer)
    {
        if (buyers.TryGetValue(buyer, out KnownBuyer? known)) return known!;
        var fresh = new KnownBuyer(MaxAge, clock);
        return buyers.Set(buyer, fresh, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = MaxAge * 2 });
    }

    public void Forget(Id<BuyerResource> buyer) => buyers.Remove(buyer);

    public void Dispose() => buyers.Dispose();
}

/// <summary>One buyer's facts in memory.</summary>
internal sealed class KnownBuyer(TimeSpan maxAge, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<LinkProvider, (string Question, object Reading, DateTimeOffset AsOf)> answers = [];
    private readonly Dictionary<(LinkProvider, string), object> running = [];

    /// <summary>
    /// What is known and young enough; else what comes of asking. Who asks the same while someone is asking waits with them: a silent provider is not
    /// asked more often for being silent.
    /// </summary>
    /// <param name="question">The account in its present version, and whatever else the answer depends on.</param>
    public Task<FactsReading<T>> GetAsync<T>(LinkProvider provider, string question, Func<Task<FactsReading<T>>> ask)
        where T : class
    {
        lock (gate)
        {
            if (answers.TryGetValue(provider, out var known) && known.Question == question && clock.GetUtcNow() - known.AsOf < maxAge)
                return Task.FromResult((FactsReading<T>)known.Reading with { Cached = true });
            if (running.TryGetValue((provider, question), out var begun)) return (Task<FactsReading<T>>)begun;
            var asking = AskAsync(provider, question, ask);
            if (!asking.IsCompleted) running[(provider, question)] = asking;
            return asking;
        }
    }

    private async Task<FactsReading<T>> AskAsync<T>(LinkProvider provider, string question, Func<Task<FactsReading<T>>> ask)
        where T : class
    {
        try
        {
            var reading = await ask();
            lock (gate)
                if (reading is { Facts: not null, AsOf: { } asOf }) answers[provider] = (question, reading, asOf);
            return reading;
        }
        finally
        {
            lock (gate) running.Remove((provider, question));
        }
    }
}
