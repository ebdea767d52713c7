using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Buyers;

public sealed record CreateBuyerRequest
{
    /// <summary>Your own name of the buyer, 1–128 characters, unique per marketplace and mode. No card or identity numbers.</summary>
    public required string Reference { get; init; }

    /// <summary>ISO 3166-1 alpha-2, capital letters.</summary>
    public required string Country { get; init; }
}

internal sealed record CreateBuyer(Caller Caller, CreateBuyerRequest Request, KeyedRequest Key) : ICommand<Result<BuyerResource>>, IValidated
{
    public void Validate(FieldErrors errors)
    {
        errors.Text("reference", Request.Reference, 128);
        if (Request.Country.Length != 2 || !Request.Country.All(char.IsAsciiLetterUpper))
            errors.Add("country", "invalid", "country must be an ISO 3166-1 alpha-2 code in capital letters, like US.");
    }
}

internal sealed class CreateBuyerHandler(BuyerStore store, TimeProvider clock) : ICommandHandler<CreateBuyer, Result<BuyerResource>>
{
    public async ValueTask<Result<BuyerResource>> Handle(CreateBuyer command, CancellationToken cancellationToken)
    {
        var (caller, request, key) = command;
        var earlier = await store.FindForCreationAsync(caller, request.Reference, key.Key!, cancellationToken);
        if (earlier.Key is { } used)
        {
            if (used.RefusalFor(key.Fingerprint) is { } refusal) return refusal;
            // Its shard is another one than the key's, so it is a round trip of its own.
            return Result<BuyerResource>.Replay((await store.FindAsync(caller, new Id<BuyerResource>(used.ResourceId), cancellationToken))!);
        }

        if (earlier.Taken is { } taken)
            return new Problem(ProblemType.BuyerReferenceTaken, "Use the buyer that has this reference, or another reference.") { BuyerId = taken.Id.ToString() };

        var now = clock.Now();
        var buyer = new BuyerResource
        {
            Id = Id<BuyerResource>.New(ShardKey.OfBuyer(caller, request.Reference), now),
            Reference = request.Reference,
            Country = request.Country,
            Livemode = caller.Mode == Mode.Live,
            CreatedAt = now,
        };
        // Another request was first with the key or the reference: what it left is there now.
        return await store.TryInsertAsync(caller, buyer, key, cancellationToken) ? buyer : await Handle(command, cancellationToken);
    }
}

internal static class CreateBuyerEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/buyers", async (Caller caller, RequiredIdempotencyKey key, RequestBody<CreateBuyerRequest> body, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new CreateBuyer(caller, body.Value, new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken))
                .Created(buyer => $"/v1/buyers/{buyer.Id}"))
        .Needs(Scope.AccountsWrite)
        .WithName("createBuyer").WithTags("Buyers")
        .WithSummary("Create a buyer")
        .WithDescription("The first call for a new customer of yours. The reference is unique; a second buyer with it is refused with the first one's id.")
        .Produces<BuyerResource>(201).Refuses(400, 401, 409, 413, 415, 422);
}
