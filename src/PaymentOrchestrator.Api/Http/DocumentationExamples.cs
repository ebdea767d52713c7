using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Api.Webhooks;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace PaymentOrchestrator.Api.Http;

/// <summary>
/// Requests to try, one for each case that is worth seeing. The ids in them are names for what the demo data has; where that data is, the host tells
/// the real ids as <c>Documentation:Demo</c>, and <c>/openapi.yaml</c> is served with them in their place.
/// </summary>
internal sealed class DocumentationExamples : IOperationFilter
{
    private const string Ip = "8.8.8.8";
    private const string ReturnUrl = "https://shop.example/checkout/return";

    /// <summary>The name of a thing of the demo data → what stands for it here: an id, or how the texts begin that can be used once.</summary>
    public static IReadOnlyDictionary<string, string> Demo { get; } = new Dictionary<string, string>
    {
        ["order"] = "order-100",
        ["reference"] = "buyer-1001",
        ["buyer_ready"] = EventExamples.Id<BuyerResource>('a').ToString(),
        ["buyer_new"] = EventExamples.Id<BuyerResource>('b').ToString(),
        ["buyer_card_only"] = EventExamples.Id<BuyerResource>('c').ToString(),
        ["buyer_mainland_alipay"] = EventExamples.Id<BuyerResource>('d').ToString(),
        ["buyer_low_balance"] = EventExamples.Id<BuyerResource>('e').ToString(),
        ["quote_to_pay"] = EventExamples.Id<QuoteResource>('a').ToString(),
        ["quote_dry_run"] = EventExamples.Id<QuoteResource>('f').ToString(),
        ["quote_expired"] = EventExamples.Id<QuoteResource>('b').ToString(),
        ["quote_declined"] = EventExamples.Id<QuoteResource>('c').ToString(),
        ["quote_3d_secure"] = EventExamples.Id<QuoteResource>('d').ToString(),
        ["quote_time_out"] = EventExamples.Id<QuoteResource>('e').ToString(),
    };

    private static readonly Dictionary<string, Case[]> Requests = new()
    {
        ["createBuyer"] = [new("new", "A buyer of your marketplace", """{"reference":"buyer-1001","country":"US"}""")],
        ["checkEligibility"] =
        [
            new("eligible", "Everything linked and funded: all four methods are open", Order("buyer_ready", "order-1001", 1_234_567)),
            new("blocked", "Nothing linked yet: every requirement says what would meet it", Order("buyer_new", "order-1002", 1_234_567)),
            new("card_only", "1688 and a card alone: the card is open, the others say why not", Order("buyer_card_only", "order-1003", 1_234_567)),
            new("too_little", "Too little money at WorldFirst: the remediation is a top-up", Order("buyer_low_balance", "order-1004", 1_234_567)),
            new("mainland", "An address in mainland China: the network-bound methods close", Order("buyer_ready", "order-1001", 1_234_567, "114.114.114.114")),
        ],
        ["createPaymentOptions"] =
        [
            new("all_open", "Everything linked: what each way costs, the best one named", Order("buyer_ready", "order-1001", 1_234_567)),
            new("steps", "Nothing linked yet: the steps to each method", Order("buyer_new", "order-1002", 1_234_567)),
        ],
        ["createQuote"] =
        [
            new("world_pay", "World Pay from euros held at WorldFirst", Quote("buyer_ready", "world_pay", "order-1001", 1_234_567, "EUR")),
            new("card", "By card in US dollars", Quote("buyer_card_only", "card", "order-1003", 1_234_567, "USD")),
            new("alipay", "By Alipay, in yuan and without a fee", Quote("buyer_mainland_alipay", "alipay", "order-1005", 50_000, "CNY")),
            new("short", "World Pay, with a price that holds for a minute: pay it later to see quote_expired", Quote("buyer_ready", "world_pay", "order-1006", 1_234_567, "EUR", "1m")),
        ],
        ["createPayment"] =
        [
            new("pay", "A quote by card in US dollars: succeeded", Pay("quote_to_pay")),
            new("dry_run", "Such a quote, tried without paying: 200, and nothing has happened", Pay("quote_dry_run", """, "dry_run": true""")),
            new("expired", "A quote that held for one minute after the host's start: 409 quote_expired with a fresh one", Pay("quote_expired")),
            new("declined", "A card that the bank declines: 201 with status failed", Pay("quote_declined")),
            new("3d_secure", "A card whose bank asks the buyer: requires_action, then open next_action.url", Pay("quote_3d_secure", $", \"return_url\": \"{ReturnUrl}\"")),
            new("time_out", "A provider that never answers the debit: processing, and resolved by asking it again", Pay("quote_time_out")),
        ],
        ["linkAccount"] =
        [
            new("marketplace_1688", "1688, entered with Alipay: open next_action.url", $$"""{"provider":"marketplace_1688","login":"alipay","return_url":"{{ReturnUrl}}"}"""),
            new("worldfirst", "WorldFirst: open next_action.url and approve", $$"""{"provider":"worldfirst","return_url":"{{ReturnUrl}}"}"""),
            new("alipay", "Alipay: open next_action.url and approve", $$"""{"provider":"alipay","return_url":"{{ReturnUrl}}"}"""),
            new("card_page", "A card, given on the acquirer's page", $$"""{"provider":"card","return_url":"{{ReturnUrl}}"}"""),
            new("card_declined", "A test card that is linked, and declined when it is charged", $$"""{"provider":"card","payment_method":"pm_card_chargeCustomerFail","return_url":"{{ReturnUrl}}"}"""),
        ],
        ["createRefund"] =
        [
            new("part", "A part of the order, in yuan", """{"amount":{"currency":"CNY","value":100000},"reason":"One box was missing."}"""),
            new("whole", "All that is left", """{"reason":"The order was called off."}"""),
        ],
        ["createWebhookEndpoint"] = [new("payments", "Everything about payments", """{"url":"https://shop.example/webhooks","event_types":["payment.succeeded","payment.failed"]}""")],
        ["createBuyerSession"] = [new("checkout", "For one buyer's browser, half an hour", $$"""{"buyer_id":"{{Demo["buyer_ready"]}}","expires_in":1800}""")],
        ["createApiKey"] = [new("checkout", "For a checkout's server", """{"name":"checkout","scopes":["read","quotes:write","payments:write"]}""")],
    };

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        if (operation.OperationId is { } id && Requests.TryGetValue(id, out var cases))
        {
            foreach (var media in operation.RequestBody?.Content?.Values.OfType<OpenApiMediaType>() ?? [])
                media.Examples = cases.ToDictionary(one => one.Name, one => (IOpenApiExample)new OpenApiExample { Summary = one.Summary, Value = JsonNode.Parse(one.Body) });
            // A key stands for one request: each case has its own.
            if (cases.Length > 1 && operation.Parameters?.OfType<OpenApiParameter>().FirstOrDefault(parameter => parameter is { Name: IdempotencyKeyHeader.Name, Required: true }) is { } key)
            {
                key.Example = null;
                key.Examples = cases.ToDictionary(
                    one => one.Name, one => (IOpenApiExample)new OpenApiExample { Summary = $"For {one.Name}", Value = $"order-1001-{id}-{one.Name}" });
            }
        }

        var path = context.ApiDescription.RelativePath ?? "";
        if (path.StartsWith("v1/buyers/{id}", StringComparison.Ordinal) && operation.Parameters?.OfType<OpenApiParameter>().FirstOrDefault(parameter => parameter.Name == "id") is { } buyer)
            buyer.Example = Demo[operation.OperationId == "linkAccount" ? "buyer_new" : "buyer_ready"];

        // What the webhooks' examples tell of is what the operations answer.
        foreach (var response in context.ApiDescription.SupportedResponseTypes)
        {
            var told = EventCatalogue.All.Where(description => description.Object == response.Type).ToList();
            if ((told.Find(description => description.Type.EndsWith(".succeeded", StringComparison.Ordinal) || description.Type.EndsWith(".active", StringComparison.Ordinal)) ?? told.FirstOrDefault()) is not { } example) continue;
            foreach (var media in operation.Responses?[response.StatusCode.ToString(CultureInfo.InvariantCulture)].Content?.Values.OfType<OpenApiMediaType>() ?? [])
                media.Example = example.Example.DeepClone();
        }
    }

    private static string Order(string buyer, string id, long fen, string ip = Ip) =>
        new JsonObject { ["buyer_id"] = Demo[buyer], ["order"] = Order(id, fen), ["buyer_ip"] = ip }.ToJsonString();

    private static string Quote(string buyer, string method, string id, long fen, string currency, string? hold = null)
    {
        var body = new JsonObject { ["buyer_id"] = Demo[buyer], ["method"] = method, ["order"] = Order(id, fen), ["source_currency"] = currency, ["buyer_ip"] = Ip };
        if (hold is not null) body["lock"] = hold;
        return body.ToJsonString();
    }

    private static JsonObject Order(string id, long fen) => new() { ["id"] = id, ["amount"] = new JsonObject { ["currency"] = "CNY", ["value"] = fen } };

    private static string Pay(string quote, string more = "") => $$"""{"quote_id":"{{Demo[quote]}}","buyer_ip":"{{Ip}}"{{more}}}""";

    private sealed record Case(string Name, string Summary, string Body);
}
