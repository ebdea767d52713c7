using Microsoft.OpenApi;
using PaymentOrchestrator.Domain;
using Swashbuckle.AspNetCore.Swagger;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace PaymentOrchestrator.Api.Http;

/// <summary>The contract as a document: what <c>/openapi.yaml</c>, Swagger UI and the file at the top of the repository are made from.</summary>
internal static class Documentation
{
    private const string Name = "v1";

    public static void AddDocumentation(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc(Name, new OpenApiInfo
            {
                Title = "Payment Orchestrator",
                Version = Name,
                Description = "Lets a buyer outside mainland China pay a 1688 supplier in RMB by the best way open to that buyer: which methods are open, why the others are "
                    + "not, what each costs to the last minor unit, and payment, once.\n\nThe main job: check eligibility, quote, pay. Amounts are whole minor units (123456 is "
                    + "CNY 1,234.56 and JPY 123,456). Errors are problem documents: branch on their code. Repeat a request with the same Idempotency-Key to repeat it safely.",
                License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
            });
            options.IncludeXmlComments(Path.Combine(AppContext.BaseDirectory, "PaymentOrchestrator.Api.xml"));
            options.CustomSchemaIds(SchemaName);
            options.SupportNonNullableReferenceTypes();
            options.NonNullableReferenceTypesAsRequired();
            options.UseAllOfToExtendReferenceSchemas();
            options.CustomOperationIds(description => description.ActionDescriptor.EndpointMetadata.OfType<IEndpointNameMetadata>().FirstOrDefault()?.EndpointName);
            MapText<Currency>(options, "ISO 4217 code, or CNH.", "^[A-Z]{3}$", "CNY");
            MapId<Buyers.BuyerResource>(options);
            MapId<LinkedAccounts.LinkedAccountResource>(options);
            MapId<Eligibility.EligibilityCheckResource>(options);
            MapId<Quotes.QuoteResource>(options);
            MapId<PaymentOptions.PaymentOptionsResource>(options);
            MapId<Payments.PaymentResource>(options);
            MapId<Refunds.RefundResource>(options);
            MapId<Disputes.DisputeResource>(options);
            MapId<Reconciliations.ReconciliationResource>(options);
            MapId<Reconciliations.ReconciliationDifferenceResource>(options);
            MapId<Events.EventResource>(options);
            MapId<Ledger.LedgerTransactionResource>(options);
            MapId<Webhooks.WebhookEndpointResource>(options);
            MapId<Webhooks.WebhookDeliveryResource>(options);
            MapId<Rates.ExchangeRateResource>(options);
            MapId<Access.ApiKeyResource>(options);
            MapId<Access.BuyerSessionResource>(options);
            MapId<Access.AuditEntryResource>(options);
            options.MapType<Observation>(() => new OpenApiSchema
            {
                Description = "A word, or an amount of money.",
                OneOf = [new OpenApiSchema { Type = JsonSchemaType.String }, new OpenApiSchemaReference("Money")],
            });
            MapCodes<PaymentMethod>(options, PaymentMethods.All.Select(method => method.Code()));
            MapCodes<LinkProvider>(options, Enum.GetValues<LinkProvider>().Select(provider => provider.Code()));
            options.AddSecurityDefinition("api_key", new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A secret API key: po_test_… or po_live_…, for servers. It has scopes; each operation names the one that it needs. None includes another:\n\n"
                    + string.Join('\n', Access.Scope.All.Select(scope => $"- `{scope.Code}`: {scope.Meaning}")),
            });
            options.AddSecurityDefinition("publishable_key", new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A publishable key: po_pk_test_… or po_pk_live_…, for buyers' browsers, together with buyer_session.",
            });
            options.AddSecurityDefinition("buyer_session", new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = ApiKeyGate.SessionHeader,
                Description = "The client_secret of a buyer session that the marketplace's server opened.",
            });
            options.OperationFilter<OperationRules>();
            options.DocumentFilter<RateLimitDocs>();
            options.DocumentFilter<Webhooks.WebhookDocumentation>();
            options.DocumentFilter<NullableObjects>();
            options.OperationFilter<Reconciliations.StatementDocs>();
            options.OperationFilter<DocumentationExamples>();
            options.DocumentFilter<DocumentationLimits>();
            options.DocumentFilter<DocumentationFrame>();
        });
    }

    public static void UseDocumentation(this WebApplication app)
    {
        var demo = new DocumentationDemo(app.Configuration);
        app.MapGet("/openapi.yaml", async (IServiceProvider services, HttpContext context) =>
        {
            context.Response.ContentType = "application/yaml; charset=utf-8";
            await context.Response.WriteAsync(demo.Fill(await WriteAsync(services)), context.RequestAborted);
        }).WithMetadata(new KeylessAttribute()).ExcludeFromDescription();
        demo.MapKey(app);
        app.UseSwaggerUI(options =>
        {
            options.RoutePrefix = "swagger";
            options.SwaggerEndpoint("/openapi.yaml", "Payment Orchestrator v1");
            options.DocumentTitle = "Payment Orchestrator";
            options.EnablePersistAuthorization();
            options.EnableTryItOutByDefault();
            options.DisplayRequestDuration();
            options.DocExpansion(Swashbuckle.AspNetCore.SwaggerUI.DocExpansion.List);
            options.DefaultModelsExpandDepth(0);
            if (demo.Key is not null) options.InjectJavascript(DocumentationDemo.ScriptPath);
        });
    }

    public static async Task<string> WriteAsync(IServiceProvider services)
    {
        var document = services.GetRequiredService<ISwaggerProvider>().GetSwagger(Name);
        await using var text = new StringWriter(System.Globalization.CultureInfo.InvariantCulture) { NewLine = "\n" };
        document.SerializeAs(OpenApiSpecVersion.OpenApi3_1, new OpenApiYamlWriter(text));
        return text.ToString().ReplaceLineEndings("\n");
    }

    /// <summary>QuoteResource is Quote to the world, CreateQuoteRequest stays.</summary>
    private static string SchemaName(Type type) =>
        type == typeof(ProblemDocument) ? "Problem"
        : type.Name.EndsWith("Resource", StringComparison.Ordinal) ? type.Name[..^"Resource".Length]
        : type == typeof(Orders.OrderBody) ? "Order"
        : type == typeof(Amount) ? "Money"
        : type.Name;

    private static void MapText<T>(SwaggerGenOptions options, string description, string pattern, string example) =>
        options.MapType<T>(() => new OpenApiSchema { Type = JsonSchemaType.String, Description = description, Pattern = pattern, Examples = [example] });

    private static void MapId<T>(SwaggerGenOptions options)
        where T : IResource =>
        options.MapType<Id<T>>(() => new OpenApiSchema { Type = JsonSchemaType.String, Pattern = $"^{T.Prefix}_[0-9a-hjkmnp-tv-z]{{26}}$" });

    private static void MapCodes<T>(SwaggerGenOptions options, IEnumerable<string> codes)
        where T : struct
    {
        var values = codes.Select(code => (System.Text.Json.Nodes.JsonNode)code).ToList();
        options.MapType<T>(() => new OpenApiSchema { Type = JsonSchemaType.String, Enum = values });
    }
}
