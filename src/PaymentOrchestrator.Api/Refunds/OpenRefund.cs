using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Refunds;

/// <summary>The debit that a refund gives back of.</summary>
internal sealed record PaidDebit(PaymentMethod Method, string RequestId, string Reference, LinkedAccount Account);

/// <summary>A refund with all that it takes to speak to the provider about it, the first time or again.</summary>
internal sealed record OpenRefund(Refund Refund, PaidDebit Debit)
{
    /// <summary>An account that was unlinked meanwhile has no secret any more; money goes back to it all the same, by the merchant's own right.</summary>
    public ProviderRefund ToRequest(Secrets secrets) => new(
        Refund.RequestId, Refund.Id.ToString(), Refund.PaymentId.ToString(), Debit.Method, Debit.RequestId, Debit.Reference, Refund.Parts.Order, Refund.Parts.Returned,
        new AccountCredential(Debit.Account.ProviderAccountId ?? "", Debit.Account.Secret is { } secret ? secrets.Unprotect(secret) : ""), Refund.ProviderReference);
}
