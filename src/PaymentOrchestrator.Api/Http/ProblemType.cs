namespace PaymentOrchestrator.Api.Http;

/// <summary>The kinds of refusal that the API knows: the stable codes of the contract, one line each.</summary>
/// <param name="Code">Stable; clients branch on it.</param>
/// <param name="Status">The HTTP status that it always has.</param>
/// <param name="Title">The same for every occurrence.</param>
/// <param name="Retryable">Whether the same request can succeed later with nothing else changed.</param>
internal sealed record ProblemType(string Code, int Status, string Title, bool Retryable = false)
{
    // The request itself.
    public static readonly ProblemType ValidationFailed = new("validation_failed", 400, "The request is not acceptable as it is.");
    public static readonly ProblemType MalformedJson = new("malformed_json", 400, "The body is not JSON.");
    public static readonly ProblemType BadRequest = new("bad_request", 400, "The request could not be read.");
    public static readonly ProblemType IdempotencyKeyMissing = new("idempotency_key_missing", 400, "This call needs an Idempotency-Key.");
    public static readonly ProblemType IdempotencyKeyMalformed = new("idempotency_key_malformed", 400, "The Idempotency-Key is malformed.");
    public static readonly ProblemType Unauthorized = new("unauthorized", 401, "A valid API key is needed.");
    public static readonly ProblemType CardDataRefused = new("card_data_refused", 400, "Card data is not accepted here.");
    public static readonly ProblemType InvalidSignature = new("invalid_signature", 401, "The signature does not verify.");
    public static readonly ProblemType InsufficientScope = new("insufficient_scope", 403, "The key may not do this.");
    public static readonly ProblemType OriginNotAllowed = new("origin_not_allowed", 403, "The page's origin may not use this key.");
    public static readonly ProblemType NotInSession = new("not_in_session", 403, "The buyer session is for something else.");
    public static readonly ProblemType NotFound = new("not_found", 404, "There is no such resource.");
    public static readonly ProblemType MethodNotAllowed = new("method_not_allowed", 405, "The resource does not answer this HTTP method.");
    public static readonly ProblemType PayloadTooLarge = new("payload_too_large", 413, "The body is too large.");
    public static readonly ProblemType UnsupportedMediaType = new("unsupported_media_type", 415, "The body must be application/json.");
    public static readonly ProblemType PreconditionFailed = new("precondition_failed", 412, "The resource is not at the version that the change was decided on.");
    public static readonly ProblemType PreconditionRequired = new("precondition_required", 428, "The change must say which version it was decided on.");
    public static readonly ProblemType IdempotencyKeyReused = new("idempotency_key_reused", 422, "The Idempotency-Key was used for another request.");
    public static readonly ProblemType RequestTimeout = new("request_timeout", 408, "The request did not arrive in time.", Retryable: true);
    public static readonly ProblemType RateLimited = new("rate_limited", 429, "There are too many requests.", Retryable: true);
    public static readonly ProblemType RequestInProgress = new("request_in_progress", 409, "The first request with this key is still running.", Retryable: true);

    // Buyers and their accounts.
    public static readonly ProblemType BuyerReferenceTaken = new("buyer_reference_taken", 409, "Another buyer has this reference.");
    public static readonly ProblemType LinkRefused = new("link_refused", 422, "The provider refused to link the account.");
    public static readonly ProblemType LinkStateInvalid = new("link_state_invalid", 400, "This return link is not valid any more.");
    public static readonly ProblemType AccountNotActive = new("account_not_active", 409, "The linked account is not active.");

    public static readonly ProblemType AccountInUse = new("account_in_use", 409, "A payment from the account has not ended yet.");

    // Quotes.
    public static readonly ProblemType AmountTooLarge = new("amount_too_large", 422, "An amount is too large.");
    public static readonly ProblemType AmountTooSmall = new("amount_too_small", 422, "An amount is too small.");
    public static readonly ProblemType CurrencyNotSupported = new("currency_not_supported", 422, "The method cannot be paid in this currency.");
    public static readonly ProblemType RateSourceUnavailable = new("rate_source_unavailable", 503, "There is no rate fresh enough to price with.", Retryable: true);
    public static readonly ProblemType LockNotAvailable = new("lock_not_available", 422, "The price cannot be held for so long.");

    // Rates and price lists.
    public static readonly ProblemType FeeScheduleInstantTaken = new("fee_schedule_instant_taken", 409, "Another fee schedule begins at the same instant.");
    public static readonly ProblemType RateNotHeld = new("rate_not_held", 409, "The rate is not held back.");
    public static readonly ProblemType OperatorKeyNeeded = new("operator_key_needed", 403, "This is for an operator.");

    // Payments.
    public static readonly ProblemType QuoteExpired = new("quote_expired", 409, "The quote has expired.");
    public static readonly ProblemType QuoteConsumed = new("quote_consumed", 409, "The quote was used by a payment.");
    public static readonly ProblemType QuoteIndicative = new("quote_indicative", 409, "The quote is indicative and cannot be paid.");
    public static readonly ProblemType OrderAlreadyPaid = new("order_already_paid", 409, "The order has a payment already.");
    public static readonly ProblemType OrderAmountMismatch = new("order_amount_mismatch", 422, "The order has another amount at 1688.");
    public static readonly ProblemType OrderNotPayable = new("order_not_payable", 422, "The order does not wait for payment at 1688.");
    public static readonly ProblemType OrderOfAnotherBuyer = new("order_of_another_buyer", 422, "The order is another buyer's at 1688.");
    public static readonly ProblemType MethodNotEligible = new("method_not_eligible", 422, "The method is not open to this buyer for this order.");
    public static readonly ProblemType TooManyFailedAttempts = new("too_many_failed_attempts", 429, "Too many payments of the buyer failed.", Retryable: true);
    public static readonly ProblemType PaymentNotCancelable = new("payment_not_cancelable", 409, "The payment cannot be canceled.");
    public static readonly ProblemType PaymentNotUnderReview = new("payment_not_under_review", 409, "The payment is not under review.");
    public static readonly ProblemType AmountDiffers = new("amount_differs", 422, "The amount is not the one that was asked for.");
    public static readonly ProblemType PaymentNotRefundable = new("payment_not_refundable", 409, "The payment cannot be refunded.");
    public static readonly ProblemType PaymentDisputed = new("payment_disputed", 409, "The cardholder disputes the payment.");
    public static readonly ProblemType RefundAmountTooLarge = new("refund_amount_too_large", 422, "More than what is left to refund.");
    public static readonly ProblemType RefundTooSmall = new("refund_too_small", 422, "The refund comes to nothing.");
    public static readonly ProblemType RefundNotUnderReview = new("refund_not_under_review", 409, "The refund is not under review.");
    public static readonly ProblemType DifferenceResolved = new("difference_resolved", 409, "The difference is resolved.");

    // Webhooks.
    public static readonly ProblemType WebhookEndpointDisabled = new("webhook_endpoint_disabled", 409, "The webhook endpoint is disabled.");
    public static readonly ProblemType TooManyWebhookEndpoints = new("too_many_webhook_endpoints", 409, "There are as many webhook endpoints as there may be.");

    // Keys.
    public static readonly ProblemType ApiKeyNotActive = new("api_key_not_active", 409, "The key has ended.");
    public static readonly ProblemType TooManyApiKeys = new("too_many_api_keys", 409, "There are as many keys as there may be.");

    // What we depend on.
    public static readonly ProblemType FactsUnavailable = new("facts_unavailable", 503, "A provider did not say what is needed to decide.", Retryable: true);
    public static readonly ProblemType ProviderUnavailable = new("provider_unavailable", 503, "The provider did not answer.", Retryable: true);
    public static readonly ProblemType ProviderNotConfigured = new("provider_not_configured", 503, "The provider is not configured in this mode.");
    public static readonly ProblemType NotReady = new("not_ready", 503, "The service is not ready.", Retryable: true);
    public static readonly ProblemType InternalError = new("internal_error", 500, "Something failed on our side.", Retryable: true);

    /// <summary>Every kind, for the documentation.</summary>
    public static IReadOnlyList<ProblemType> All { get; } =
        [.. typeof(ProblemType).GetFields(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static)
            .Select(field => field.GetValue(null)).OfType<ProblemType>()];

    /// <summary>The kind for a status that the framework itself answered with.</summary>
    public static ProblemType ForStatus(int status) => status switch
    {
        401 => Unauthorized,
        404 => NotFound,
        405 => MethodNotAllowed,
        408 => RequestTimeout,
        413 => PayloadTooLarge,
        415 => UnsupportedMediaType,
        >= 500 => InternalError,
        _ => BadRequest,
    };
}
