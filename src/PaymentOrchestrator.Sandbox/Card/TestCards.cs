namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>A decline as Stripe words it; the decline code is there only with card_declined and authentication_required.</summary>
internal sealed record Decline(string Code, string? DeclineCode, string Message);

/// <summary>When the bank asks the buyer to confirm a charge.</summary>
internal enum ChargeAuthentication
{
    Never,
    Always,

    /// <summary>Not any more once the card was set up for a customer.</summary>
    UnlessSetUp,

    /// <summary>Only while the buyer is there.</summary>
    OnSession,
}

internal enum RefundCourse
{
    Succeeds,

    /// <summary>Pending first, succeeded a few seconds later.</summary>
    PendingFirst,

    /// <summary>Succeeded first, failed a few seconds later.</summary>
    FailsLater,
}

internal enum DisputeCourse
{
    Fraudulent,
    NotReceived,

    /// <summary>The bank asks first, and takes nothing.</summary>
    Inquiry,
}

/// <summary>One of Stripe's test methods and how it behaves, also after it became a customer's own payment method.</summary>
internal sealed record TestCard(string Token, string Brand, string Last4, string Funding = "credit")
{
    public Decline? OnSetup { get; init; }

    public Decline? OnCharge { get; init; }

    public bool AuthenticatesSetup { get; init; }

    public ChargeAuthentication Authentication { get; init; }

    public RefundCourse Refund { get; init; }

    /// <summary>Every charge is disputed at once, in this way.</summary>
    public DisputeCourse? Dispute { get; init; }

    public string Label => $"{Brand} •••• {Last4}: {Token}";
}

internal static class TestCards
{
    public static readonly Decline AuthenticationRequired = new(
        "authentication_required", "authentication_required", "Your card was declined. This transaction requires authentication.");

    private static readonly Decline Generic = Declined("generic_decline", "Your card was declined.");
    private static readonly Decline InsufficientFunds = Declined("insufficient_funds", "Your card has insufficient funds.");
    private static readonly Decline Expired = new("expired_card", null, "Your card has expired.");
    private static readonly Decline Processing =
        new("processing_error", null, "An error occurred while processing your card. Try again in a little bit.");

    /// <summary>The cards of the hosted page, in this order.</summary>
    public static readonly IReadOnlyList<TestCard> All =
    [
        new("pm_card_visa", "visa", "4242"),
        new("pm_card_visa_debit", "visa", "5556", "debit"),
        new("pm_card_mastercard", "mastercard", "4444"),
        new("pm_card_mastercard_debit", "mastercard", "3222", "debit"),
        new("pm_card_mastercard_prepaid", "mastercard", "5100", "prepaid"),
        new("pm_card_amex", "amex", "8431"),
        new("pm_card_discover", "discover", "1117"),
        new("pm_card_diners", "diners", "0004"),
        new("pm_card_jcb", "jcb", "0505"),
        new("pm_card_unionpay", "unionpay", "0005"),

        // Attach and fail to charge. Stripe has the first one only; the others (modelled) make each reason reachable for a
        // card on file.
        Failing("pm_card_chargeCustomerFail", "0341", Generic),
        Failing("pm_card_chargeCustomerFailInsufficientFunds", "0342", InsufficientFunds),
        Failing("pm_card_chargeCustomerFailExpiredCard", "0343", Expired),
        Failing("pm_card_chargeCustomerFailProcessingError", "0344", Processing),
        Failing("pm_card_radarBlock", "0019", Declined("fraudulent", "Your card was declined.")),

        // Refused at every use, so that they can't be attached at all.
        Refused("pm_card_chargeDeclined", "0002", Generic),
        Refused("pm_card_chargeDeclinedInsufficientFunds", "9995", InsufficientFunds),
        Refused("pm_card_chargeDeclinedLostCard", "9987", Declined("lost_card", "Your card was declined.")),
        Refused("pm_card_chargeDeclinedStolenCard", "9979", Declined("stolen_card", "Your card was declined.")),
        Refused("pm_card_chargeDeclinedVelocityLimitExceeded", "6975", Declined(
            "card_velocity_exceeded", "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.")),
        Refused("pm_card_chargeDeclinedFraudulent", "0019", Declined("fraudulent", "Your card was declined.")),
        Refused("pm_card_chargeDeclinedExpiredCard", "0069", Expired),
        Refused("pm_card_chargeDeclinedIncorrectCvc", "0127", new Decline("incorrect_cvc", null, "Your card's security code is incorrect.")),
        Refused("pm_card_chargeDeclinedProcessingError", "0119", Processing),

        new("pm_card_authenticationRequired", "visa", "3184") { AuthenticatesSetup = true, Authentication = ChargeAuthentication.Always },
        new("pm_card_threeDSecure2Required", "visa", "3220") { AuthenticatesSetup = true, Authentication = ChargeAuthentication.Always },
        new("pm_card_authenticationRequiredOnSetup", "visa", "3155")
        {
            AuthenticatesSetup = true,
            Authentication = ChargeAuthentication.UnlessSetUp,
        },
        new("pm_card_authenticationRequiredSetupForOffSession", "visa", "0446") { Authentication = ChargeAuthentication.OnSession },

        new("pm_card_pendingRefund", "visa", "7726") { Refund = RefundCourse.PendingFirst },
        new("pm_card_refundFail", "visa", "5126") { Refund = RefundCourse.FailsLater },
        new("pm_card_createDispute", "visa", "0259") { Dispute = DisputeCourse.Fraudulent },
        new("pm_card_createDisputeProductNotReceived", "visa", "2685") { Dispute = DisputeCourse.NotReceived },
        new("pm_card_createDisputeInquiry", "visa", "1976") { Dispute = DisputeCourse.Inquiry },
    ];

    private static readonly Dictionary<string, TestCard> ByToken = All.ToDictionary(card => card.Token, StringComparer.Ordinal);

    /// <summary>Stripe writes the declining ones with and without the brand: pm_card_visa_chargeDeclined….</summary>
    public static TestCard? Find(string token) =>
        ByToken.GetValueOrDefault(token.Replace("pm_card_visa_charge", "pm_card_charge", StringComparison.Ordinal));

    private static Decline Declined(string declineCode, string message) => new("card_declined", declineCode, message);

    private static TestCard Failing(string token, string last4, Decline decline) => new(token, "visa", last4) { OnCharge = decline };

    private static TestCard Refused(string token, string last4, Decline decline) =>
        new(token, "visa", last4) { OnSetup = decline, OnCharge = decline };
}
