using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Background;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.LinkedAccounts;

/// <summary>
/// Sees to accounts of its own accord: renews authorisations before they end, ends linkings that nobody will finish, and gives back what came too
/// late. Any number of instances may run it; each account that is due is claimed by one.
/// </summary>
internal sealed class AccountUpkeep(
    UpkeepStore upkeep, LinkedAccountStore store, GrantReturns returns, ProviderDirectory providers, Secrets secrets, UpkeepSchedule schedule, TimeProvider clock,
    ILogger<AccountUpkeep> log) : Poller(schedule.Interval, clock, log)
{
    private const int Batch = 100;

    private readonly TimeProvider clock = clock;
    private readonly ILogger<AccountUpkeep> log = log;

    internal override async Task RunOnceAsync(CancellationToken stoppingToken) =>
        await ForEachAsync(await upkeep.FindDueAsync(clock.Now(), Batch, stoppingToken), async (item, cancellationToken) =>
        {
            var now = clock.Now();
            if (await upkeep.ClaimAsync(item, now, now + schedule.Lease, cancellationToken) is { } claimed) await SeeToAsync(claimed, item.UpkeepTries);
        }, stoppingToken);

    private async Task SeeToAsync(LinkedAccount account, int tries)
    {
        var now = clock.Now();
        if (account.Status is LinkedAccount.Pending or LinkedAccount.Active && schedule.NextAt(account, account.UpdatedAt) is { } at && at > now && tries == 0)
            // Due by an older reckoning.
            await upkeep.PostponeAsync(account, at, CancellationToken.None);
        else if (account.Status == LinkedAccount.Pending)
            await EndAsync(account.NextActionUrl is null
                ? account.WithFailure(ProblemType.ProviderUnavailable.Code, "The provider's page could not be had. Link again with a new Idempotency-Key.")
                : account.WithFailure(FailureCode.ActionExpired, "The buyer did not come back from the provider's page in time. Link again."));
        else if (account.Status == LinkedAccount.Active)
            await RenewAsync(account, tries);
        else if (account.Secret is not null)
            await returns.FinishAsync(account, tries);
        else
            await upkeep.ForgetSecretAsync(account, CancellationToken.None);
    }

    private async Task RenewAsync(LinkedAccount account, int tries)
    {
        if (providers.For(account.Owner.Mode).Refresher(account.Provider) is not { } refresher)
        {
            log.LogWarning("{AccountId} cannot be renewed: {Provider} is not configured in {Mode} mode.", account.Id, account.Provider, account.Owner.Mode);
            await upkeep.PostponeAsync(account, clock.Now() + schedule.MaxDelay, CancellationToken.None);
            return;
        }

        switch (await refresher.RefreshAsync(account.Credential(secrets), CancellationToken.None))
        {
            case ProviderAnswer<AccountGrant>.Ok { Value: var grant }:
                if (!await upkeep.TryRenewAsync(account, secrets.Protect(grant.Secret), grant.ExpiresAt, clock.Now(), CancellationToken.None)) await TooLateAsync(account, grant);
                break;
            case ProviderAnswer<AccountGrant>.Refused refused when await store.HasOpenPaymentAsync(account, CancellationToken.None):
                // Until the payment has ended its provider must be able to be asked; no new one is begun, for the provider refuses the buyer's facts as well.
                log.LogWarning("{Provider} does not renew {AccountId} ({Code}), which a payment still needs.", account.Provider, account.Id, refused.Code);
                await upkeep.PostponeAsync(account, clock.Now() + schedule.DelayAfter(tries), CancellationToken.None);
                break;
            case ProviderAnswer<AccountGrant>.Refused refused:
                await EndAsync(account.Ended(refused.Code, refused.Message));
                break;
            case ProviderAnswer<AccountGrant>.Unknown unknown:
                log.LogWarning("{Provider} did not say whether it renewed {AccountId}: {Reason}", account.Provider, account.Id, unknown.Reason);
                await upkeep.PostponeAsync(account, clock.Now() + schedule.DelayAfter(tries), CancellationToken.None);
                break;
        }
    }

    /// <summary>Unlinked while it was renewed: what came is given back. Renewed by somebody else: that one's word stands, and ours is of the same authorisation.</summary>
    private async Task TooLateAsync(LinkedAccount account, AccountGrant grant)
    {
        if (await store.FindAsync(account.Owner, account.Id, CancellationToken.None) is { Status: not LinkedAccount.Active } ended) await returns.GiveBackAsync(ended, grant);
    }

    /// <summary>Nothing is written where the account has changed meanwhile: whoever changed it knew more.</summary>
    private Task EndAsync(LinkedAccount ended) =>
        store.TryUpdateAsync(ended with { Version = ended.Version + 1, UpdatedAt = clock.Now() }, CancellationToken.None);
}
