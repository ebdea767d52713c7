using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Eligibility;
using PaymentOrchestrator.Api.Fees;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Orders;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

public sealed record PayRequest : ITryable
{
    /// <summary>The open quote to pay.</summary>
    public required Id<QuoteResource> QuoteId { get; init; }

    /// <summary>The public address of the buyer's browser. The quote's own serves for 15 minutes; later, card and worldfirst_balance need it here.</summary>
    public string? BuyerIp { get; init; }

    /// <summary>Where the buyer's browser goes after a page of the provider, with payment and status appended. https, or http on localhost.</summary>
    public string? ReturnUrl { get; init; }

    /// <summary>Up to 20 texts of your own: names of at most 40 characters, values of at most 500.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>
    /// True to be told what would happen: everything is read and decided as for a payment, and nothing is written, no key used, no money asked for. The
    /// refusals are those of the payment itself, but that quote_expired brings no replacement.
    /// </summary>
    public bool? DryRun { get; init; }
}

internal sealed record Pay(Caller Caller, PayRequest Request, KeyedRequest Key, AcceptedLanguage Language) : ICommand<Result<PayAnswer>>, IValidated
{
    public void Validate(FieldErrors errors)
    {
        errors.BuyerIp("buyer_ip", Request.BuyerIp, Caller);
        errors.ReturnUrl("return_url", Request.ReturnUrl);
        errors.Metadata(Request.Metadata);
    }
}

/// <summary>
/// Pays a quote in three phases: the intent is committed; the provider is called with no transaction open; the outcome is committed. Whatever
/// dies in between, the intent stays and says whom to ask.
/// </summary>
internal sealed class PayHandler(
    PaymentStore store, QuoteStore quotes, FeeScheduleStore prices, QuoteMaker maker, BuyerStanding standing, OrderCheck orders, ProviderPages pages, ProviderDirectory providers, Secrets secrets, PublicAddress address, PaymentChanges changes,
    ResolverSchedule schedule, FailureVelocity velocity, TimeProvider clock)
    : ICommandHandler<Pay, Result<PayAnswer>>
{
    // How long the buyer's address that a quote was made with is taken as the buyer's present one.
    private static readonly TimeSpan AddressServesFor = TimeSpan.FromMinutes(15);

    public async ValueTask<Result<PayAnswer>> Handle(Pay command, CancellationToken cancellationToken)
    {
        var (caller, request, key, language) = command;
        var dryRun = request.DryRun is true;
        var known = await store.LoadForPayingAsync(caller, request.QuoteId, key.Key!, clock.Now(), cancellationToken);
        if (known.Quote is not { } quote || !quote.IsOpenTo(caller)) return Problem.NotFound<QuoteResource>("quote", "quote_id");
        if (known.Key is { } used && used.RefusalFor(key.Fingerprint) is { } reused) return reused;
        // Null where the key has just ended by its age: then the quote says what became of it.
        if (known is { Key: not null, Earlier: { } earlier }) return Result<PayAnswer>.Replay(new PayAnswer.Paid(earlier.ToResource()));
        // The address that a quote was made with serves for a while; no quote made from an older one gives it new life.
        var buyerIp = caller.AddressOfBuyer(request.BuyerIp) ?? (clock.Now() - quote.CreatedAt <= AddressServesFor ? quote.BuyerIp : null);
        if (await RefuseAsync(known, quote, buyerIp, dryRun, cancellationToken) is { } refusal) return refusal;

        var orderAnswer = orders.RefuseAsync(caller.Mode, known.Accounts.Newest(LinkProvider.Marketplace1688), quote.OrderId, quote.Price.Order, quote.Method, cancellationToken);
        var (verdict, reading) = await standing.JudgeQuoteAsync(caller.Mode, known.Accounts, quote.Method, quote.Price.Order, quote.Price.Total, buyerIp, cancellationToken);
        var orderRefusal = await orderAnswer;
        if ((verdict.Eligible ? orderRefusal : NotEligible(verdict, new Voice(language, caller.Mode, pages))) is { } noPayment)
        {
            // The payment that this request repeats may have taken the very balance that is missing now, or have paid the order: then it is the answer.
            var present = await store.LoadForPayingAsync(caller, request.QuoteId, key.Key!, clock.Now(), cancellationToken);
            return present.Quote?.PaymentId is null && present.Live is null ? noPayment : await Handle(command, cancellationToken);
        }

        var payment = Payment.Of(quote, request.ReturnUrl, request.Metadata ?? new Dictionary<string, string>(), clock.Now());
        var passed = PaymentVerdict.Of(verdict, reading, payment.CreatedAt);
        if (dryRun) return new PayAnswer.Previewed(PaymentPreview.Of(payment, passed));
        var account = known.Accounts.Newest(quote.Method.PaidThrough())!;
        var attempt = new Attempt(payment.Id, 1, account.Provider, $"{payment.Id}-1", account.Id);
        var state = ReturnState.New(payment.Id.ToString());
        if (!await store.TryCommitIntentAsync(payment, attempt, quote, passed, key, state, schedule.OwnerGoneAt(payment.CreatedAt), cancellationToken))
            // Another request was first with the quote, the order or the key: what it left is there now.
            return await Handle(command, cancellationToken);

        Telemetry.Instruments.QuoteConsumed(quote.Method, caller.Mode);
        // Money may move from here on: a client that hangs up changes nothing any more.
        var open = new OpenPayment(payment, attempt, quote.Price.Mid?.ProviderQuoteId, account, 0);
        // Held up for so long that others take us for dead, we leave it to them: they may have given the payment up, and a debit now would come after that.
        var outcome = clock.Now() < schedule.OwnerGoneAt(payment.CreatedAt)
            ? await providers.For(caller.Mode).Gateway(quote.Method)!.DebitAsync(open.ToDebit(secrets, address.Return(payment.Method.PaidThrough(), state)), CancellationToken.None)
            : new DebitOutcome.Unknown("not sent: its owner was held up for too long");
        return new PayAnswer.Paid((await changes.ApplyAsync(payment, attempt, outcome, CancellationToken.None)).ToResource());
    }

    private async Task<Problem?> RefuseAsync(PaymentStore.Known known, Quote quote, string? buyerIp, bool dryRun, CancellationToken cancellationToken)
    {
        if (quote.PaymentId is { } consumer)
        {
            return new Problem(ProblemType.QuoteConsumed, "See payment_id. To pay again after a failure, ask for a new quote.")
            {
                PaymentId = consumer.ToString(),
                PaymentStatus = known.ConsumerStatus,
            };
        }

        if (known.Live is { } live) return live.ToProblem();
        if (known.DecisiveFailure is { } decisive) return velocity.Refusal(decisive, clock.Now());
        if (quote.Indicative) return new Problem(ProblemType.QuoteIndicative, "Ask for a quote with the order's amount fixed, and pay that.");
        if (providers.For(quote.Owner.Mode).Gateway(quote.Method) is null)
            return new Problem(ProblemType.ProviderNotConfigured, $"{quote.Method.Code()} has no provider configured in {quote.Owner.Mode.Code()} mode.");
        if (!quote.HasExpired(clock.Now())) return null;
        // A replacement is a price that a provider gives and that we store: more than a dry run may do.
        return dryRun ? Expired(null) : await ExpiredAsync(quote, buyerIp, cancellationToken);
    }

    private async Task<Problem> ExpiredAsync(Quote quote, string? buyerIp, CancellationToken cancellationToken)
    {
        var fresh = await maker.MakeAsync(
            new QuoteWish(
                quote.Owner, quote.BuyerId, quote.Method, quote.OrderId, quote.SupplierId, Quote.FixedOrder, quote.Price.Order, quote.Price.Source.Currency, quote.Lock, buyerIp),
            await prices.InForceAsync(quote.Owner, clock.Now(), cancellationToken), cancellationToken);
        if (fresh.Problem is not null) return Expired(null);
        await quotes.TryInsertAsync(fresh.Value, null, cancellationToken);
        return Expired(fresh.Value.ToResource(fresh.Value.CreatedAt));
    }

    private static Problem Expired(QuoteResource? replacement) => new(ProblemType.QuoteExpired, replacement is not null
        ? "The price has to be shown again: replacement is a fresh quote for the same order, method, currency and length of hold."
        : "The price has to be shown again: ask for a new quote.")
    {
        Replacement = replacement,
    };

    private static Problem NotEligible(MethodVerdict verdict, Voice voice)
    {
        var unmet = verdict.Requirements.Any(requirement => requirement.Status == RequirementStatus.Unmet);
        // Only where nothing is known to be wrong can asking again help.
        return (verdict.HasUnknownFact && !unmet
            ? new Problem(ProblemType.FactsUnavailable, "A provider did not answer in time. Repeat the request with the same Idempotency-Key; the quote is unused.") { RetryAfter = 1 }
            : new Problem(ProblemType.MethodNotEligible, "See requirements for what is missing and what would meet it; the quote is unused."))
            with
        { Requirements = voice.Say(verdict) };
    }
}

internal static class PayEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/payments", async (
            Caller caller, RequiredIdempotencyKey key, AcceptedLanguage language, RequestBody<PayRequest> body, ISender sender, CancellationToken cancellationToken) =>
            Answer(
                await sender.Send(new Pay(caller, body.Value, new KeyedRequest(key.Text, body.Fingerprint), language), cancellationToken), body.Value.DryRun is true))
        .Needs(Scope.PaymentsWrite).OpenToBuyers()
        .WithName("createPayment").WithTags("Payments")
        .WithSummary("Pay a quote, once")
        .WithDescription("""
            201 with the payment whatever its outcome, declines included; see status and failure. A 4xx means that there is no payment. The provider is waited for
            at most 10 seconds; then the payment is processing. Repeat a request that got no answer with the same Idempotency-Key: it is never paid twice.
            Amounts and successes are never limited; where the operator counts the failed payments of a buyer, 429 too_many_failed_attempts says when to try again.
            With dry_run true: 200 with what would be made, and nothing is; where the key stands for a payment already, 200 with that one.
            """)
        .Produces<PaymentPreview>(200).Produces<PaymentResource>(201).Refuses(400, 401, 404, 409, 413, 415, 422);

    private static IResult Answer(Result<PayAnswer> result, bool dryRun)
    {
        if (result is { Problem: null, Value: PayAnswer.Previewed previewed }) return ((Result<PaymentPreview>)previewed.Preview).Ok();
        var paid = result.Map(answer => ((PayAnswer.Paid)answer).Payment);
        return dryRun ? paid.Ok() : paid.Created(payment => $"/v1/payments/{payment.Id}");
    }
}
