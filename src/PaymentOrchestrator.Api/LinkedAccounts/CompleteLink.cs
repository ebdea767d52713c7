using Mediator;
using Microsoft.AspNetCore.WebUtilities;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.LinkedAccounts;

/// <summary>The buyer is back from a provider's page. The answer is where the browser goes next.</summary>
internal sealed record CompleteLink(LinkProvider Provider, string State, IReadOnlyDictionary<string, string> Parameters) : ICommand<Result<Uri>>;

internal sealed class CompleteLinkHandler(
    LinkedAccountStore store, GrantReturns returns, ProviderDirectory providers, Secrets secrets, PublicAddress address, TimeProvider clock, ILogger<CompleteLinkHandler> log) : ICommandHandler<CompleteLink, Result<Uri>>
{
    // A consent page left open for longer is begun again.
    private static readonly TimeSpan StateLifetime = TimeSpan.FromHours(1);

    public async ValueTask<Result<Uri>> Handle(CompleteLink command, CancellationToken cancellationToken)
    {
        var taken = await store.TakeStateAsync(
            Id<LinkedAccountResource>.ParseOrNone(ReturnState.IdOf(command.State)), command.Provider, ReturnState.Hash(command.State), clock.Now() - StateLifetime, cancellationToken);
        if (taken is null)
            return new Problem(ProblemType.LinkStateInvalid, "This link was used already, is too old, or was not issued here. Start linking again from the shop.");

        // The state is spent: from here a browser that goes away changes nothing.
        var parent = taken.ParentId is { } parentId ? await store.FindAsync(taken.Owner, parentId, CancellationToken.None) : null;
        var linker = providers.For(taken.Owner.Mode).Linker(command.Provider) ?? throw new InvalidOperationException("A linking was begun with a provider that is not configured.");
        var answer = await linker.CompleteAsync(
            new LinkCompletion(command.Parameters, address.Return(command.Provider), taken.Session, parent?.Credential(secrets)), CancellationToken.None);
        if (answer is ProviderAnswer<AccountGrant>.Unknown unknown) log.LogWarning("{Provider} did not complete the linking {AccountId}: {Reason}", command.Provider, taken.Id, unknown.Reason);
        var ended = await EndAsync(taken, account => answer switch
        {
            ProviderAnswer<AccountGrant>.Ok ok => account.WithGrant(ok.Value, secrets.Protect(ok.Value.Secret)),
            ProviderAnswer<AccountGrant>.Refused refused => account.WithFailure(refused.Code, refused.Message),
            _ => account.WithFailure(ProblemType.ProviderUnavailable.Code, "The provider did not answer when the linking was to be finished. Link again."),
        });
        // Deleted, or given up, while the buyer consented: nobody will ever use what was granted.
        if (answer is ProviderAnswer<AccountGrant>.Ok late && ended.Status != LinkedAccount.Active) await returns.GiveBackAsync(ended, late.Value);
        return new Uri(QueryHelpers.AddQueryString(taken.ReturnUrl!, new Dictionary<string, string?> { ["linked_account"] = ended.Id.ToString(), ["status"] = ended.Status }));
    }

    /// <summary>Stores the end of the linking, unless someone else ended it meanwhile.</summary>
    private async Task<LinkedAccount> EndAsync(LinkedAccount account, Func<LinkedAccount, LinkedAccount> end)
    {
        while (account.Status == LinkedAccount.Pending)
        {
            var next = end(account) with { Version = account.Version + 1, UpdatedAt = clock.Now() };
            if (await store.TryUpdateAsync(next, CancellationToken.None)) return next;
            account = (await store.FindAsync(account.Owner, account.Id, CancellationToken.None))!;
        }

        return account;
    }
}
