using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Reconciliations;

/// <summary>What is to be reconciled: a statement that is uploaded as CSV, read as it comes in, or a JSON body that says which one to ask for.</summary>
internal sealed class StatementBody : IRequestPart, IEndpointParameterMetadataProvider
{
    /// <summary>Of a CSV. A JSON body has the limit of all others.</summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    private readonly StatementPeriod? period;

    private StatementBody(StatementPeriod? period, Statement? upload, byte[] fingerprint, Problem? refusal)
    {
        this.period = period;
        Upload = upload;
        Fingerprint = fingerprint;
        Refusal = refusal;
    }

    public Problem? Refusal { get; }

    public StatementPeriod Period => period ?? throw new InvalidOperationException("A refused body has no value.");

    /// <summary>Null to ask the provider.</summary>
    public Statement? Upload { get; }

    /// <summary>SHA-256 over method, path and what is asked for, by value.</summary>
    public byte[] Fingerprint { get; }

    public static async ValueTask<StatementBody> BindAsync(HttpContext context)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().Now();
        if (IsCsv(context.Request)) return await ReadCsvAsync(context, now);
        var body = await RequestBody<CreateReconciliationRequest>.BindAsync(context);
        if (body.Refusal is { } refusal)
        {
            return Refused(refusal.Type == ProblemType.UnsupportedMediaType
                ? refusal with { Detail = "Send a statement as text/csv in UTF-8, or say as application/json which one to ask the provider for; without a Content-Encoding." }
                : refusal);
        }

        var period = StatementPeriod.Parse(body.Value.Provider, body.Value.From, body.Value.To, now);
        return period.Problem is { } problem ? Refused(problem) : new StatementBody(period.Value, null, body.Fingerprint, null);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new AcceptsMetadata(["application/json", "text/csv"], typeof(CreateReconciliationRequest)));
        builder.Metadata.Add(new ReadsFromQuery("provider", "from", "to"));
    }

    private static async Task<StatementBody> ReadCsvAsync(HttpContext context, DateTimeOffset now)
    {
        var query = context.Request.Query;
        string? One(string name) => query.TryGetValue(name, out var values) ? values.ToString() : null;
        if (context.Request.Headers.ContentEncoding.Count > 0) return Refused(new Problem(ProblemType.UnsupportedMediaType, "Send the statement as it is, without a Content-Encoding."));
        var period = StatementPeriod.Parse(One("provider"), One("from"), One("to"), now);
        if (period.Problem is { } problem) return Refused(problem);

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxBytes;
        Result<Statement> read;
        try
        {
            read = await Statement.ReadCsvAsync(context.Request.Body, period.Value, context.RequestAborted);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Refused(new Problem(ProblemType.PayloadTooLarge, $"A statement may hold at most {MaxBytes} bytes. Import it in parts, by time."));
        }
        catch (BadHttpRequestException e)
        {
            return Refused(RequestFaults.From(e));
        }

        return read.Problem is { } faulty ? Refused(faulty) : new StatementBody(period.Value, read.Value, FingerprintOf(context.Request, read.Value), null);
    }

    private static byte[] FingerprintOf(HttpRequest request, Statement statement) => SHA256.HashData(
        [.. Encoding.UTF8.GetBytes($"{request.Method} {request.Path.Value?.TrimEnd('/')}\n"), .. statement.ContentHash()]);

    private static bool IsCsv(HttpRequest request) =>
        System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && string.Equals(type.MediaType, "text/csv", StringComparison.OrdinalIgnoreCase)
        && (type.CharSet is null || string.Equals(type.CharSet.Trim('"'), "utf-8", StringComparison.OrdinalIgnoreCase));

    private static StatementBody Refused(Problem problem) => new(null, null, [], problem);
}
