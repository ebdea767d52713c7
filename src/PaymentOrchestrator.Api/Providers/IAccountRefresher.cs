using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers;

/// <summary>Renews an authorisation before it ends. Implemented by the providers whose authorisations end.</summary>
internal interface IAccountRefresher
{
    /// <summary>
    /// A grant of the same account with new secrets; the old ones may stop working at once, so the new ones must be stored. Refused with
    /// <see cref="FailureCode.AuthorizationExpired"/> when the buyer must link again.
    /// </summary>
    Task<ProviderAnswer<AccountGrant>> RefreshAsync(AccountCredential account, CancellationToken cancellationToken);
}
