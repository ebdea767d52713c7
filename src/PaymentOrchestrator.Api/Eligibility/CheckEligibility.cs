using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Orders;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Eligibility;

public sealed record CheckEligibilityRequest
{
    public required Id<BuyerResource> BuyerId { get; init; }

    public required OrderBody Order { get; init; }

    /// <summary>The public address of the buyer's browser. Without it the network-bound methods stay closed.</summary>
    public string? BuyerIp { get; init; }

    /// <summary>Which methods to judge; all four by default.</summary>
    public IReadOnlyList<PaymentMethod>? Methods { get; init; }

    /// <summary>Judge WorldFirst balances in this currency only; any by default.</summary>
    public Currency? SourceCurrency { get; init; }
}

internal sealed record CheckEligibility(Caller Caller, CheckEligibilityRequest Request, KeyedRequest Key, AcceptedLanguage Language)
    : ICommand<Result<StoredAnswer<EligibilityCheckResource>>>, IValidated
{
    public void Validate(FieldErrors errors)
    {
        Request.Order.Validate(errors);
        errors.BuyerIp("buyer_ip", Request.BuyerIp, Caller);
        if (Request.Methods is { Count: 0 }) errors.Add("methods", "required", "methods must name at least one method, or be left out.");
    }
}

internal sealed class CheckEligibilityHandler(EligibilityStore store, BuyerStanding standing, ProviderPages pages, TimeProvider clock)
    : ICommandHandler<CheckEligibility, Result<StoredAnswer<EligibilityCheckResource>>>
{
    public async ValueTask<Result<StoredAnswer<EligibilityCheckResource>>> Handle(CheckEligibility command, CancellationToken cancellationToken)
    {
        var (caller, request, key, language) = command;
        if (caller.Session?.Refuse(request.Order) is { } notInSession) return notInSession;
        var order = request.Order.Amount!.ToMoney();

        var (now, startedAt) = (clock.Now(), clock.GetTimestamp());
        var known = await store.LoadAsync(caller, request.BuyerId, key.Key, now, cancellationToken);
        if (known.Key is { } used && used.RefusalFor(key.Fingerprint) is { } reused) return reused;
        // Null where the key has just ended by its age.
        if (known is { Key: not null, Earlier: { } earlier }) return Result<StoredAnswer<EligibilityCheckResource>>.Replay(earlier);
        if (!known.BuyerExists || !caller.MayActFor(request.BuyerId)) return Problem.NotFound<BuyerResource>("buyer", "buyer_id");

        var methods = request.Methods is null ? PaymentMethods.All : PaymentMethods.All.Where(request.Methods.Contains).ToList();
        var (question, reading) = await standing.AskAsync(caller.Mode, known.Accounts, methods, order, caller.AddressOfBuyer(request.BuyerIp), known.Schedule, startedAt, null, cancellationToken);
        var verdicts = methods.Select(method => EligibilityRules.Evaluate(method, question with { OnlyCurrency = request.SourceCurrency })).ToList();
        var voice = new Voice(language, caller.Mode, pages);
        now = clock.Now();
        var check = new EligibilityCheckResource
        {
            Id = Id<EligibilityCheckResource>.New(request.BuyerId.ShardKey, now),
            BuyerId = request.BuyerId,
            Order = request.Order,
            Methods = [.. verdicts.Select(verdict => MethodResource.From(verdict, voice))],
            Facts = ProviderFacts.Of(reading, now),
            Network = NetworkResource.Of(question.Network),
            Language = language.Tag,
            RuleVersion = EligibilityRules.Version,
            FeeScheduleId = known.Schedule.Id,
            Rates = standing.RatesUsed(reading, verdicts),
            Livemode = caller.Mode == Mode.Live,
            CreatedAt = now,
        };
        return await store.TryInsertAsync(caller, check, key, cancellationToken) is { } answer ? answer : await Handle(command, cancellationToken);
    }
}

internal static class CheckEligibilityEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/eligibility-checks", async (
            Caller caller, OptionalIdempotencyKey key, AcceptedLanguage language, RequestBody<CheckEligibilityRequest> body, ISender sender,
            CancellationToken cancellationToken) =>
            (await sender.Send(new CheckEligibility(caller, body.Value, new KeyedRequest(key.Text, body.Fingerprint), language), cancellationToken))
                .Created(check => $"/v1/eligibility-checks/{check.Id}"))
        .Needs(Scope.QuotesWrite).OpenToBuyers()
        .WithName("checkEligibility").WithTags("Eligibility")
        .WithSummary("Which methods are open, why not the others, and what would open them")
        .WithDescription("""
            Reads the buyer's accounts at their providers and judges every requirement of every method; facts says who said what, and when. A provider that does not
            answer makes its requirements unknown, never the call an error.
            """)
        .Produces<EligibilityCheckResource>(201).Refuses(400, 401, 404, 413, 415, 422);
}
