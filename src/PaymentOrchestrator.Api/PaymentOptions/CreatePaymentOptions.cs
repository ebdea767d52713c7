using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Eligibility;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Orders;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Api.Rates;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.PaymentOptions;

public sealed record CreatePaymentOptionsRequest
{
    public required Id<BuyerResource> BuyerId { get; init; }

    public required OrderBody Order { get; init; }

    /// <summary>The public address of the buyer's browser. Without it the network-bound methods stay closed.</summary>
    public string? BuyerIp { get; init; }

    /// <summary>What costs and savings are shown and compared in; CNY by default. A card is offered in it where it can be, else in USD.</summary>
    public Currency? ComparisonCurrency { get; init; }
}

internal sealed record CreatePaymentOptions(Caller Caller, CreatePaymentOptionsRequest Request, KeyedRequest Key, AcceptedLanguage Language)
    : ICommand<Result<StoredAnswer<PaymentOptionsResource>>>, IValidated
{
    public Currency Comparison => Request.ComparisonCurrency ?? Currency.Cny;

    public Money Order => Request.Order.Amount!.ToMoney();

    public string? BuyerIp => Caller.AddressOfBuyer(Request.BuyerIp);

    public void Validate(FieldErrors errors)
    {
        Request.Order.Validate(errors);
        errors.BuyerIp("buyer_ip", Request.BuyerIp, Caller);
    }

    public QuoteWish WishFor(PaymentWay way) => new(
        Caller, Request.BuyerId, way.Method, Request.Order.Id, Request.Order.SupplierId, Quote.FixedOrder, Order, way.Source!, null, BuyerIp);
}

internal sealed class CreatePaymentOptionsHandler(
    PaymentOptionsStore store, BuyerStanding standing, OptionPricer pricer, BankTransferComparison bankTransfer, ProviderPages pages,
    ReferenceRates rates, TimeProvider clock)
    : ICommandHandler<CreatePaymentOptions, Result<StoredAnswer<PaymentOptionsResource>>>
{
    public async ValueTask<Result<StoredAnswer<PaymentOptionsResource>>> Handle(CreatePaymentOptions command, CancellationToken cancellationToken)
    {
        var (caller, request, key, _) = command;
        var startedAt = clock.GetTimestamp();
        if (caller.Session?.Refuse(request.Order) is { } notInSession) return notInSession;
        if (command.Comparison != Currency.Cny && rates.Mid(command.Comparison) is null) return NoRate(command.Comparison);

        var known = await store.LoadAsync(caller, request.BuyerId, request.Order.Id, key.Key, clock.Now(), cancellationToken);
        if (known.Key is { } used && used.RefusalFor(key.Fingerprint) is { } reused) return reused;
        // Null where the key has just ended by its age.
        if (known is { Key: not null, Earlier: { } earlier }) return Result<StoredAnswer<PaymentOptionsResource>>.Replay(earlier);
        if (!known.BuyerExists || !caller.MayActFor(request.BuyerId)) return Problem.NotFound<BuyerResource>("buyer", "buyer_id");
        if (known.Live is { RefusesQuotes: true } live) return live.ToProblem();

        // Whoever has a price to give is asked as soon as it is known that the price is needed: one silent provider then costs the others nothing.
        var pricing = pricer.Begin(known.Schedule, cancellationToken);
        var (question, reading) = await standing.AskAsync(
            caller.Mode, known.Accounts, PaymentMethods.All, command.Order, command.BuyerIp, known.Schedule, startedAt, soFar => pricing.Ask(Open(soFar)), cancellationToken);
        var prices = await pricing.QuoteAsync([.. Open(question)]);
        // Judged again by the prices themselves: what a provider guarantees can lie above the reference rate, and so above a balance.
        var judged = question with { WorldFirstTotal = Total };
        var ways = PaymentWays.Of(judged, command.Comparison);
        var minimum = EligibilityRules.WorldFirstBalanceMinimum;
        var onceEnlarged = command.Order < minimum ? standing.AskAbout(minimum, question, known.Schedule) : judged;

        var options = new OptionList(command, known, reading, judged, onceEnlarged, prices, standing)
        {
            Yardstick = new Yardstick(command.Comparison, currency => rates.Mid(currency)?.Rate),
            BankTransfer = bankTransfer,
            Voice = new Voice(command.Language, caller.Mode, pages),
        }.Of(ways, clock.Now());
        var quotes = options.Options.Select(option => option.Quote).OfType<QuoteResource>().Select(quote => prices[(quote.Method, quote.SourceAmount.Currency)].Value);
        return await store.TryInsertAsync(caller, options, quotes, key, cancellationToken) is { } answer ? answer : await Handle(command, cancellationToken);

        IEnumerable<QuoteWish> Open(EligibilityQuestion known) => PaymentWays.Of(known, command.Comparison).Where(way => way.Open).Select(command.WishFor);

        Money? Total(PaymentMethod method, Currency currency) =>
            prices.TryGetValue((method, currency), out var price) && price.Problem is null ? price.Value.Price.Total : question.WorldFirstTotal(method, currency);
    }

    private static Problem NoRate(Currency comparison)
    {
        var detail = $"There is no rate for {comparison}. GET /v1/exchange-rates lists the currencies that costs can be compared in, besides CNY.";
        return new Problem(ProblemType.CurrencyNotSupported, detail)
        {
            Errors = [new FieldError("comparison_currency", ProblemType.CurrencyNotSupported.Code, detail)],
        };
    }
}

internal static class CreatePaymentOptionsEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/payment-options", async (
            Caller caller, OptionalIdempotencyKey key, AcceptedLanguage language, RequestBody<CreatePaymentOptionsRequest> body, ISender sender,
            CancellationToken cancellationToken) =>
            (await sender.Send(new CreatePaymentOptions(caller, body.Value, new KeyedRequest(key.Text, body.Fingerprint), language), cancellationToken))
                .Created(options => $"/v1/payment-options/{options.Id}"))
        .Needs(Scope.QuotesWrite).OpenToBuyers()
        .WithName("createPaymentOptions").WithTags("Payment options")
        .WithSummary("Every way to pay an order: priced, ranked, and what opens the rest")
        .WithDescription("""
            One entry per method and held currency. An open one comes with a quote that can be paid as it is; a closed one with its requirements and the steps that open it.
            A provider that does not answer closes its own methods or leaves them without a price, and never makes the call an error.
            """)
        .Produces<PaymentOptionsResource>(201).Refuses(400, 401, 404, 409, 413, 415, 422);
}
