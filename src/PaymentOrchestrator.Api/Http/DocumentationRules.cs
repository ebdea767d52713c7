using System.Reflection;
using Microsoft.OpenApi;
using PaymentOrchestrator.Api.Access;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace PaymentOrchestrator.Api.Http;

/// <summary>What every operation has: the key, the Idempotency-Key and the language where they apply.</summary>
internal sealed class OperationRules : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        if (!metadata.OfType<UnlimitedAttribute>().Any())
        {
            operation.Responses ??= [];
            operation.Responses.TryAdd("429", new OpenApiResponseReference(RateLimitDocs.Response, context.Document));
        }

        if (metadata.OfType<NeededScope>().FirstOrDefault()?.Scope is { } scope)
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("api_key", context.Document)] = [scope.Code] }];
            if (metadata.OfType<OpenToBuyers>().Any())
            {
                operation.Security.Add(new OpenApiSecurityRequirement
                {
                    [new OpenApiSecuritySchemeReference("publishable_key", context.Document)] = [],
                    [new OpenApiSecuritySchemeReference("buyer_session", context.Document)] = [],
                });
            }

            // Whoever has a key can be told that it does not serve, or that card data is not accepted.
            if (operation.Responses is { } responses && responses.TryGetValue("500", out var problem))
            {
                responses.TryAdd("400", new OpenApiResponse { Description = "Bad Request", Content = problem.Content });
                responses.TryAdd("403", new OpenApiResponse { Description = "Forbidden", Content = problem.Content });
            }
        }

        var parameters = metadata.OfType<MethodInfo>().FirstOrDefault()?.GetParameters() ?? [];
        if (parameters.Any(parameter => parameter.ParameterType == typeof(AcceptedLanguage)))
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = "Accept-Language",
                In = ParameterLocation.Header,
                Description = "The language of sentences for the buyer: English or Simplified Chinese; English where neither is named.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                Example = "en",
            });
        }

        var required = parameters.Any(parameter => parameter.ParameterType == typeof(RequiredIdempotencyKey));
        if (required || parameters.Any(parameter => parameter.ParameterType == typeof(OptionalIdempotencyKey)))
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = IdempotencyKeyHeader.Name,
                In = ParameterLocation.Header,
                Required = required,
                Description = "A value of your own, 1–255 visible ASCII characters. Repeat it to repeat the request safely; use a new one for a new request.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255, Pattern = "^[!-~]+$" },
                // Where it may be left out there is none to begin with: a key that stays in the form would stand for the request before.
                Example = required ? "order-1001-attempt-1" : null,
            });
        }
    }
}

/// <summary>An object or null is one of the two. The generator says "null, and the object too", which nothing is.</summary>
internal sealed class NullableObjects : IDocumentFilter
{
    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        foreach (var property in context.SchemaRepository.Schemas.Values.SelectMany(schema => schema.Properties?.Values ?? []).OfType<OpenApiSchema>())
        {
            if (property is not { Type: JsonSchemaType.Null, AllOf: [var only] }) continue;
            property.Type = null;
            property.AllOf = null;
            property.OneOf = [new OpenApiSchema { Type = JsonSchemaType.Null }, only];
        }
    }
}
