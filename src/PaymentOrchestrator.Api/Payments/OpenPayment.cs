using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>A payment with all that it takes to hold its conversation with the provider again.</summary>
/// <param name="Tries">How often the provider was asked what became of it.</param>
internal sealed record OpenPayment(Payment Payment, Attempt Attempt, string? ProviderQuoteId, LinkedAccount Account, int Tries)
{
    public Debit ToDebit(Secrets secrets, Uri returnUrl) => new(
        Attempt.RequestId, Payment.Id.ToString(), Payment.Method, Payment.BuyerId.ToString(), Payment.OrderId, Payment.Order, Payment.Total,
        ProviderQuoteId, Account.Credential(secrets), returnUrl, Payment.ProviderReference);
}
