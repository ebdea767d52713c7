using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Eligibility;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.LinkedAccounts;

public sealed record LinkMarketplaceRequest
{
    /// <summary>The buyer's active 1688 account (<c>lac_…</c>).</summary>
    public required Id<LinkedAccountResource> MarketplaceAccountId { get; init; }
}

/// <summary>A buyer's 1688 id that WorldFirst may pay orders of.</summary>
public sealed record MarketplaceLinkResource
{
    /// <summary>Always <c>marketplace_link</c>.</summary>
    public string Object { get; init; } = "marketplace_link";

    public required Id<LinkedAccountResource> WorldfirstAccountId { get; init; }

    public required Id<LinkedAccountResource> MarketplaceAccountId { get; init; }

    /// <summary><c>active</c>: WorldFirst confirmed it. <c>revoked</c>, in a replay: it was confirmed, and one of the accounts or the link itself has ended since.</summary>
    public string Status { get; init; } = LinkedAccount.Active;
}

internal sealed record LinkMarketplace(Caller Caller, Id<LinkedAccountResource> WorldFirstAccount, LinkMarketplaceRequest Request, KeyedRequest Key)
    : ICommand<Result<MarketplaceLinkResource>>;

internal sealed class LinkMarketplaceHandler(
    LinkedAccountStore store, ProviderDirectory providers, FactsCache facts, Secrets secrets, TimeProvider clock) : ICommandHandler<LinkMarketplace, Result<MarketplaceLinkResource>>
{
    public async ValueTask<Result<MarketplaceLinkResource>> Handle(LinkMarketplace command, CancellationToken cancellationToken)
    {
        var (caller, id, request, key) = command;
        if (await store.FindAsync(caller, id, cancellationToken) is not { Provider: LinkProvider.WorldFirst } worldFirst || !caller.MayActFor(worldFirst.BuyerId))
            return Problem.NotFound<LinkedAccountResource>("linked account with provider worldfirst");
        var found = await store.FindForLinkingAsync(caller, worldFirst.BuyerId, key.Key!, request.MarketplaceAccountId, cancellationToken);
        var link = new MarketplaceLinkResource { WorldfirstAccountId = id, MarketplaceAccountId = request.MarketplaceAccountId };
        if (found.Key is { } used) return used.RefusalFor(key.Fingerprint) ?? await PresentAsync(link, worldFirst, found.Parent!, cancellationToken);
        if (found.Parent is not { } marketplace) return Problem.NotFound<LinkedAccountResource>("linked account of this buyer", "marketplace_account_id");
        if (marketplace.Provider != LinkProvider.Marketplace1688)
            return Problem.Invalid(new FieldError("marketplace_account_id", "invalid", "marketplace_account_id must be a linked account whose provider is marketplace_1688."));
        if (worldFirst.Status != LinkedAccount.Active || marketplace.Status != LinkedAccount.Active)
            return new Problem(ProblemType.AccountNotActive, "Both accounts must be active: link them to the end first.");
        if (providers.For(caller.Mode).WorldFirst is not { } provider)
            return new Problem(ProblemType.ProviderNotConfigured, $"worldfirst has no configuration for {caller.Mode.Code()} mode.");

        // Linking the same id twice is the same link: the call is repeated freely, so the key is recorded once WorldFirst has confirmed.
        var answer = await provider.LinkMarketplaceAsync(worldFirst.Credential(secrets), marketplace.ProviderAccountId!, CancellationToken.None);
        facts.Forget(worldFirst.BuyerId);
        if (answer is ProviderAnswer<bool>.Refused refused) return new Problem(ProblemType.LinkRefused, refused.Message);
        if (answer is not ProviderAnswer<bool>.Ok)
            return new Problem(ProblemType.ProviderUnavailable, "WorldFirst did not confirm. Repeat the request with the same Idempotency-Key.") { RetryAfter = 5 };
        return await store.TryRecordKeyAsync(caller, worldFirst, key, clock.Now(), CancellationToken.None) ? link : await Handle(command, cancellationToken);
    }

    /// <summary>How the link stands now. It lies at WorldFirst alone, so WorldFirst is asked, unless one of the accounts is gone and the link with it.</summary>
    private async Task<Result<MarketplaceLinkResource>> PresentAsync(
        MarketplaceLinkResource link, LinkedAccount worldFirst, LinkedAccount marketplace, CancellationToken cancellationToken)
    {
        if (worldFirst.Status != LinkedAccount.Active || marketplace.Status != LinkedAccount.Active)
            return Result<MarketplaceLinkResource>.Replay(link with { Status = LinkedAccount.Revoked });
        if (providers.For(worldFirst.Owner.Mode).WorldFirst is not { } provider)
            return new Problem(ProblemType.ProviderNotConfigured, $"worldfirst has no configuration for {worldFirst.Owner.Mode.Code()} mode.");
        return await provider.ReadFactsAsync(worldFirst.Credential(secrets), marketplace.ProviderAccountId!, cancellationToken) switch
        {
            ProviderAnswer<WorldFirstFacts>.Ok { Value.MarketplaceLinked: true } => Result<MarketplaceLinkResource>.Replay(link),
            ProviderAnswer<WorldFirstFacts>.Unknown =>
                new Problem(ProblemType.ProviderUnavailable, "The link was made; WorldFirst does not say whether it still stands. Repeat the request with the same Idempotency-Key.") { RetryAfter = 5 },
            _ => Result<MarketplaceLinkResource>.Replay(link with { Status = LinkedAccount.Revoked }),
        };
    }
}

internal static class LinkMarketplaceEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/linked-accounts/{id}/marketplace-links", async (
            string id, Caller caller, RequiredIdempotencyKey key, RequestBody<LinkMarketplaceRequest> body, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(
                new LinkMarketplace(caller, Id<LinkedAccountResource>.ParseOrNone(id), body.Value, new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken))
                .Created(link => $"/v1/linked-accounts/{link.WorldfirstAccountId}"))
        .Needs(Scope.AccountsWrite).OpenToBuyers()
        .WithName("linkMarketplace").WithTags("Linked accounts")
        .WithSummary("Link the buyer's 1688 id to the WorldFirst account")
        .WithDescription("Meets worldfirst.marketplace_link, which World Pay needs.")
        .Produces<MarketplaceLinkResource>(201).Refuses(400, 401, 404, 409, 413, 415, 422);
}
