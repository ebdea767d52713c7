using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace PaymentOrchestrator.Api.Http;

/// <summary>The one answer to too many requests, with what it says of the limits.</summary>
internal sealed class RateLimitDocs : IDocumentFilter
{
    public const string Response = "RateLimited";

    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        swaggerDoc.Components ??= new OpenApiComponents();
        swaggerDoc.Components.Responses ??= new Dictionary<string, IOpenApiResponse>();
        swaggerDoc.Components.Responses[Response] = new OpenApiResponse
        {
            Description = "Too many requests (rate_limited), or too many failed attempts of the buyer where the operator counts them (too_many_failed_attempts). Nothing was done: repeat the request, "
                + "with the same Idempotency-Key, when Retry-After has passed. Every answer to a request that is counted has RateLimit-Policy and RateLimit, so that 429 need not be met.",
            Headers = new Dictionary<string, IOpenApiHeader>
            {
                ["Retry-After"] = Header("Seconds.", JsonSchemaType.Integer, "1"),
                ["RateLimit-Policy"] = Header(
                    "The limits that the request counts for, each for one instance of the service: q requests in w seconds, and more only as fast as they come back.", JsonSchemaType.String,
                    "\"key-writes\";q=1000;w=10, \"marketplace-writes\";q=2000;w=10"),
                ["RateLimit"] = Header("Where the caller stands: r requests are left, and in t seconds all of them are there again; after a refusal, the next.", JsonSchemaType.String, "\"key-writes\";r=0;t=1"),
            },
            Content = new Dictionary<string, IOpenApiMediaType>
            {
                ["application/problem+json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference("Problem", swaggerDoc) },
            },
        };
    }

    private static OpenApiHeader Header(string description, JsonSchemaType type, string example) => new()
    {
        Description = description,
        // What can stand there: waits of at most an hour, a policy or two.
        Schema = type == JsonSchemaType.Integer
            ? new OpenApiSchema { Type = type, Format = "int32", Minimum = "1", Maximum = "3600" }
            : new OpenApiSchema { Type = type, MaxLength = 256 },
        Example = type == JsonSchemaType.Integer ? int.Parse(example, System.Globalization.CultureInfo.InvariantCulture) : example,
    };
}
