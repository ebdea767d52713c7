using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.LinkedAccounts;

/// <summary>
/// Gives authorisations back that came for an account which had ended by then: deleted while the buyer consented, or given up. They are kept,
/// encrypted, until the provider has confirmed.
/// </summary>
internal sealed class GrantReturns(
    UpkeepStore store, ProviderDirectory providers, Secrets secrets, UpkeepSchedule schedule, TimeProvider clock, ILogger<GrantReturns> log)
{
    public async Task GiveBackAsync(LinkedAccount ended, AccountGrant late)
    {
        var secret = secrets.Protect(late.Secret);
        if (!await store.TryKeepToGiveBackAsync(ended, late.ProviderAccountId, secret, clock.Now() + schedule.Lease, CancellationToken.None)) return;
        await FinishAsync(ended with { ProviderAccountId = late.ProviderAccountId, Secret = secret }, tries: 0);
    }

    /// <summary>Asks the provider to take the kept authorisation back; again later if nobody can say whether it did.</summary>
    public async Task FinishAsync(LinkedAccount ended, int tries)
    {
        var linker = providers.For(ended.Owner.Mode).Linker(ended.Provider);
        if (linker is null || await linker.RevokeAsync(ended.Credential(secrets), CancellationToken.None) is ProviderAnswer<bool>.Unknown)
        {
            log.LogWarning("{AccountId} had ended when {Provider} authorised it, and the authorisation is not taken back yet.", ended.Id, ended.Provider);
            await store.PostponeAsync(ended, clock.Now() + schedule.DelayAfter(tries), CancellationToken.None);
            return;
        }

        await store.ForgetSecretAsync(ended, CancellationToken.None);
    }
}
