using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Api.Rates;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Quotes;

/// <summary>What is to be priced.</summary>
/// <param name="Fixed">The order's amount (CNY), or the source amount when that side is fixed.</param>
internal sealed record QuoteWish(
    Caller Owner, Id<BuyerResource> BuyerId, PaymentMethod Method, string OrderId, string? SupplierId, string FixedSide, Money Fixed, Currency Source,
    QuoteLock? Lock, string? BuyerIp);

/// <summary>Prices a wish: the rate of its method, the fee schedule's rule, the quote engine, and how long the price holds.</summary>
internal sealed class QuoteMaker(ProviderDirectory providers, ReferenceRates reference, RateJournal journal, IConfiguration configuration, TimeProvider clock)
{
    public static Problem NoPriceInTime { get; } = new(ProblemType.ProviderUnavailable, "The provider gave no price in time. Ask again.") { RetryAfter = 1 };

    private readonly (TimeSpan Length, QuoteLock Priced) usual = Usual(configuration.GetValue<TimeSpan?>("Quotes:Lock") ?? TimeSpan.FromMinutes(15));

    public async Task<Result<Quote>> MakeAsync(QuoteWish wish, FeeSchedule schedule, CancellationToken cancellationToken) =>
        Make(wish, schedule, await MidAsync(wish, cancellationToken));

    /// <summary>
    /// The quote at a rate that <see cref="MidAsync"/> gave for the same order and currency: one price that WorldFirst guaranteed serves both of
    /// its methods.
    /// </summary>
    public Result<Quote> Make(QuoteWish wish, FeeSchedule schedule, Result<MidRate?> rate)
    {
        if (rate.Problem is { } problem) return problem;
        var (mid, rule) = (rate.Value, schedule.RuleFor(wish.Method, wish.Source));
        var hold = wish.Lock ?? usual.Priced;
        var result = wish.FixedSide == Quote.FixedSource
            ? QuoteEngine.ForSource(wish.Fixed, mid, rule, hold)
            : QuoteEngine.ForOrder(wish.Fixed, wish.Source, mid, rule, hold);
        if (result is PriceResult.TooLarge large) return Problem.TooLarge(large.Amount, large.Currency);
        var price = ((PriceResult.Priced)result).Price;
        if (price.Order.Value == 0)
            return new Problem(ProblemType.AmountTooSmall, "The source amount covers less than CNY 0.01 of an order. Use a larger one.");

        // After the provider was asked: the lock counts from when the price is ours to give.
        var now = clock.Now();
        var until = now + (wish.Lock?.Length() ?? usual.Length);
        if (mid?.GuaranteedUntil is { } guaranteed && guaranteed < until)
        {
            if (wish.Lock is not null)
                return new Problem(ProblemType.LockNotAvailable, $"The provider guarantees this price until {guaranteed:yyyy-MM-dd'T'HH:mm:ss'Z'} only. Ask for a shorter lock.");
            until = new DateTimeOffset(guaranteed.UtcTicks - (guaranteed.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        }

        return new Quote
        {
            Id = Id<QuoteResource>.New(wish.BuyerId.ShardKey, now),
            Owner = wish.Owner,
            BuyerId = wish.BuyerId,
            Method = wish.Method,
            OrderId = wish.OrderId,
            SupplierId = wish.SupplierId,
            FixedSide = wish.FixedSide,
            Price = price,
            FeeScheduleId = schedule.Id,
            BuyerIp = wish.BuyerIp,
            Lock = wish.Lock,
            SessionId = wish.Owner.Session?.Id,
            CreatedAt = now,
            ExpiresAt = until,
        };
    }

    /// <summary>Whether a provider gives the rate. A fixed source amount informs only: WorldFirst guarantees prices for an order, so the reference rate serves there.</summary>
    public static bool AsksProvider(QuoteWish wish) => wish.Source != Currency.Cny && wish.Method.IsFundedByWorldFirst() && wish.FixedSide == Quote.FixedOrder;

    /// <summary>The rate that the wish is to be priced at; null for CNY, where nothing is converted.</summary>
    public async Task<Result<MidRate?>> MidAsync(QuoteWish wish, CancellationToken cancellationToken)
    {
        if (!wish.Method.Accepts(wish.Source)) return NotSupported(wish);
        if (wish.Source == Currency.Cny) return (MidRate?)null;
        // Never a guess: nothing was ever fetched, so nothing is known of any currency.
        if (reference.Empty && wish.Source != Currency.Cnh) return NoRate("No reference rate has been fetched yet. Try again in a minute; GET /v1/exchange-rates says how the source does.", 60);
        IRateSource source = reference;
        if (AsksProvider(wish))
        {
            if (providers.For(wish.Owner.Mode).WorldFirst is not { } worldFirst)
                return new Problem(ProblemType.ProviderNotConfigured, $"worldfirst has no configuration for {wish.Owner.Mode.Code()} mode.");
            // Checked before anyone is asked: the provider's amounts are as wide as ours.
            if (reference.Mid(wish.Source) is null) return NotSupported(wish);
            source = worldFirst;
        }

        var answer = await source.MidAsync(wish.Source, wish.Fixed, cancellationToken);
        if (answer is ProviderAnswer<MidRate>.Ok priced) journal.Note(priced.Value);
        return answer switch
        {
            ProviderAnswer<MidRate>.Ok { Value: { Stale: true } } when wish.Owner.Mode == Mode.Live => NoRate(
                "The newest reference rate is older than is allowed for real money. Try again when the source has published; GET /v1/exchange-rates says how it does.", 600),
            ProviderAnswer<MidRate>.Ok ok => ok.Value,
            ProviderAnswer<MidRate>.Refused { Code: FailureCode.LimitExceeded } => Problem.TooLarge("source_amount", wish.Source),
            ProviderAnswer<MidRate>.Refused => NotSupported(wish),
            _ => NoPriceInTime,
        };
    }

    /// <summary>A usual hold of a length that price lists do not name is priced as the next longer one.</summary>
    /// <exception cref="InvalidOperationException">It is longer than a day, or nothing.</exception>
    private static (TimeSpan, QuoteLock) Usual(TimeSpan length) =>
        length > TimeSpan.Zero && QuoteLocks.Covering(length) is { } priced
            ? (length, priced)
            : throw new InvalidOperationException("Quotes:Lock must be more than nothing and at most 24 hours.");

    private static Problem NoRate(string detail, int retryAfter) => new(ProblemType.RateSourceUnavailable, detail) { RetryAfter = retryAfter };

    private static Problem NotSupported(QuoteWish wish)
    {
        var detail = wish.Method == PaymentMethod.Alipay
            ? "alipay is paid in CNY alone: set source_currency to CNY, or choose another method."
            : $"{wish.Method.Code()} cannot be paid in {wish.Source}. GET /v1/payment-methods lists the currencies of each method.";
        return new Problem(ProblemType.CurrencyNotSupported, detail)
        {
            Errors = [new FieldError("source_currency", ProblemType.CurrencyNotSupported.Code, detail)],
        };
    }
}
