using System.Collections.Concurrent;
using System.Threading.Channels;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Rates;

/// <summary>
/// Puts the prices that WorldFirst guaranteed into the history of rates, off the path of the quote. Each is stored exactly with its quote; here it
/// is one per currency when it changes, and at most one in ten seconds, so that the history does not grow with buyers.
/// </summary>
internal sealed class RateJournal(RateStore store, TimeProvider clock, ILogger<RateJournal> log) : BackgroundService
{
    private const string Source = "worldfirst";
    private static readonly TimeSpan Spacing = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Currency, (decimal Mid, long At)> last = [];
    private readonly Channel<FeedRate> waiting = Channel.CreateBounded<FeedRate>(new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Never waits.</summary>
    public void Note(MidRate mid)
    {
        if (mid.Source != Source) return;
        var (currency, now) = (mid.Rate.Base, clock.GetTimestamp());
        if (last.TryGetValue(currency, out var before) && (before.Mid == mid.Rate.Value || clock.GetElapsedTime(before.At, now) < Spacing)) return;
        last[currency] = (mid.Rate.Value, now);
        waiting.Writer.TryWrite(new FeedRate(Source, currency, mid.Rate.Value, mid.AsOf));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var rate in waiting.Reader.ReadAllAsync(stoppingToken))
            {
                try
                {
                    await store.NoteAsync(rate, clock.Now(), stoppingToken);
                }
                catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
                {
                    log.LogWarning(e, "A price of {Source} for {Currency} is missing from the history of rates; it is with its quote.", Source, rate.Base);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What waits is with its quotes.
        }
    }
}
