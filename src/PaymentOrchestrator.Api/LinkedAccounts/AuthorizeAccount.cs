using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.LinkedAccounts;

/// <summary>A buyer authorised us at the provider's side, and the provider said so in a verified notification.</summary>
internal sealed record AuthorizeAccount(Mode Mode, string BuyerId, LinkProvider Provider, IReadOnlyDictionary<string, string> Parameters)
    : ICommand<Result<LinkedAccountResource>>;

internal sealed class AuthorizeAccountHandler(
    LinkedAccountStore store, ProviderDirectory providers, Secrets secrets, PublicAddress address, TimeProvider clock, ILogger<AuthorizeAccountHandler> log)
    : ICommandHandler<AuthorizeAccount, Result<LinkedAccountResource>>
{
    public async ValueTask<Result<LinkedAccountResource>> Handle(AuthorizeAccount command, CancellationToken cancellationToken)
    {
        var buyer = Id<BuyerResource>.ParseOrNone(command.BuyerId);
        if (await store.FindOwnerAsync(buyer, command.Mode, cancellationToken) is not { } owner) return Problem.NotFound<BuyerResource>("buyer");
        var accounts = await store.ListAsync(owner, buyer, activeOnly: true, cancellationToken) ?? [];
        var parent = command.Provider == LinkProvider.MainlandBank ? accounts.Newest(LinkProvider.Alipay)?.Credential(secrets) : null;
        var linker = providers.For(command.Mode).Linker(command.Provider) ?? throw new InvalidOperationException("A notification was verified for a provider that is not configured.");

        var answer = await linker.CompleteAsync(new LinkCompletion(command.Parameters, address.Return(command.Provider), null, parent), CancellationToken.None);
        if (answer is ProviderAnswer<AccountGrant>.Refused refused)
        {
            // The same notification again: its code was spent on the account that we have.
            if (accounts.Newest(command.Provider) is { } present) return present.ToResource();
            return new Problem(ProblemType.LinkRefused, refused.Message);
        }

        if (answer is not ProviderAnswer<AccountGrant>.Ok { Value: var grant })
        {
            log.LogWarning("{Provider} announced an authorisation of {BuyerId} and did not complete it: {Reason}", command.Provider, buyer, (answer as ProviderAnswer<AccountGrant>.Unknown)?.Reason);
            return new Problem(ProblemType.ProviderUnavailable, "The provider did not answer; send the notification again.") { RetryAfter = 5 };
        }

        if (accounts.LastOrDefault(account => account.Provider == command.Provider && account.ProviderAccountId == grant.ProviderAccountId) is { } same)
            return await RefreshAsync(same, grant);
        var now = clock.Now();
        var linked = new LinkedAccount
        {
            Id = Id<LinkedAccountResource>.New(buyer.ShardKey, now),
            Owner = owner,
            BuyerId = buyer,
            Provider = command.Provider,
            Status = LinkedAccount.Active,
            Login = command.Parameters.GetValueOrDefault("login"),
            CreatedAt = now,
            UpdatedAt = now,
        }.WithGrant(grant, secrets.Protect(grant.Secret));
        await store.TryInsertAsync(linked, null, CancellationToken.None);
        return linked.ToResource();
    }

    private async Task<LinkedAccountResource> RefreshAsync(LinkedAccount account, AccountGrant grant)
    {
        var renewed = account.WithGrant(grant, secrets.Protect(grant.Secret)) with { Version = account.Version + 1, UpdatedAt = clock.Now() };
        return await store.TryUpdateAsync(renewed, CancellationToken.None) ? renewed.ToResource() : account.ToResource();
    }
}
