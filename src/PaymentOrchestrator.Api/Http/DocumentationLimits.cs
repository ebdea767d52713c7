using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace PaymentOrchestrator.Api.Http;

/// <summary>
/// How long texts and lists can be and how large numbers, so that a client knows what to make room for. What a request may hold is what its validation
/// refuses beyond; what an answer can hold follows from where it comes from. The one table for all: a schema's own line, else the property's.
/// </summary>
internal sealed partial class DocumentationLimits : IDocumentFilter
{
    private const int Word = 64;
    private const int Sentence = 4_000;
    private const int TimeLength = 24;
    private const int WrittenTime = 33;
    private const int Configured = 8_192;
    private const string Decimal = "^-?[0-9]+(\\.[0-9]+)?$";
    private const string Sha256 = "^[0-9a-f]{64}$";

    // As FieldErrors.Text holds it: no control character, and neither begins nor ends with a blank.
    private const string PlainText = "^[^\\s\\x00-\\x1f\\x7f-\\x9f]([^\\x00-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f])?$";
    private const string Time = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,7})?(Z|[+-][0-9]{2}:[0-9]{2})$";
    private const string Address = "^[0-9A-Fa-f:.]+$";
    private const string WebAddress = "^[Hh][Tt][Tt][Pp][Ss]?://\\S+$";
    private const string Hold = "^(1m|15m|1h|24h)$";

    // An answer of a provider is read up to here: no text that comes out of one is longer.
    private const int ProvidersText = ProviderHttp.MaxAnswerBytes;

    private static readonly Dictionary<string, (int MaxLength, string? Pattern)> Texts = new()
    {
        // What requests hold, as it is validated.
        ["Order.id"] = (Word, PlainText),
        ["Order.supplier_id"] = (Word, PlainText),
        ["BuyerSessionOrder.id"] = (Word, PlainText),
        ["CreateBuyerRequest.reference"] = (128, PlainText),
        ["CreateApiKeyRequest.name"] = (Word, PlainText),
        ["CreateRefundRequest.reason"] = (500, PlainText),
        ["DecideRateRequest.decided_by"] = (128, PlainText),
        ["DecideRateRequest.reason"] = (500, PlainText),
        ["ResolveDifferenceRequest.by"] = (128, PlainText),
        ["ResolveDifferenceRequest.note"] = (1_000, PlainText),
        ["CheckEligibilityRequest.buyer_ip"] = (45, Address),
        ["CreatePaymentOptionsRequest.buyer_ip"] = (45, Address),
        ["CreateQuoteRequest.buyer_ip"] = (45, Address),
        ["CreateQuoteRequest.fixed_side"] = (6, "^(order|source)$"),
        ["CreateQuoteRequest.lock"] = (3, Hold),
        ["PreviewFeeScheduleRequest.lock"] = (3, Hold),
        ["PayRequest.buyer_ip"] = (45, Address),
        ["LinkAccountRequest.login"] = (8, "^(alipay|password)$"),
        ["LinkAccountRequest.payment_method"] = (255, "^pm_[A-Za-z0-9_]+$"),
        ["CreateApiKeyRequest.kind"] = (11, "^(secret|publishable)$"),
        ["CreateReconciliationRequest.provider"] = (10, "^(worldfirst|alipay|card)$"),
        ["CreateReconciliationRequest.from"] = (WrittenTime, Time),
        ["CreateReconciliationRequest.to"] = (WrittenTime, Time),
        ["PublishFeeScheduleRequest.note"] = (500, PlainText),
        ["ResolveDifferenceRequest.state"] = (12, "^(acknowledged|resolved)$"),
        ["ResolvePaymentRequest.outcome"] = (9, "^(moved|not_moved)$"),
        ["ResolvePaymentRequest.provider_reference"] = (128, PlainText),
        ["ResolveRefundRequest.outcome"] = (9, "^(moved|not_moved)$"),
        ["ResolveRefundRequest.provider_reference"] = (128, PlainText),
        ["CreateWebhookEndpointRequest.url"] = (2_048, WebAddress),
        ["UpdateWebhookEndpointRequest.url"] = (2_048, WebAddress),
        ["FeeDocument.code"] = (64, "^[a-z0-9_]+$"),
        ["FeeDocument.percentage"] = (10, Decimal),
        ["FeeTierDocument.percentage"] = (10, Decimal),
        ["effective_from"] = (WrittenTime, Time),
        ["since"] = (WrittenTime, Time),
        ["return_url"] = (2_048, WebAddress),
        ["reference"] = (128, null),
        ["country"] = (2, "^[A-Z]{2}$"),
        ["metadata"] = (500, null),
        ["by"] = (128, null),
        ["decided_by"] = (128, null),
        ["note"] = (1_000, null),
        ["reason"] = (500, null),
        ["allowed_origins"] = (255, null),
        ["name"] = (Word, null),
        ["order_id"] = (64, null),
        ["supplier_id"] = (64, null),

        // What we write ourselves.
        ["WebhookEndpoint.url"] = (2_048, null),
        ["WebhookDelivery.response_body"] = (256, null),
        ["Problem.type"] = (128, null),
        ["Problem.detail"] = (Sentence, null),
        ["Problem.request_id"] = (128, null),
        ["AuditEntry.request_id"] = (128, null),
        ["Recommendation.reason"] = (Sentence, null),
        ["message"] = (Sentence, null),
        ["title"] = (Sentence, null),
        ["arrival"] = (Sentence, null),
        ["owner_action"] = (Sentence, null),
        ["error"] = (Sentence, null),
        // Sixteen levels of names of 64 characters.
        ["field"] = (2_000, null),
        ["address"] = (45, null),
        ["client_secret"] = (128, null),
        ["secret"] = (128, null),
        ["key_prefix"] = (Word, null),
        ["path"] = (256, null),
        ["body"] = (2_048, null),
        ["mid"] = (32, Decimal),
        ["customer"] = (32, Decimal),
        ["share"] = (32, Decimal),
        ["percentage"] = (32, Decimal),
        ["body_sha256"] = (64, Sha256),
        ["fingerprint"] = (64, Sha256),
        ["key_sha256"] = (64, Sha256),

        // What comes out of a provider's answer, or of the addresses that are configured for its pages.
        ["Dispute.reason"] = (ProvidersText, null),
        ["detail"] = (ProvidersText, null),
        ["evidence"] = (ProvidersText, null),
        ["card_scheme"] = (ProvidersText, null),
        ["display_name"] = (ProvidersText, null),
        ["observed"] = (ProvidersText, null),
        ["required"] = (ProvidersText, null),
        ["provider_reference"] = (ProvidersText, null),
        ["request_id"] = (ProvidersText, null),
        ["NextAction.url"] = (ProvidersText, null),
        ["url"] = (Configured, null),
    };

    // Lists of words that a request chooses from. Answers may hold words that are newer than the client.
    private static readonly Dictionary<string, IReadOnlyList<string>> Choices = new()
    {
        ["CreateApiKeyRequest.scopes"] = Access.Scope.Codes,
        ["CreateWebhookEndpointRequest.event_types"] = [Webhooks.EventTypes.Every, .. Webhooks.EventTypes.All],
        ["UpdateWebhookEndpointRequest.event_types"] = [Webhooks.EventTypes.Every, .. Webhooks.EventTypes.All],
    };

    private static readonly Dictionary<string, (long Minimum, long Maximum)> Numbers = new()
    {
        ["CreateApiKeyRequest.expires_in"] = (CreateApiKey.ShortestLife, CreateApiKey.LongestLife),
        ["CreateBuyerSessionRequest.expires_in"] = (60, 3_600),
        ["previous_expires_in"] = (0, 604_800),
        ["Problem.status"] = (400, 599),
        ["response_status"] = (100, 599),
        ["minor_units"] = (0, 4),
        ["markup_bps"] = (0, 9_999),
        ["lock_markup_bps"] = (0, 9_999),
        // Credits of the ledger's accounts are negative; what a request may hold is positive.
        ["Money.value"] = (-Money.MaxValue, Money.MaxValue),
    };

    private static readonly Dictionary<string, int> Lists = new()
    {
        ["FeeDocument.tiers"] = 20,
        ["MethodFee.tiers"] = 20,
        ["PreviewFeeScheduleRequest.order_amounts"] = 10,
        ["CreateApiKeyRequest.allowed_origins"] = 20,
        ["ApiKey.allowed_origins"] = 20,
        ["ApiKey.scopes"] = Access.Scope.All.Count,
        ["PaymentMethodList.data"] = PaymentMethods.All.Count,
        ["EligibilityCheck.methods"] = PaymentMethods.All.Count,
        ["FeeSchedule.rules"] = JsonContract.MaxArray,
        ["Provider.methods"] = PaymentMethods.All.Count,
        ["Provider.linked_accounts"] = Enum.GetValues<LinkProvider>().Length,
        ["WebhookEndpointList.data"] = Webhooks.WebhookEndpoint.MaxPerMarketplace,
        ["WebhookEndpoint.event_types"] = JsonContract.MaxArray,
        // One line for each requirement that there is.
        ["requirements"] = 32,
        ["meets"] = 32,
        ["steps"] = 32,
        // A payment has one method, and a method one fee.
        ["fees"] = 1,
    };

    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        foreach (var (name, schema) in context.SchemaRepository.Schemas)
        {
            var paged = schema.Properties?.ContainsKey("next_cursor") is true;
            foreach (var (property, value) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>()) Limit(value, name, property, paged);
        }

        foreach (var parameter in AllOperations(swaggerDoc).SelectMany(operation => operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            if (parameter.Schema is not OpenApiSchema { Enum: null } text || text.Type?.HasFlag(JsonSchemaType.String) is not true) continue;
            // Ids, words and times: nothing longer names anything. A header is as long as all headers may be.
            text.MaxLength ??= parameter.In == ParameterLocation.Header ? 32_768 : Word;
            if (parameter.Name == "limit") text.Pattern ??= "^([1-9][0-9]?|100)$";
        }
    }

    private static IEnumerable<OpenApiOperation> AllOperations(OpenApiDocument document) =>
        document.Paths.Values.Concat(document.Webhooks?.Values ?? []).SelectMany(path => path.Operations ?? []).Select(operation => operation.Value);

    private static void Limit(IOpenApiSchema value, string schema, string property, bool paged)
    {
        foreach (var part in (value.OneOf ?? []).Concat(value.AllOf ?? [])) Limit(part, schema, property, paged);
        if (value is not OpenApiSchema own) return;
        // What the server sets is set in examples and webhooks alike; for JSON there is nothing that may only be read.
        own.ReadOnly = false;
        if (Is(own, JsonSchemaType.String) && own.Enum is null) LimitText(own, schema, property);
        if (Is(own, JsonSchemaType.Integer)) LimitNumber(own, schema, property);
        if (Is(own, JsonSchemaType.Array)) own.MaxItems ??= ListLimit(schema, property, paged);
        if (property == "metadata" && own.AdditionalProperties is not null) own.MaxProperties ??= FieldErrors.MaxMetadata;
        if (own.Items is not null) Limit(own.Items, schema, property, paged);
        if (own.AdditionalProperties is not null) Limit(own.AdditionalProperties, schema, property, paged);
    }

    private static void LimitText(OpenApiSchema text, string schema, string property)
    {
        if (Choices.TryGetValue($"{schema}.{property}", out var words))
        {
            text.Enum = [.. words.Select(word => (JsonNode)word)];
            return;
        }

        if (text.Description is { } meaning && Constant().Match(meaning) is { Success: true } constant) text.Const = constant.Groups[1].Value;
        if (text.Format == "date-time") text.MaxLength ??= TimeLength;
        // The patterns of ids and currencies are of one length, well below a word's.
        var (length, pattern) = Texts.TryGetValue($"{schema}.{property}", out var own) ? own : Texts.TryGetValue(property, out var common) ? common : (Word, null);
        text.MaxLength ??= text.Pattern is null ? length : Word;
        text.Pattern ??= pattern;
    }

    private static void LimitNumber(OpenApiSchema number, string schema, string property)
    {
        var (minimum, maximum) = Numbers.TryGetValue($"{schema}.{property}", out var own) ? own
            : Numbers.TryGetValue(property, out var common) ? common
            : (0, number.Format == "int32" ? int.MaxValue : Money.MaxValue);
        // Else a sample is the smallest number that there may be.
        if (schema == "Money" && property == "value") number.Examples = [JsonValue.Create(123_456)];
        number.Minimum ??= minimum.ToString(System.Globalization.CultureInfo.InvariantCulture);
        number.Maximum ??= maximum.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>What a property's own words say of it.</summary>
    [GeneratedRegex("^Always `([^`]+)`")]
    private static partial Regex Constant();

    /// <summary>Null where nothing bounds the list but what there is.</summary>
    private static int? ListLimit(string schema, string property, bool paged) =>
        Lists.TryGetValue($"{schema}.{property}", out var own) ? own
        : Lists.TryGetValue(property, out var common) ? common
        : schema.EndsWith("Request", StringComparison.Ordinal) || schema.EndsWith("Document", StringComparison.Ordinal) ? JsonContract.MaxArray
        : paged && property == "data" && schema != "ExchangeRateList" ? Page.MaxSize
        : null;

    private static bool Is(OpenApiSchema schema, JsonSchemaType type) => schema.Type?.HasFlag(type) is true;
}
