using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.CardAcquirer;

/// <summary>Stripe's refusals in our words.</summary>
internal static class CardRefusals
{
    private const string Declined = "The card was declined.";

    /// <summary>
    /// The third part says whether a new payment could succeed with nothing else changed. Buyers are not told that a card is reported
    /// stolen or was taken for fraud: whoever holds it should not learn that.
    /// </summary>
    public static (string Code, string Message, bool Retryable) Of(StripeRefusal refusal) => (refusal.DeclineCode ?? refusal.Code) switch
    {
        "insufficient_funds" => (FailureCode.InsufficientBalance, "The card has too little money.", false),
        "expired_card" => (FailureCode.CardExpired, "The card has expired.", false),
        "incorrect_cvc" or "invalid_cvc" => (FailureCode.CardIncorrectCvc, "The card's security code is wrong.", false),
        "lost_card" or "stolen_card" or "pickup_card" or "restricted_card" => (FailureCode.CardLostOrStolen, Declined, false),
        "fraudulent" or "merchant_blacklist" or "security_violation" => (FailureCode.RiskRejected, Declined, false),
        "card_velocity_exceeded" or "withdrawal_count_limit_exceeded" or "amount_too_large" =>
            (FailureCode.LimitExceeded, "A limit of the card or of the acquirer is exceeded.", false),
        "processing_error" or "try_again_later" or "issuer_not_available" or "reenter_transaction" =>
            (FailureCode.CardDeclined, "The card's issuer could not be asked; it may work later.", true),
        "authentication_required" or "authentication_not_handled" =>
            (FailureCode.AuthenticationRequired, "The card's issuer wants the buyer to confirm the payment.", false),
        "payment_intent_authentication_failure" or "setup_intent_authentication_failure" =>
            (FailureCode.AuthenticationFailed, "The card's holder was not authenticated.", true),
        "currency_not_supported" => (FailureCode.CurrencyNotSupported, "The card does not support the currency.", false),
        "amount_too_small" => (FailureCode.AmountTooSmall, "The amount is below the acquirer's minimum.", false),
        "resource_missing" or "payment_method_invalid_parameter" or "payment_method_unactivated" or "payment_method_unexpected_state" =>
            (FailureCode.AccountNotUsable, "The acquirer does not know the card, or no longer.", false),
        _ when refusal.Code == "card_declined" => (FailureCode.CardDeclined, Declined, false),
        var code => (FailureCode.ProviderRefused, $"The acquirer refused the request ({ProviderText.Code(code)}).", false),
    };

    public static ProviderAnswer<T>.Refused Answer<T>(StripeRefusal refusal)
    {
        var (code, message, _) = Of(refusal);
        return new ProviderAnswer<T>.Refused(code, message);
    }

    public static DebitOutcome.Refused Outcome(StripeRefusal refusal)
    {
        var (code, message, retryable) = Of(refusal);
        return new DebitOutcome.Refused(code, message, retryable, refusal.PaymentIntentId);
    }
}
