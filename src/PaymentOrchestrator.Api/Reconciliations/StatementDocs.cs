using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace PaymentOrchestrator.Api.Reconciliations;

/// <summary>What the document says of the uploaded form, which no type describes.</summary>
internal sealed class StatementDocs : IOperationFilter
{
    private const string Csv = "text/csv";

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        if (operation.RequestBody?.Content is not { } content || !content.ContainsKey(Csv)) return;
        content[Csv] = new OpenApiMediaType
        {
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = StatementBody.MaxBytes, Description = $"At most {StatementBody.MaxBytes} bytes and {StatementCsv.MaxLines} lines." },
            Example = StatementCsv.Header + "\npayment,pi_3Q…,pay_01k…-1,pay_01k…,USD,186121,2026-11-22T08:15:00Z\n",
        };
        operation.Parameters ??= [];
        foreach (var (name, what) in new[]
        {
            ("provider", "With text/csv, and required there: worldfirst, alipay or card."), ("from", "With text/csv, and required there: the first moment of the statement, RFC 3339 in UTC."),
            ("to", "With text/csv, and required there: the first moment after it."),
        })
        {
            operation.Parameters.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Query, Description = what, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
        }
    }
}
