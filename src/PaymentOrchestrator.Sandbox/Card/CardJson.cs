using System.Text.Json.Nodes;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>The wire form of the objects, with the fields that Stripe.net reads.</summary>
internal static class CardJson
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
        ["email"] = customer.Email,
        ["invoice_settings"] = new JsonObject { ["default_payment_method"] = null },
        ["livemode"] = false,
        ["metadata"] = Metadata(customer),
        ["name"] = customer.Name,
        ["phone"] = null,
        ["preferred_locales"] = new JsonArray(),
        ["shipping"] = null,
        ["tax_exempt"] = "none",
    };

    public static JsonObject Of(CardPaymentMethod method) => new()
    {
        ["id"] = method.Id,
        ["object"] = "payment_method",
        ["allow_redisplay"] = "unspecified",
        ["billing_details"] = new JsonObject { ["address"] = new JsonObject(), ["email"] = null, ["name"] = null, ["phone"] = null },
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
        ["last_setup_error"] = intent.LastError is null ? null
            : StripeReply.DeclineJson(intent.LastError, lastErrorMethod is null ? null : Of(lastErrorMethod)),
        ["latest_attempt"] = null,
        ["livemode"] = false,
        ["metadata"] = Metadata(intent),
        ["next_action"] = NextAction(intent.NextActionUrl, intent.ReturnUrl),
        ["payment_method"] = intent.PaymentMethod,
        ["payment_method_options"] = new JsonObject { ["card"] = new JsonObject { ["request_three_d_secure"] = "automatic" } },
        ["payment_method_types"] = new JsonArray("card"),
        ["status"] = intent.Status,
        ["usage"] = intent.Usage,
    };

    public static JsonObject Of(CardCheckoutSession session) => new()
    {
        ["id"] = session.Id,
        ["object"] = "checkout.session",
        ["amount_subtotal"] = null,
        ["amount_total"] = null,
        ["cancel_url"] = session.CancelUrl,
        ["client_reference_id"] = session.ClientReferenceId,
        ["created"] = session.Created,
        ["currency"] = null,
        ["customer"] = session.Customer,
        ["expires_at"] = session.ExpiresAt,
        ["livemode"] = false,
        ["metadata"] = Metadata(session),
        ["mode"] = "setup",
        ["payment_intent"] = null,
        ["payment_method_types"] = new JsonArray("card"),
        ["payment_status"] = "no_payment_required",
        ["setup_intent"] = session.SetupIntent,
        ["status"] = session.Status,
        ["success_url"] = session.SuccessUrl,
        ["ui_mode"] = "hosted",
        ["url"] = session.Status == "open" ? session.Url : null,
    };

    public static JsonObject Of(CardPaymentIntent intent, CardPaymentMethod? lastErrorMethod = null) => new()
    {
        ["id"] = intent.Id,
        ["object"] = "payment_intent",
        ["amount"] = intent.Amount,
        ["amount_capturable"] = 0,
        ["amount_received"] = intent.Status == "succeeded" ? intent.Amount : 0,
        ["application"] = null,
        ["automatic_payment_methods"] = new JsonObject { ["allow_redirects"] = "always", ["enabled"] = true },
        ["canceled_at"] = intent.CanceledAt,
        ["cancellation_reason"] = intent.CancellationReason,
        ["capture_method"] = "automatic",
        ["client_secret"] = intent.ClientSecret,
        ["confirmation_method"] = "automatic",
        ["created"] = intent.Created,
        ["currency"] = intent.Currency,
        ["customer"] = intent.Customer,
        ["description"] = intent.Description,
        ["last_payment_error"] = intent.LastError is null ? null
            : StripeReply.DeclineJson(intent.LastError, lastErrorMethod is null ? null : Of(lastErrorMethod)),
        ["latest_charge"] = intent.LatestCharge,
        ["livemode"] = false,
        ["metadata"] = Metadata(intent),
        ["next_action"] = NextAction(intent.NextActionUrl, intent.ReturnUrl),
        ["payment_method"] = intent.PaymentMethod,
        ["payment_method_options"] = new JsonObject { ["card"] = new JsonObject { ["request_three_d_secure"] = "automatic" } },
        ["payment_method_types"] = new JsonArray("card"),
        ["processing"] = null,
        ["receipt_email"] = null,
        ["setup_future_usage"] = null,
        ["shipping"] = null,
        ["statement_descriptor"] = null,
        ["status"] = intent.Status,
    };

    /// <summary>The charge that expand[]=latest_charge shows; it is derived from its intent and not kept.</summary>
    public static JsonObject Charge(CardPaymentIntent intent, CardPaymentMethod? method)
    {
        var paid = intent.Status == "succeeded";
        return new JsonObject
        {
            ["id"] = intent.LatestCharge,
            ["object"] = "charge",
            ["amount"] = intent.Amount,
            ["amount_captured"] = paid ? intent.Amount : 0,
            ["amount_refunded"] = intent.AmountRefunded,
            ["captured"] = paid,
            ["created"] = intent.Created,
            ["currency"] = intent.Currency,
            ["customer"] = intent.Customer,
            ["disputed"] = false,
            ["failure_code"] = intent.LastError?.Code,
            ["failure_message"] = intent.LastError?.Message,
            ["livemode"] = false,
            ["metadata"] = Metadata(intent),
            ["paid"] = paid,
            ["payment_intent"] = intent.Id,
            ["payment_method"] = method?.Id,
            ["payment_method_details"] = method is null ? null : new JsonObject { ["card"] = Card(method), ["type"] = "card" },
            ["refunded"] = paid && intent.AmountRefunded == intent.Amount,
            ["status"] = paid ? "succeeded" : "failed",
        };
    }

    public static JsonObject Of(CardRefund refund) => new()
    {
        ["id"] = refund.Id,
        ["object"] = "refund",
        ["amount"] = refund.Amount,
        ["balance_transaction"] = null,
        ["charge"] = refund.Charge,
        ["created"] = refund.Created,
        ["currency"] = refund.Currency,
        ["failure_reason"] = refund.FailureReason,
        ["metadata"] = Metadata(refund),
        ["payment_intent"] = refund.PaymentIntent,
        ["reason"] = refund.Reason,
        ["receipt_number"] = null,
        ["status"] = refund.Status,
    };

    public static JsonObject Of(CardDispute dispute, IReadOnlyList<CardBalanceTransaction> moved) => new()
    {
        ["id"] = dispute.Id,
        ["object"] = "dispute",
        ["amount"] = dispute.Amount,
        ["balance_transactions"] = new JsonArray([.. moved.Select(Of)]),
        ["charge"] = dispute.Charge,
        ["created"] = dispute.Created,
        ["currency"] = dispute.Currency,
        ["evidence"] = new JsonObject(),
        ["evidence_details"] = new JsonObject { ["due_by"] = dispute.Created + (7 * 86400), ["has_evidence"] = dispute.HasEvidence, ["past_due"] = false, ["submission_count"] = dispute.HasEvidence ? 1 : 0 },
        ["is_charge_refundable"] = dispute.IsInquiry,
        ["livemode"] = false,
        ["metadata"] = Metadata(dispute),
        ["payment_intent"] = dispute.PaymentIntent,
        ["reason"] = dispute.Reason,
        ["status"] = dispute.Status,
    };

    public static JsonObject Of(CardBalanceTransaction transaction) => new()
    {
        ["id"] = transaction.Id,
        ["object"] = "balance_transaction",
        ["amount"] = transaction.Amount,
        ["available_on"] = transaction.Created,
        ["created"] = transaction.Created,
        ["currency"] = transaction.Currency,
        ["description"] = null,
        ["exchange_rate"] = null,
        ["fee"] = transaction.Fee,
        ["fee_details"] = new JsonArray(),
        ["net"] = transaction.Amount - transaction.Fee,
        ["reporting_category"] = transaction.ReportingCategory,
        ["source"] = transaction.Source,
        ["status"] = "available",
        ["type"] = transaction.Type,
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
