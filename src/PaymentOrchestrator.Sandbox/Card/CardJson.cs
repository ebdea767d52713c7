using System.Text.Json.Nodes;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>The wire form of the objects, with the fields that Stripe.net reads.</summary>
internal static partial class CardJson
{
    public static JsonObject Of(CardCustomer customer) => new()
    {
        ["id"] = customer.Id,
        ["object"] = "customer",
        ["address"] = null,
        ["balance"] = 0,
        ["created"] = customer.Created,
        ["currency"] = null,
        ["default_source"] = null,
        ["delinquent"] = false,
        ["description"] = customer.Description,
        ["discount"] = null,
        ["email"] = customer.Email,
        ["invoice_prefix"] = customer.Id[^8..].ToUpperInvariant(),
        ["invoice_settings"] = new JsonObject
        {
            ["custom_fields"] = null,
            ["default_payment_method"] = null,
            ["footer"] = null,
            ["rendering_options"] = null,
        },
        ["livemode"] = false,
        ["metadata"] = Metadata(customer),
        ["name"] = customer.Name,
        ["next_invoice_sequence"] = 1,
        ["phone"] = null,
        ["preferred_locales"] = new JsonArray(),
        ["shipping"] = null,
        ["tax_exempt"] = "none",
        ["test_clock"] = null,
    };

    public static JsonObject Of(CardPaymentMethod method) => new()
    {
        ["id"] = method.Id,
        ["object"] = "payment_method",
        ["allow_redisplay"] = "unspecified",
        ["billing_details"] = BillingDetails(),
        ["card"] = Card(method),
        ["created"] = method.Created,
        ["customer"] = method.ShownCustomer,
        ["livemode"] = false,
        ["metadata"] = Metadata(method),
        ["type"] = "card",
    };

    public static JsonObject Of(CardSetupIntent intent, CardPaymentMethod? lastErrorMethod = null) => new()
    {
        ["id"] = intent.Id,
        ["object"] = "setup_intent",
        ["application"] = null,
        ["automatic_payment_methods"] = new JsonObject { ["allow_redirects"] = "always", ["enabled"] = true },
        ["cancellation_reason"] = null,
        ["client_secret"] = intent.ClientSecret,
        ["created"] = intent.Created,
        ["customer"] = intent.Customer,
        ["description"] = null,
        ["excluded_payment_method_types"] = null,
        ["flow_directions"] = null,
        ["last_setup_error"] = intent.LastError is null ? null
            : StripeReply.DeclineJson(intent.LastError, lastErrorMethod is null ? null : Of(lastErrorMethod)),
        ["latest_attempt"] = null,
        ["livemode"] = false,
        ["mandate"] = null,
        ["metadata"] = Metadata(intent),
        ["next_action"] = NextAction(intent.NextActionUrl, intent.ReturnUrl),
        ["on_behalf_of"] = null,
        ["payment_method"] = intent.PaymentMethod,
        ["payment_method_configuration_details"] = null,
        ["payment_method_options"] = new JsonObject { ["card"] = new JsonObject { ["request_three_d_secure"] = "automatic" } },
        ["payment_method_types"] = new JsonArray("card"),
        ["single_use_mandate"] = null,
        ["status"] = intent.Status,
        ["usage"] = intent.Usage,
    };

    public static JsonObject Of(CardCheckoutSession session) => new()
    {
        ["id"] = session.Id,
        ["object"] = "checkout.session",
        ["after_expiration"] = null,
        ["allow_promotion_codes"] = null,
        ["amount_subtotal"] = null,
        ["amount_total"] = null,
        ["automatic_tax"] = new JsonObject { ["enabled"] = false, ["liability"] = null, ["status"] = null },
        ["billing_address_collection"] = null,
        ["cancel_url"] = session.CancelUrl,
        ["client_reference_id"] = session.ClientReferenceId,
        ["client_secret"] = null,
        ["consent"] = null,
        ["consent_collection"] = null,
        ["created"] = session.Created,
        ["currency"] = null,
        ["currency_conversion"] = null,
        ["custom_fields"] = new JsonArray(),
        ["custom_text"] = new JsonObject
        {
            ["after_submit"] = null,
            ["shipping_address"] = null,
            ["submit"] = null,
            ["terms_of_service_acceptance"] = null,
        },
        ["customer"] = session.Customer,
        ["customer_creation"] = null,
        ["customer_details"] = null,
        ["customer_email"] = null,
        ["discounts"] = null,
        ["expires_at"] = session.ExpiresAt,
        ["invoice"] = null,
        ["invoice_creation"] = null,
        ["livemode"] = false,
        ["locale"] = null,
        ["metadata"] = Metadata(session),
        ["mode"] = "setup",
        ["origin_context"] = null,
        ["payment_intent"] = null,
        ["payment_link"] = null,
        ["payment_method_collection"] = "always",
        ["payment_method_configuration_details"] = null,
        ["payment_method_options"] = new JsonObject(),
        ["payment_method_types"] = new JsonArray("card"),
        ["payment_status"] = "no_payment_required",
        ["permissions"] = null,
        ["phone_number_collection"] = new JsonObject { ["enabled"] = false },
        ["recovered_from"] = null,
        ["saved_payment_method_options"] = null,
        ["setup_intent"] = session.SetupIntent,
        ["shipping_address_collection"] = null,
        ["shipping_cost"] = null,
        ["shipping_options"] = new JsonArray(),
        ["status"] = session.Status,
        ["submit_type"] = null,
        ["subscription"] = null,
        ["success_url"] = session.SuccessUrl,
        ["total_details"] = null,
        ["ui_mode"] = "hosted",
        ["url"] = session.Status == "open" ? session.Url : null,
        ["wallet_options"] = null,
    };

    public static JsonObject List(string url, IEnumerable<JsonObject> items, bool hasMore) => new()
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. items]),
        ["has_more"] = hasMore,
        ["url"] = url,
    };

    private static JsonObject Card(CardPaymentMethod method)
    {
        var card = TestCards.Find(method.Token) ?? throw new InvalidOperationException("A payment method without its test card.");
        return new JsonObject
        {
            ["brand"] = method.Brand,
            ["checks"] = new JsonObject { ["address_line1_check"] = null, ["address_postal_code_check"] = null, ["cvc_check"] = "pass" },
            ["country"] = "US",
            ["display_brand"] = method.Brand,
            ["generated_from"] = null,
            ["regulated_status"] = "unregulated",
            ["exp_month"] = 12,
            ["exp_year"] = 2034,
            ["fingerprint"] = "fp" + card.Last4,
            ["funding"] = card.Funding,
            ["last4"] = card.Last4,
            ["networks"] = new JsonObject { ["available"] = new JsonArray(method.Brand), ["preferred"] = null },
            ["three_d_secure_usage"] = new JsonObject { ["supported"] = true },
            ["wallet"] = null,
        };
    }

    private static JsonObject BillingDetails() => new()
    {
        ["address"] = new JsonObject { ["city"] = null, ["country"] = null, ["line1"] = null, ["line2"] = null, ["postal_code"] = null, ["state"] = null },
        ["email"] = null,
        ["name"] = null,
        ["phone"] = null,
        ["tax_id"] = null,
    };

    /// <summary>Without a return_url Stripe leaves the step to its own browser library, which no server can follow.</summary>
    private static JsonObject? NextAction(string? url, string? returnUrl) => url is null ? null
        : returnUrl is null ? new JsonObject { ["type"] = "use_stripe_sdk", ["use_stripe_sdk"] = new JsonObject() }
        : new JsonObject
        {
            ["redirect_to_url"] = new JsonObject { ["return_url"] = returnUrl, ["url"] = url },
            ["type"] = "redirect_to_url",
        };

    private static JsonObject Metadata(CardObject item)
    {
        var json = new JsonObject();
        foreach (var (key, value) in item.Metadata)
            json[key] = value;
        return json;
    }
}
