using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Fees;

public sealed record PublishFeeScheduleRequest
{
    /// <summary>RFC 3339, not in the past; from now on when left out. No other of your schedules may begin at the same instant.</summary>
    public string? EffectiveFrom { get; init; }

    /// <summary>The whole list: one rule for each method without a currency, and any number for single currencies, 100 in all.</summary>
    public required IReadOnlyList<FeeRuleDocument> Rules { get; init; }

    /// <summary>For your own records, 1–500 characters.</summary>
    public string? Note { get; init; }
}

internal sealed record PublishFeeSchedule(Caller Caller, PublishFeeScheduleRequest Request, KeyedRequest Key) : ICommand<Result<FeeScheduleResource>>, IValidated
{
    public void Validate(FieldErrors errors)
    {
        if (Request.EffectiveFrom is not null && Rfc3339.Parse(Request.EffectiveFrom) is null)
            errors.Add("effective_from", "invalid", "effective_from must be an RFC 3339 time, like 2027-01-01T00:00:00Z.");
        errors.Text("note", Request.Note, 500);
        errors.Rules("rules", Request.Rules);
    }
}

internal sealed class PublishFeeScheduleHandler(FeeScheduleStore store, TimeProvider clock) : ICommandHandler<PublishFeeSchedule, Result<FeeScheduleResource>>
{
    public async ValueTask<Result<FeeScheduleResource>> Handle(PublishFeeSchedule command, CancellationToken cancellationToken)
    {
        var (caller, request, key) = command;
        var now = clock.Now();
        if (key.Key is { } text && await store.FindKeyAsync(caller, text, cancellationToken) is { } used)
        {
            return used.RefusalFor(key.Fingerprint)
                ?? Result<FeeScheduleResource>.Replay((await store.FindAsync(caller, new Id<FeeScheduleResource>(used.ResourceId).ToString(), now, cancellationToken))!);
        }

        // To the millisecond, as it is stored and shown.
        var effectiveFrom = request.EffectiveFrom is null ? now : Rfc3339.Parse(request.EffectiveFrom)!.Value;
        effectiveFrom = new DateTimeOffset(effectiveFrom.UtcTicks - (effectiveFrom.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        if (effectiveFrom < now)
            return Problem.Invalid(new FieldError("effective_from", "in_the_past", "effective_from must not be in the past: quotes were made since. Leave it out to begin now."));

        var id = Id<FeeScheduleResource>.New(0, now);
        return await store.PublishAsync(caller, id, effectiveFrom, ApiJson.Write(request.Rules.ToArray()), request.Note, key, now, cancellationToken) switch
        {
            Publication.Published => (await store.FindAsync(caller, id.ToString(), clock.Now(), CancellationToken.None))!,
            Publication.KeyTaken => await Handle(command, cancellationToken),
            _ => new Problem(ProblemType.FeeScheduleInstantTaken, "Another of your schedules begins at this very instant. Choose a later one: a millisecond is enough to take its place."),
        };
    }
}

internal static class PublishFeeScheduleEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/fee-schedules", async (
            Caller caller, OptionalIdempotencyKey key, RequestBody<PublishFeeScheduleRequest> body, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new PublishFeeSchedule(caller, body.Value, new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken))
                .Created(schedule => $"/v1/fee-schedules/{schedule.Id}"))
        .Needs(Scope.FeesManage).Audited()
        .WithName("publishFeeSchedule").WithTags("Fee schedules")
        .WithSummary("Publish a price list")
        .WithDescription("""
            A whole new version, for the marketplace in the key's mode, in force from effective_from until another of yours begins. What is published is never edited or
            deleted: to correct it, publish the next. Quotes keep the version that they were made with. Preview it first.
            """)
        .Produces<FeeScheduleResource>(201).Refuses(400, 401, 409, 413, 415, 422);
}
