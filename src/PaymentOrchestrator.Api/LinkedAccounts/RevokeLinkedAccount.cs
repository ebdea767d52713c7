using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.LinkedAccounts;

internal sealed record RevokeLinkedAccount(Caller Caller, Id<LinkedAccountResource> Id) : ICommand<Result<LinkedAccountResource>>;

internal sealed class RevokeLinkedAccountHandler(
    LinkedAccountStore store, ProviderDirectory providers, Secrets secrets, TimeProvider clock) : ICommandHandler<RevokeLinkedAccount, Result<LinkedAccountResource>>
{
    public async ValueTask<Result<LinkedAccountResource>> Handle(RevokeLinkedAccount command, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(command.Caller, command.Id, cancellationToken) is not { } account)
            return Problem.NotFound<LinkedAccountResource>("linked account");
        if (account.Status is LinkedAccount.Revoked or LinkedAccount.Failed) return account.ToResource();
        // Until a payment has ended, its provider must be able to be asked about it, and the buyer must not be able to pay it behind our back.
        if (await store.HasOpenPaymentAsync(account, cancellationToken))
            return new Problem(ProblemType.AccountInUse, "A payment from this account has not ended yet. Cancel it or wait for its end, then delete the account.");
        if (account.Status == LinkedAccount.Active && await RevokeAtProviderAsync(account) is { } refusal) return refusal;

        var revoked = account with
        {
            Status = LinkedAccount.Revoked,
            Secret = null,
            SecretExpiresAt = null,
            NextActionUrl = null,
            Version = account.Version + 1,
            UpdatedAt = clock.Now(),
        };
        // Changed meanwhile: look again at what it has become.
        return await store.TryUpdateAsync(revoked, CancellationToken.None) ? revoked.ToResource() : await Handle(command, cancellationToken);
    }

    private async Task<Problem?> RevokeAtProviderAsync(LinkedAccount account)
    {
        if (providers.For(account.Owner.Mode).Linker(account.Provider) is not { } linker)
            return new Problem(ProblemType.ProviderNotConfigured, $"{account.Provider.Code()} has no configuration in this mode.");
        return await linker.RevokeAsync(account.Credential(secrets), CancellationToken.None) is ProviderAnswer<bool>.Unknown
            ? new Problem(ProblemType.ProviderUnavailable, "The provider did not confirm; the account is still linked. Delete it again.") { RetryAfter = 5 }
            : null;
    }
}

internal static class RevokeLinkedAccountEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapDelete("/linked-accounts/{id}", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new RevokeLinkedAccount(caller, Id<LinkedAccountResource>.ParseOrNone(id)), cancellationToken)).Ok())
        .Needs(Scope.AccountsWrite)
        .WithName("revokeLinkedAccount").WithTags("Linked accounts")
        .WithSummary("Unlink an account")
        .WithDescription("Takes the authorisation back at the provider and forgets its tokens. Deleting twice gives the same answer.")
        .Produces<LinkedAccountResource>().Refuses(401, 404, 409);
}
