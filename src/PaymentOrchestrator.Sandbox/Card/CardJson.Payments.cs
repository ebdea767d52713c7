using System.Text.Json.Nodes;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>What money moved with: intents and their charges, refunds, disputes, balance transactions.</summary>
internal static partial class CardJson
{
    public static JsonObject Of(CardPaymentIntent intent, CardPaymentMethod? lastErrorMethod = null) => new()
    {
        ["id"] = intent.Id,
        ["object"] = "payment_intent",
        ["amount"] = intent.Amount,
        ["amount_capturable"] = 0,
        ["amount_details"] = new JsonObject { ["tip"] = new JsonObject() },
        ["amount_received"] = intent.Status == "succeeded" ? intent.Amount : 0,
        ["application"] = null,
        ["application_fee_amount"] = null,
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
        ["excluded_payment_method_types"] = null,
        ["last_payment_error"] = intent.LastError is null ? null
            : StripeReply.DeclineJson(intent.LastError, lastErrorMethod is null ? null : Of(lastErrorMethod)),
        ["latest_charge"] = intent.LatestCharge,
        ["livemode"] = false,
        ["metadata"] = Metadata(intent),
        ["next_action"] = NextAction(intent.NextActionUrl, intent.ReturnUrl),
        ["on_behalf_of"] = null,
        ["payment_method"] = intent.PaymentMethod,
        ["payment_method_configuration_details"] = null,
        ["payment_method_options"] = new JsonObject
        {
            ["card"] = new JsonObject { ["installments"] = null, ["mandate_options"] = null, ["network"] = null, ["request_three_d_secure"] = "automatic" },
        },
        ["payment_method_types"] = new JsonArray("card"),
        ["processing"] = null,
        ["receipt_email"] = null,
        ["review"] = null,
        ["setup_future_usage"] = null,
        ["shipping"] = null,
        ["source"] = null,
        ["statement_descriptor"] = null,
        ["statement_descriptor_suffix"] = null,
        ["status"] = intent.Status,
        ["transfer_data"] = null,
        ["transfer_group"] = null,
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
            ["application"] = null,
            ["application_fee"] = null,
            ["application_fee_amount"] = null,
            ["balance_transaction"] = paid ? "txn_" + intent.LatestCharge?[3..] : null,
            ["billing_details"] = BillingDetails(),
            ["calculated_statement_descriptor"] = paid ? "SANDBOX" : null,
            ["captured"] = paid,
            ["created"] = intent.Created,
            ["currency"] = intent.Currency,
            ["customer"] = intent.Customer,
            ["description"] = intent.Description,
            ["disputed"] = false,
            ["failure_balance_transaction"] = null,
            ["failure_code"] = intent.LastError?.Code,
            ["failure_message"] = intent.LastError?.Message,
            ["fraud_details"] = new JsonObject(),
            ["livemode"] = false,
            ["metadata"] = Metadata(intent),
            ["on_behalf_of"] = null,
            ["outcome"] = new JsonObject
            {
                ["advice_code"] = null,
                ["network_advice_code"] = null,
                ["network_decline_code"] = null,
                ["network_status"] = paid ? "approved_by_network" : "declined_by_network",
                ["reason"] = intent.LastError?.DeclineCode ?? intent.LastError?.Code,
                ["risk_level"] = "normal",
                ["seller_message"] = paid ? "Payment complete." : "The bank did not approve the charge.",
                ["type"] = paid ? "authorized" : "issuer_declined",
            },
            ["paid"] = paid,
            ["payment_intent"] = intent.Id,
            ["payment_method"] = method?.Id,
            ["payment_method_details"] = method is null ? null : new JsonObject { ["card"] = ChargedCard(method, intent), ["type"] = "card" },
            ["receipt_email"] = null,
            ["receipt_number"] = null,
            ["receipt_url"] = null,
            ["refunded"] = paid && intent.AmountRefunded == intent.Amount,
            ["review"] = null,
            ["shipping"] = null,
            ["source"] = null,
            ["source_transfer"] = null,
            ["statement_descriptor"] = null,
            ["statement_descriptor_suffix"] = null,
            ["status"] = paid ? "succeeded" : "failed",
            ["transfer_data"] = null,
            ["transfer_group"] = null,
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
        ["destination_details"] = new JsonObject { ["card"] = new JsonObject { ["type"] = "refund" }, ["type"] = "card" },
        ["failure_balance_transaction"] = null,
        ["failure_reason"] = refund.FailureReason,
        ["metadata"] = Metadata(refund),
        ["payment_intent"] = refund.PaymentIntent,
        ["reason"] = refund.Reason,
        ["receipt_number"] = null,
        ["source_transfer_reversal"] = null,
        ["status"] = refund.Status,
        ["transfer_reversal"] = null,
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

    /// <summary>The card as the charge keeps it, with what the network said.</summary>
    private static JsonObject ChargedCard(CardPaymentMethod method, CardPaymentIntent intent)
    {
        var card = Card(method);
        foreach (var ofTheMethodAlone in new[] { "display_brand", "generated_from", "networks", "three_d_secure_usage" })
            card.Remove(ofTheMethodAlone);
        card["amount_authorized"] = intent.Status == "succeeded" ? intent.Amount : null;
        card["authorization_code"] = null;
        card["installments"] = null;
        card["mandate"] = null;
        card["network"] = method.Brand;
        card["network_token"] = new JsonObject { ["used"] = false };
        card["network_transaction_id"] = null;
        card["three_d_secure"] = null;
        return card;
    }
}
