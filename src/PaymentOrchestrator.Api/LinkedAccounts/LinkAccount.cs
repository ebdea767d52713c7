using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.LinkedAccounts;

public sealed record LinkAccountRequest
{
    /// <summary>Where the account is.</summary>
    public required LinkProvider Provider { get; init; }

    /// <summary>Where the buyer's browser goes at the end, with linked_account and status appended. https, or http on localhost.</summary>
    public required string ReturnUrl { get; init; }

    /// <summary>marketplace_1688 only, required there: <c>alipay</c> or <c>password</c>. Logging in with Alipay is a requirement of World Pay.</summary>
    public string? Login { get; init; }

    /// <summary>card only: the acquirer's token of a card (<c>pm_…</c>). Without it the buyer goes to the acquirer's page.</summary>
    public string? PaymentMethod { get; init; }

    /// <summary>mainland_bank only, required there: the buyer's active Alipay account (<c>lac_…</c>) to bind the bank account to.</summary>
    public Id<LinkedAccountResource>? AlipayAccountId { get; init; }
}

internal sealed record LinkAccount(Caller Caller, Id<BuyerResource> BuyerId, LinkAccountRequest Request, KeyedRequest Key)
    : ICommand<Result<LinkedAccountResource>>, IValidated
{
    public void Validate(FieldErrors errors)
    {
        errors.ReturnUrl("return_url", Request.ReturnUrl);
        Only(LinkProvider.Marketplace1688, "login", Request.Login is not null, needed: true);
        Only(LinkProvider.MainlandBank, "alipay_account_id", Request.AlipayAccountId is not null, needed: true);
        Only(LinkProvider.Card, "payment_method", Request.PaymentMethod is not null, needed: false);
        if (Request.Login is not (null or "alipay" or "password")) errors.Add("login", "invalid", "login must be alipay or password.");
        if (Request.PaymentMethod is { } token && !(token.Length is > 3 and <= 255 && token.StartsWith("pm_", StringComparison.Ordinal) && token.All(IsTokenCharacter)))
            errors.Add("payment_method", "invalid", "payment_method must be the acquirer's token of a card, pm_….");

        void Only(LinkProvider provider, string field, bool given, bool needed)
        {
            if (given && Request.Provider != provider) errors.Add(field, "not_applicable", $"{field} is for provider {provider.Code()} only; leave it out.");
            if (!given && needed && Request.Provider == provider) errors.Add(field, "required", $"{field} is required for provider {provider.Code()}.");
        }
    }

    private static bool IsTokenCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character == '_';
}

internal sealed class LinkAccountHandler(
    LinkedAccountStore store, GrantReturns returns, ProviderDirectory providers, Secrets secrets, PublicAddress address, TimeProvider clock, ILogger<LinkAccountHandler> log) : ICommandHandler<LinkAccount, Result<LinkedAccountResource>>
{
    public async ValueTask<Result<LinkedAccountResource>> Handle(LinkAccount command, CancellationToken cancellationToken)
    {
        var (caller, buyer, request, key) = command;
        var found = await store.FindForLinkingAsync(caller, buyer, key.Key!, request.AlipayAccountId, cancellationToken);
        if (!found.BuyerExists || !caller.MayActFor(buyer)) return Problem.NotFound<BuyerResource>("buyer");
        if (found.Key is { } used && used.RefusalFor(key.Fingerprint) is { } reused) return reused;
        // Null where the key has just ended by its age.
        if (found is { Key: not null, Earlier: { } earlier }) return Result<LinkedAccountResource>.Replay(earlier.ToResource());
        if (RefuseParent(request, found.Parent) is { } refusal) return refusal;
        if (providers.For(caller.Mode).Linker(request.Provider) is not { } linker)
            return new Problem(ProblemType.ProviderNotConfigured, $"{request.Provider.Code()} has no configuration for {caller.Mode.Code()} mode.");

        var now = clock.Now();
        var id = Id<LinkedAccountResource>.New(buyer.ShardKey, now);
        var state = ReturnState.New(id.ToString());
        var account = new LinkedAccount
        {
            Id = id,
            Owner = caller,
            BuyerId = buyer,
            Provider = request.Provider,
            Status = LinkedAccount.Pending,
            Login = request.Login,
            ParentId = found.Parent?.Id,
            ReturnUrl = request.ReturnUrl,
            StateHash = ReturnState.Hash(state),
            CreatedAt = now,
            UpdatedAt = now,
        };
        if (!await store.TryInsertAsync(account, key, cancellationToken)) return await Handle(command, cancellationToken);

        // Intent is committed: from here a client that hangs up changes nothing.
        var start = await linker.StartAsync(
            new LinkRequest(buyer.ToString(), address.Return(request.Provider), state, request.Login, request.PaymentMethod, found.Parent?.Credential(secrets)),
            CancellationToken.None);
        if (start is ProviderAnswer<LinkStart>.Unknown unknown) log.LogWarning("{Provider} did not begin the linking {AccountId}: {Reason}", request.Provider, id, unknown.Reason);
        var next = start switch
        {
            ProviderAnswer<LinkStart>.Ok { Value: LinkStart.Redirect redirect } => account with { NextActionUrl = redirect.Url.ToString(), Session = redirect.Session },
            ProviderAnswer<LinkStart>.Ok { Value: LinkStart.Granted granted } => account.WithGrant(granted.Grant, secrets.Protect(granted.Grant.Secret)),
            ProviderAnswer<LinkStart>.Refused refused => account.WithFailure(refused.Code, refused.Message),
            _ => account.WithFailure(ProblemType.ProviderUnavailable.Code, "The provider did not answer. Link again with a new Idempotency-Key."),
        };
        next = next with { Version = account.Version + 1, UpdatedAt = clock.Now() };
        if (await store.TryUpdateAsync(next, CancellationToken.None)) return next.ToResource();
        // A buyer who came back already, or somebody who deleted it: that is the newer truth.
        var present = (await store.FindAsync(caller, id, CancellationToken.None))!;
        if (start is ProviderAnswer<LinkStart>.Ok { Value: LinkStart.Granted late } && present.Status != LinkedAccount.Active) await returns.GiveBackAsync(present, late.Grant);
        return present.ToResource();
    }

    private static Problem? RefuseParent(LinkAccountRequest request, LinkedAccount? parent)
    {
        if (request.Provider != LinkProvider.MainlandBank) return null;
        if (parent is null) return Problem.NotFound<LinkedAccountResource>("linked account of this buyer", "alipay_account_id");
        if (parent.Provider != LinkProvider.Alipay)
            return Problem.Invalid(new FieldError("alipay_account_id", "invalid", "alipay_account_id must be a linked account whose provider is alipay."));
        return parent.Status == LinkedAccount.Active
            ? null
            : new Problem(ProblemType.AccountNotActive, "Link the Alipay account to the end first, then bind the bank account to it.");
    }
}

internal static class LinkAccountEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/buyers/{id}/linked-accounts", async (
            string id, Caller caller, RequiredIdempotencyKey key, RequestBody<LinkAccountRequest> body, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(
                new LinkAccount(caller, Id<BuyerResource>.ParseOrNone(id), body.Value, new KeyedRequest(key.Text, body.Fingerprint)), cancellationToken))
                .Created(account => $"/v1/linked-accounts/{account.Id}"))
        .Needs(Scope.AccountsWrite).OpenToBuyers()
        .WithName("linkAccount").WithTags("Linked accounts")
        .WithSummary("Link an account of a buyer")
        .WithDescription("""
            Starts linking the buyer's account at a provider. Where the buyer has to consent, the answer is pending and next_action holds the page to open in the
            buyer's browser; afterwards the browser arrives at return_url with linked_account and status. A provider's refusal is an account with status failed.
            """)
        .Produces<LinkedAccountResource>(201).Refuses(400, 401, 404, 409, 413, 415, 422);
}
