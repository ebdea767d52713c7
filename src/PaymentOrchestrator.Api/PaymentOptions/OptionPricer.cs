using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.PaymentOptions;

/// <summary>
/// Prices several wishes of one order side by side, each within a limit of its own (<c>PaymentOptions:PriceLimit</c>, default 800 ms): a price that does not
/// come in time is missing and holds up none of the others. WorldFirst is asked once per currency; both of its methods are priced on that.
/// </summary>
internal sealed class OptionPricer(QuoteMaker maker, IConfiguration configuration)
{
    // A buyer can hold some thirty currencies; no provider should see them as a burst.
    private const int AtOnce = 8;

    private readonly TimeSpan limit = configuration.GetValue<TimeSpan?>("PaymentOptions:PriceLimit") ?? TimeSpan.FromMilliseconds(800);

    /// <summary>For one order. Of one flow: it is not to be shared.</summary>
    public Prices Begin(FeeSchedule schedule, CancellationToken cancellationToken) => new(maker, limit, schedule, cancellationToken);

    // A semaphore without a wait handle holds nothing to dispose of; a price that is still under way when its call ends gives its place back later.
#pragma warning disable CA1001
    internal sealed class Prices(QuoteMaker maker, TimeSpan limit, FeeSchedule schedule, CancellationToken cancellationToken)
    {
        private readonly Dictionary<(bool ByWorldFirst, Currency Source), Task<Result<MidRate?>>> rates = [];
        private readonly SemaphoreSlim places = new(AtOnce);

#pragma warning restore CA1001

        /// <summary>Asks for the rates that these wishes need and that were not asked for yet, and does not wait for them.</summary>
        public void Ask(IEnumerable<QuoteWish> wishes)
        {
            foreach (var wish in wishes)
                if (!rates.ContainsKey(RateOf(wish))) rates[RateOf(wish)] = MidAsync(wish);
        }

        /// <summary>The quote of each wish, by its method and currency, or why there is none.</summary>
        public async Task<IReadOnlyDictionary<(PaymentMethod, Currency), Result<Quote>>> QuoteAsync(IReadOnlyList<QuoteWish> wishes)
        {
            Ask(wishes);
            await Task.WhenAll(rates.Values);
            return wishes.ToDictionary(wish => (wish.Method, wish.Source), wish => maker.Make(wish, schedule, rates[RateOf(wish)].Result));
        }

        private static (bool ByWorldFirst, Currency Source) RateOf(QuoteWish wish) => (wish.Method.IsFundedByWorldFirst(), wish.Source);

        private async Task<Result<MidRate?>> MidAsync(QuoteWish wish)
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limited.CancelAfter(limit);
            try
            {
                await places.WaitAsync(limited.Token);
                try
                {
                    return await maker.MidAsync(wish, limited.Token);
                }
                finally
                {
                    places.Release();
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return QuoteMaker.NoPriceInTime;
            }
        }
    }
}
