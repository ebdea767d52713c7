using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Orders;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Quotes;

public sealed record CreateQuoteRequest
{
    public required Id<BuyerResource> BuyerId { get; init; }

    public required PaymentMethod Method { get; init; }

    public required OrderBody Order { get; init; }

    /// <summary>What the buyer pays in: CNY for alipay, any currency with a rate for the others.</summary>
    public required Currency SourceCurrency { get; init; }

    /// <summary>The public address of the buyer's browser; a payment within 15 minutes can rely on it.</summary>
    public string? BuyerIp { get; init; }

    /// <summary>How long the price is to hold: <c>1m</c>, <c>15m</c> (default), <c>1h</c> or <c>24h</c>; the price list may ask a higher markup for longer.</summary>
    public string? Lock { get; init; }

    /// <summary><c>order</c> (default), or <c>source</c> to ask how much order a sum covers; that quote is indicative.</summary>
    public string? FixedSide { get; init; }

    /// <summary>With fixed_side source, and then instead of order.amount: the sum to convert.</summary>
    public Amount? SourceAmount { get; init; }
}

internal sealed record CreateQuote(Caller Caller, CreateQuoteRequest Request, KeyedRequest Key) : ICommand<Result<QuoteResource>>, IValidated
{
    private bool FixesSource => Request.FixedSide == Quote.FixedSource;

    public void Validate(FieldErrors errors)
    {
        Request.Order.Validate(errors, amountNeeded: !FixesSource);
        errors.BuyerIp("buyer_ip", Request.BuyerIp, Caller);
        if (Request.Lock is not null && QuoteLocks.FromCode(Request.Lock) is null) errors.Add("lock", "invalid", "lock must be one of 1m, 15m, 1h, 24h.");
        if (Request.FixedSide is not (null or Quote.FixedOrder or Quote.FixedSource)) errors.Add("fixed_side", "invalid", "fixed_side must be order or source.");
        if (FixesSource)
        {
            if (Request.Order.Amount is not null) errors.Add("order.amount", "not_applicable", "With fixed_side source, leave order.amount out: it is what is asked for.");
            if (Request.SourceAmount is null) errors.Add("source_amount", "required", "With fixed_side source, source_amount is required.");
            errors.Positive("source_amount", Request.SourceAmount, Request.SourceCurrency);
        }
        else if (Request.SourceAmount is not null)
        {
            errors.Add("source_amount", "not_applicable", "source_amount is for fixed_side source only; leave it out.");
        }
    }

    public QuoteWish ToWish() => new(
        Caller, Request.BuyerId, Request.Method, Request.Order.Id, Request.Order.SupplierId, FixesSource ? Quote.FixedSource : Quote.FixedOrder,
        (FixesSource ? Request.SourceAmount! : Request.Order.Amount!).ToMoney(), Request.SourceCurrency,
        QuoteLocks.FromCode(Request.Lock), Caller.AddressOfBuyer(Request.BuyerIp));
}

internal sealed class CreateQuoteHandler(QuoteStore store, QuoteMaker maker, TimeProvider clock) : ICommandHandler<CreateQuote, Result<QuoteResource>>
{
    public async ValueTask<Result<QuoteResource>> Handle(CreateQuote command, CancellationToken cancellationToken)
    {
        var (caller, request, key) = command;
        if (caller.Session?.Refuse(request.Order) is { } notInSession) return notInSession;
        var wish = command.ToWish();

        // Mostly all is as it was a moment ago, and what is needed is known here. Where it is not so, nothing was stored, and what follows says why.
        if (store.LastInForce(caller) is { } last && caller.MayActFor(request.BuyerId) && !QuoteMaker.AsksProvider(wish)
            && await maker.MakeAsync(wish, last, cancellationToken) is { Problem: null } unseen
            && await store.TryInsertUnseenAsync(unseen.Value, key, cancellationToken)) return unseen.Value.ToResource(unseen.Value.CreatedAt);

        var known = await store.LoadForQuotingAsync(caller, request.BuyerId, request.Order.Id, key.Key, clock.Now(), cancellationToken);
        if (known.Key is { } used && used.RefusalFor(key.Fingerprint) is { } reused) return reused;
        // Null where the key has just ended by its age.
        if (known is { Key: not null, Earlier: { } earlier }) return Result<QuoteResource>.Replay(earlier.ToResource(clock.Now()));
        if (!known.BuyerExists || !caller.MayActFor(request.BuyerId)) return Problem.NotFound<BuyerResource>("buyer", "buyer_id");
        if (known.Live is { } live && live.RefusesQuotes) return live.ToProblem();

        var made = await maker.MakeAsync(wish, known.Schedule, cancellationToken);
        if (made.Problem is { } problem) return problem;
        return await store.TryInsertAsync(made.Value, key, cancellationToken)
            ? made.Value.ToResource(made.Value.CreatedAt)
            : await Handle(command, cancellationToken);
    }
}

internal static class CreateQuoteEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/quotes", async (
            Caller caller, OptionalIdempotencyKey key, RequestBody<CreateQuoteRequest> body, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new CreateQuote(caller, body.Value, new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken))
                .Created(quote => $"/v1/quotes/{quote.Id}"))
        .Needs(Scope.QuotesWrite).OpenToBuyers()
        .WithName("createQuote").WithTags("Quotes")
        .WithSummary("Price an order by one method in one currency")
        .WithDescription("""
            A price, not a verdict: it is given for any buyer, whatever is linked, funded or allowed; eligibility decides that, and payment decides it again.
            The quote can be paid once, until expires_at.
            """)
        .Produces<QuoteResource>(201).Refuses(400, 401, 404, 409, 413, 415, 422);
}
