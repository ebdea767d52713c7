namespace PaymentOrchestrator.Domain;

/// <summary>Why a provider refused, in our words: the adapters map their providers' codes onto these. Stable codes of the contract.</summary>
public static class FailureCode
{
    public const string InsufficientBalance = "insufficient_balance";
    public const string AccountNotUsable = "account_not_usable";
    public const string IdentityNotVerified = "identity_not_verified";
    public const string AuthorizationExpired = "authorization_expired";
    public const string CodeExpired = "code_expired";
    public const string CurrencyNotSupported = "currency_not_supported";
    public const string QuoteExpiredAtProvider = "provider_quote_expired";
    public const string AmountTooSmall = "amount_too_small";
    public const string LimitExceeded = "limit_exceeded";
    public const string RiskRejected = "risk_rejected";
    public const string RegulationRestricted = "regulation_restricted";
    public const string OrderNotPayable = "order_not_payable";
    public const string CardDeclined = "card_declined";
    public const string CardExpired = "card_expired";
    public const string CardIncorrectCvc = "card_incorrect_cvc";
    public const string CardLostOrStolen = "card_lost_or_stolen";
    public const string CardSchemeNotSupported = "card_scheme_not_supported";
    public const string AuthenticationRequired = "authentication_required";
    public const string AuthenticationFailed = "authentication_failed";
    public const string ConsentRefused = "consent_refused";

    // Ours, about how a payment ended or why it is looked at.
    public const string AmountDiffers = "amount_differs";
    public const string ReferenceDiffers = "reference_differs";
    public const string ProviderContradicts = "provider_contradicts";
    public const string OutcomeUnknown = "outcome_unknown";
    public const string AccountUnlinked = "account_unlinked";
    public const string NotExecuted = "not_executed";
    public const string NotMoved = "not_moved";
    public const string ActionExpired = "action_expired";

    public const string ProviderRefused = "provider_refused";
}
