using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Rates;

public sealed record DecideRateRequest
{
    /// <summary>Who decides, for the record: a name or an address, 1–128 characters.</summary>
    public required string DecidedBy { get; init; }

    /// <summary>Why, 1–500 characters.</summary>
    public string? Reason { get; init; }
}

internal sealed record DecideRate(Caller Caller, Id<ExchangeRateResource> Id, string Outcome, DecideRateRequest Request, KeyedRequest Key)
    : ICommand<Result<ExchangeRateResource>>, IValidated
{
    public void Validate(FieldErrors errors)
    {
        errors.Text("decided_by", Request.DecidedBy, 128);
        errors.Text("reason", Request.Reason, 500);
    }
}

/// <summary>A rate that was held back comes into force or stays out, by a person's word. Rates serve both modes and every marketplace.</summary>
internal sealed class DecideRateHandler(RateReader reader, RateStore store, IRateFeed feed, ReferenceRates rates, RateSettings settings, TimeProvider clock)
    : ICommandHandler<DecideRate, Result<ExchangeRateResource>>
{
    public async ValueTask<Result<ExchangeRateResource>> Handle(DecideRate command, CancellationToken cancellationToken)
    {
        var (caller, id, outcome, request, key) = command;
        if (caller.Mode != Mode.Live || settings.Operators?.Contains(caller.MarketplaceId) == false)
            return new Problem(ProblemType.OperatorKeyNeeded, "Rates price real orders of both modes: decide on them with a live key of a marketplace that operates this installation.");
        var used = await reader.FindKeyAsync(caller, key.Key!, cancellationToken);
        if (used?.RefusalFor(key.Fingerprint) is { } reused) return reused;
        if (await reader.FindAsync(id, cancellationToken) is not { } rate) return Problem.NotFound<ExchangeRateResource>("exchange rate");
        if (used is not null) return Result<ExchangeRateResource>.Replay(rate);
        if (rate.Status != "held")
        {
            // The very same request may have decided it since its key was looked for.
            return await reader.FindKeyAsync(caller, key.Key!, cancellationToken) is { } since
                ? since.RefusalFor(key.Fingerprint) ?? Result<ExchangeRateResource>.Replay(rate)
                : new Problem(ProblemType.RateNotHeld, $"The rate is {rate.Status} already; there is nothing to decide.");
        }

        if (!await reader.TryDecideAsync(caller, id, outcome, request.DecidedBy, request.Reason, key, clock.Now(), cancellationToken)) return await Handle(command, cancellationToken);

        // This instance at once; the others when they next read the table.
        rates.Replace(await store.InForceAsync(feed.Source, CancellationToken.None));
        return (await reader.FindAsync(id, CancellationToken.None))!;
    }
}

internal static class DecideRateEndpoints
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        Map(v1, "accept", "accepted", "acceptExchangeRate", "Let a rate into force that was held back");
        Map(v1, "reject", "rejected", "rejectExchangeRate", "Keep a rate out that was held back");
    }

    private static void Map(IEndpointRouteBuilder v1, string verb, string outcome, string name, string summary) => v1
        .MapPost($"/exchange-rates/{{id}}/{verb}", async (
            string id, Caller caller, RequiredIdempotencyKey key, RequestBody<DecideRateRequest> body, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(
                new DecideRate(caller, Id<ExchangeRateResource>.ParseOrNone(id), outcome, body.Value, new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken)).Ok())
        .Needs(Scope.Operate).Audited()
        .WithName(name).WithTags("Reference data")
        .WithSummary(summary)
        .WithDescription("For operators, with a live key. Who decided, when and why is kept with the rate. Until then the last good rate stays in force, and ages.")
        .Produces<ExchangeRateResource>().Refuses(400, 401, 403, 404, 409, 413, 415, 422);
}
