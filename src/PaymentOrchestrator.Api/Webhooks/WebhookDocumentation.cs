using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Http;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>The document's webhooks: an entry for each type of event, with the headers, the envelope and the object that it carries.</summary>
internal sealed class WebhookDocumentation : IDocumentFilter
{
    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        swaggerDoc.Webhooks = new Dictionary<string, IOpenApiPathItem>();
        foreach (var kind in EventCatalogue.All.GroupBy(description => description.Object))
        {
            var types = kind.Select(description => description.Type).ToList();
            var envelope = AddSchemas(kind.Key, types, swaggerDoc, context);
            foreach (var description in kind) swaggerDoc.Webhooks[description.Type] = Entry(description, envelope, swaggerDoc);
        }
    }

    /// <summary><c>PaymentEvent</c> and <c>PaymentEventData</c>: the envelope of all events about payments. The envelope's name.</summary>
    private static string AddSchemas(Type type, IReadOnlyList<string> types, OpenApiDocument document, DocumentFilterContext context)
    {
        context.SchemaGenerator.GenerateSchema(type, context.SchemaRepository);
        var name = type.Name[..^"Resource".Length];
        var envelope = $"{name}Event";
        var data = $"{envelope}Data";
        context.SchemaRepository.AddDefinition(data, new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "What the event is about.",
            Required = new HashSet<string> { "object" },
            Properties = new Dictionary<string, IOpenApiSchema> { ["object"] = new OpenApiSchemaReference(name, document) },
            AdditionalPropertiesAllowed = false,
        });

        // The envelope is the event as it is read, with what is known of its type and object.
        var general = (OpenApiSchema)context.SchemaRepository.Schemas["Event"];
        context.SchemaRepository.AddDefinition(envelope, new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = $"Something that happened to {(name[0] is 'A' or 'E' ? "an" : "a")} {Words(name)}.",
            Required = general.Required,
            Properties = general.Properties!.ToDictionary(property => property.Key, property => property.Key switch
            {
                "type" => new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. types.Select(one => (JsonNode)one)] },
                "data" => new OpenApiSchemaReference(data, document),
                _ => property.Value,
            }),
            AdditionalPropertiesAllowed = false,
        });
        return envelope;
    }

    private static OpenApiPathItem Entry(EventDescription description, string envelope, OpenApiDocument document) => new()
    {
        Operations = new Dictionary<HttpMethod, OpenApiOperation>
        {
            [HttpMethod.Post] = new()
            {
                OperationId = OperationId(description.Type),
                Tags = new HashSet<OpenApiTagReference> { new("Webhooks", document) },
                Summary = description.Happened,
                Description = "Sent by the Standard Webhooks specification to the endpoints that ask for it, until one answer is 2xx. Expect repetitions and any order: tell the first by "
                    + "webhook-id, the second by object_version.",
                Parameters =
                [
                    Header(WebhookMessage.IdHeader, "The event's id: the same in every attempt, so that a repetition can be told.", $"^{EventResource.Prefix}_[0-9a-hjkmnp-tv-z]{{26}}$", ExampleId(description)),
                    Header(WebhookMessage.TimestampHeader, "The time of the attempt, in seconds since 1970. Refuse what is more than five minutes off.", "^[0-9]+$", Seconds),
                    Header(
                        WebhookMessage.SignatureHeader,
                        "v1, a comma and the base 64 of HMAC-SHA256 over id, timestamp and body with dots between, keyed with the endpoint's secret. Two with a blank between while a secret is rotated.",
                        "^v1,[A-Za-z0-9+/]+=*( v1,[A-Za-z0-9+/]+=*)*$", "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="),
                ],
                RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = new Dictionary<string, IOpenApiMediaType>
                    {
                        ["application/json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(envelope, document), Example = Example(description) },
                    },
                },
                Responses = new OpenApiResponses
                {
                    ["2XX"] = new OpenApiResponse { Description = "You have it. Answer within 15 seconds and work afterwards." },
                    ["410"] = new OpenApiResponse { Description = "Nothing more is to come here: the endpoint is disabled." },
                    ["default"] = new OpenApiResponse { Description = "Everything else, redirects included, is tried again; Retry-After is honoured." },
                },
            },
        },
    };

    private static OpenApiParameter Header(string name, string description, string pattern, string example) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Required = true,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = pattern },
        Example = example,
    };

    private static string Seconds => EventExamples.At.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static JsonNode Example(EventDescription description) => new JsonObject
    {
        ["id"] = ExampleId(description),
        ["object"] = "event",
        ["type"] = description.Type,
        ["api_version"] = EventResource.CurrentApiVersion,
        ["created_at"] = ApiJson.Time(EventExamples.At),
        ["object_version"] = description.Type is "quote.consumed" or "payment.succeeded" or "refund.succeeded" or "linked_account.active" ? 2 : 1,
        ["livemode"] = false,
        ["data"] = new JsonObject { ["object"] = description.Example.DeepClone() },
    };

    private static string ExampleId(EventDescription description) =>
        EventExamples.Id<EventResource>(description.Object == typeof(Ledger.LedgerTransactionResource) ? '6' : '8').ToString();

    /// <summary><c>onPaymentRequiresAction</c> for <c>payment.requires_action</c>.</summary>
    private static string OperationId(string type) =>
        "on" + string.Concat(type.Split('.', '_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary><c>linked account</c> for <c>LinkedAccount</c>.</summary>
    private static string Words(string name) =>
        string.Concat(name.Select((letter, index) => index > 0 && char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : char.ToLowerInvariant(letter).ToString()));
}
