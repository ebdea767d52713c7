using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace PaymentOrchestrator.Api.Http;

/// <summary>What the document says as a whole: where the API is, its parts in the order of the main job, and who needs no key.</summary>
internal sealed class DocumentationFrame : IDocumentFilter
{
    private static readonly (string Name, string Description)[] Tags =
    [
        ("Eligibility", "Step 1. Which methods can pay this order for this buyer, why the others cannot, and what would open them."),
        ("Payment options", "Step 1 and 2 in one call: every way to pay the order with its price and its steps, and the best one named."),
        ("Quotes", "Step 2. An immutable price of an order by one method in one currency, with all that is needed to recompute it."),
        ("Payments", "Step 3. Pay a quote: once, and provably once. Every state can be read, and is sent to your webhooks."),
        ("Refunds", "Give an order back, whole or in parts, at the rate that it was paid at."),
        ("Buyers", "Your buyers, under your own references."),
        ("Linked accounts", "A buyer's accounts at 1688, WorldFirst, Alipay, a mainland bank and the card acquirer. Links are made on the provider's own pages."),
        ("Reference data", "The four methods and the exchange rates, as they are in force."),
        ("Webhooks", "Where events are sent, signed by the Standard Webhooks specification, and what became of each delivery."),
        ("Events", "Everything that happened, to be read again in order."),
        ("Disputes", "Cardholders who take a payment back through their bank."),
        ("Reconciliations", "The providers' statements held against the books, line by line."),
        ("Ledger", "The books: double entry, append only, with a proof that they add up."),
        ("Fee schedules", "Price lists: what each method costs, from when on."),
        ("Access", "API keys with their scopes, buyers' browser sessions, and the log of who did what."),
        ("Providers", "How the providers' connections stand, and where providers call in."),
        ("Operations", "For orchestrators and load balancers."),
    ];

    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        swaggerDoc.Servers = [new OpenApiServer { Url = "/", Description = "The host that serves this document. The key decides whether it is sandbox (test) or production (live)." }];
        swaggerDoc.Tags = new HashSet<OpenApiTag>(Tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }));
        foreach (var (_, operation) in swaggerDoc.Paths.Values.Concat(swaggerDoc.Webhooks?.Values ?? []).SelectMany(path => path.Operations ?? []))
        {
            // No key: said, and not left out.
            operation.Security ??= [];
            foreach (var (status, response) in operation.Responses ?? [])
            {
                if (response is OpenApiResponse own && int.TryParse(status, out var number) && own.Content?.ContainsKey("application/problem+json") is true)
                    own.Description = Describe(number);
            }
        }

        if (context.SchemaRepository.Schemas.TryGetValue("Problem", out var problem) && problem.Properties?["code"] is OpenApiSchema code)
        {
            code.Description = "Stable; branch on this. New ones may come.\n\n"
                + string.Join('\n', ProblemType.All.OrderBy(type => type.Status).ThenBy(type => type.Code, StringComparer.Ordinal).Select(type => $"- `{type.Code}` ({type.Status}): {type.Title}"));
        }
    }

    /// <summary>The kinds of problem that have the status, by their codes.</summary>
    private static string Describe(int status)
    {
        var codes = ProblemType.All.Where(type => type.Status == status).Select(type => $"`{type.Code}`").Order(StringComparer.Ordinal).ToList();
        var phrase = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status);
        return codes.Count == 0 ? phrase : $"{phrase}. The codes with this status: {string.Join(", ", codes)}.";
    }
}
