using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.AntGateway;

/// <summary>Ant's result codes in our words; WorldFirst and Antom share one vocabulary.</summary>
internal static class AntCodes
{
    /// <summary>The inquiry's answer to a request id that never arrived; the only F of an inquiry that speaks of the payment.</summary>
    public const string NeverArrived = "ORDER_NOT_EXIST";

    /// <summary>Accepted, not decided: comes with S at WorldFirst and with U at Antom.</summary>
    public static bool IsInProcess(string code) => code is "PAYMENT_IN_PROCESS" or "REFUND_IN_PROCESS" or "PROCESSING";

    /// <summary>
    /// An F that is no refusal of the money: the gateway stopped at our key, permission or parameters before it looked at the request id, and
    /// what an earlier request under the same id did is open. Inquiry tells.
    /// </summary>
    public static bool NeverReachedTheMoney(string code) => code is "PARAM_ILLEGAL" || IsAboutOurIntegration(code);

    /// <summary>
    /// The gateway stopped at our key, permission or address and says nothing of the payment; or the request id was used with other content
    /// (our bug), and what that earlier request did is open. Neither may end a payment.
    /// </summary>
    public static bool IsAboutOurIntegration(string code) => code is
        "ACCESS_DENIED" or "INVALID_SIGNATURE" or "INVALID_CLIENT" or "KEY_NOT_FOUND" or "NO_INTERFACE_DEF" or "METHOD_NOT_SUPPORTED" or
        "MEDIA_TYPE_NOT_ACCEPTABLE" or "MERCHANT_NOT_REGISTERED" or "CLIENT_INVALID" or "REPEAT_REQ_INCONSISTENT" or "REQUEST_TRAFFIC_EXCEED_LIMIT" or
        "UNKNOWN_EXCEPTION" or "FEE_EXCEPTION";

    /// <summary>A final refusal. The third part says whether a new payment could succeed with nothing else changed.</summary>
    public static (string Code, string Message, bool Retryable) Refusal(string code) => code switch
    {
        "BALANCE_NOT_ENOUGH" or "USER_BALANCE_NOT_ENOUGH" =>
            (FailureCode.InsufficientBalance, "The balance does not cover the amount.", false),
        "QUOTE_EXPIRED" =>
            (FailureCode.QuoteExpiredAtProvider, "The provider's price has expired; a new quote is needed.", true),
        "USER_KYC_NOT_QUALIFIED" =>
            (FailureCode.IdentityNotVerified, "The provider has not verified the account holder's identity.", false),
        "USER_NOT_EXIST" or "USER_STATUS_ABNORMAL" =>
            (FailureCode.AccountNotUsable, "The account cannot be used at the provider.", false),
        "INVALID_TOKEN" or "ACCESS_TOKEN_EXPIRED" or "AUTHORIZATION_NOT_EXIST" or "OAUTH_FAIL" or "INVALID_CONTRACT" or "CONTRACT_CHECK_FAIL" =>
            (FailureCode.AuthorizationExpired, "The authorisation has ended; the account must be linked again.", false),
        "EXPIRED_CODE" or "INVALID_CODE" =>
            (FailureCode.CodeExpired, "The provider's code is no longer valid; the linking must be started again.", true),
        "CURRENCY_NOT_SUPPORT" =>
            (FailureCode.CurrencyNotSupported, "The provider does not support the currency.", false),
        "USER_AMOUNT_EXCEED_LIMIT" or "PAYMENT_AMOUNT_EXCEED_LIMIT" or "PAYMENT_COUNT_EXCEED_LIMIT" or "AMOUNT_EXCEED_LIMIT" or "AVAILABLE_QUOTA_NOT_ENOUGH" =>
            (FailureCode.LimitExceeded, "A limit of the account or of the provider is exceeded.", false),
        "RISK_REJECT" =>
            (FailureCode.RiskRejected, "The provider declined the request for reasons of risk.", false),
        "REGULATION_RESTRICTION" =>
            (FailureCode.RegulationRestricted, "Regulation does not allow the request.", false),
        "ORDER_IS_CLOSED" =>
            (FailureCode.OrderNotPayable, "The order can no longer be paid.", false),
        "USER_PAYMENT_VERIFICATION_FAILED" =>
            (FailureCode.AuthenticationFailed, "The account holder was not authenticated.", true),
        _ => (FailureCode.ProviderRefused, $"The provider refused the request ({code}).", false),
    };
}
