using Mediator;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

public sealed record CreateBuyerSessionRequest
{
    public required Id<BuyerResource> BuyerId { get; init; }

    /// <summary>Binds the session to one order, and with an amount to that amount; without it the browser may ask about any.</summary>
    public BuyerSessionOrder? Order { get; init; }

    /// <summary>Seconds that the session lasts: 60 to 3,600, 900 by default.</summary>
    public long? ExpiresIn { get; init; }
}

internal sealed record CreateBuyerSession(Caller Caller, CreateBuyerSessionRequest Request, KeyedRequest Key) : ICommand<Result<BuyerSessionResource>>, IValidated
{
    public void Validate(FieldErrors errors)
    {
        errors.Text("order.id", Request.Order?.Id, 64);
        errors.Positive("order.amount", Request.Order?.Amount, Currency.Cny);
        if (Request.ExpiresIn is < 60 or > 3600) errors.Add("expires_in", "invalid", "expires_in must be 60 to 3600 seconds.");
    }
}

internal sealed class CreateBuyerSessionHandler(BuyerSessionStore store, TimeProvider clock) : ICommandHandler<CreateBuyerSession, Result<BuyerSessionResource>>
{
    private const long DefaultLife = 900;

    public async ValueTask<Result<BuyerSessionResource>> Handle(CreateBuyerSession command, CancellationToken cancellationToken)
    {
        var (caller, request, key) = command;
        var known = await store.LoadAsync(caller, request.BuyerId, key.Key, cancellationToken);
        if (known.Key is { } used) return used.RefusalFor(key.Fingerprint) ?? Result<BuyerSessionResource>.Replay(known.Earlier!);
        if (!known.BuyerExists) return Problem.NotFound<BuyerResource>("buyer", "buyer_id");

        var now = clock.Now();
        var id = Id<BuyerSessionResource>.New(request.BuyerId.ShardKey, now);
        var secret = BuyerSessionSecret.New(id);
        var session = new BuyerSessionResource
        {
            Id = id,
            BuyerId = request.BuyerId,
            Order = request.Order,
            Livemode = caller.Mode == Mode.Live,
            CreatedAt = now,
            ExpiresAt = now.AddSeconds(request.ExpiresIn ?? DefaultLife),
            RevokedAt = null,
        };
        var audit = AuditEntry.Of(caller, id.ToString(), id.ShardKey, now);
        return await store.TryInsertAsync(caller, session, secret, key, audit, cancellationToken)
            ? session with { ClientSecret = secret }
            : await Handle(command, cancellationToken);
    }
}

internal static class CreateBuyerSessionEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/buyer-sessions", async (
            Caller caller, OptionalIdempotencyKey key, RequestBody<CreateBuyerSessionRequest> body, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new CreateBuyerSession(caller, body.Value, new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken))
                .Created(session => $"/v1/buyer-sessions/{session.Id}"))
        .Needs(Scope.SessionsWrite).Audited()
        .WithName("createBuyerSession").WithTags("Access")
        .WithSummary("Let a buyer's browser ask for prices, link accounts and pay")
        .WithDescription("""
            Give client_secret to the buyer's page; it calls with a publishable key and the header Buyer-Session. Such a caller may ask for eligibility, quotes and payment
            options of this buyer, link this buyer's accounts, pay quotes that were made in this session, and read these. The buyer's address is then the connection's.
            """)
        .Produces<BuyerSessionResource>(201).Refuses(400, 401, 404, 413, 415, 422);
}
