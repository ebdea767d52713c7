using System.Collections.Concurrent;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.PaymentOptions;

/// <summary>
/// Prices several wishes of one order at once, within a limit of its own (<c>PaymentOptions:PriceLimit</c>, default 800 ms): a price that does not
/// come in time is missing and holds up none of the others. WorldFirst is asked once per currency; both of its methods are priced on that.
/// </summary>
internal sealed class OptionPricer(QuoteMaker maker, IConfiguration configuration)
{
    // A buyer can hold some thirty currencies; no provider should see them as a burst.
    private const int AtOnce = 8;

    private readonly TimeSpan limit = configuration.GetValue<TimeSpan?>("PaymentOptions:PriceLimit") ?? TimeSpan.FromMilliseconds(800);

    /// <summary>The quote of each wish, by its method and currency, or why there is none.</summary>
    public async Task<IReadOnlyDictionary<(PaymentMethod, Currency), Result<Quote>>> PriceAsync(
        IReadOnlyList<QuoteWish> wishes, FeeSchedule schedule, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(limit);
        var rates = new ConcurrentDictionary<(bool, Currency), Result<MidRate?>>();
        await Parallel.ForEachAsync(
            wishes.DistinctBy(RateOf), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (wish, _) => rates[RateOf(wish)] = await MidAsync(wish, limited.Token, cancellationToken));
        return wishes.ToDictionary(wish => (wish.Method, wish.Source), wish => maker.Make(wish, schedule, rates[RateOf(wish)]));
    }

    private static (bool ByWorldFirst, Currency Source) RateOf(QuoteWish wish) => (wish.Method.IsFundedByWorldFirst(), wish.Source);

    private async Task<Result<MidRate?>> MidAsync(QuoteWish wish, CancellationToken limited, CancellationToken callersToken)
    {
        try
        {
            return await maker.MidAsync(wish, limited);
        }
        catch (OperationCanceledException) when (!callersToken.IsCancellationRequested)
        {
            return QuoteMaker.NoPriceInTime;
        }
    }
}
