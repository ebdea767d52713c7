using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.LinkedAccounts;

internal static class Credentials
{
    /// <summary>The account's decrypted grant, for one call.</summary>
    public static AccountCredential Credential(this LinkedAccount account, Secrets secrets) =>
        account is { ProviderAccountId: { } id, Secret: { } secret }
            ? new AccountCredential(id, secrets.Unprotect(secret))
            : throw new InvalidOperationException($"{account.Id} was never granted.");

    /// <summary>The account that counts among the active ones: the newest of the provider.</summary>
    public static LinkedAccount? Newest(this IEnumerable<LinkedAccount> accounts, LinkProvider provider) =>
        accounts.LastOrDefault(account => account.Provider == provider && account.Status == LinkedAccount.Active);
}
