using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Metadata;

namespace PaymentOrchestrator.Api.Http;

/// <summary>Something bound from the request that may have been refused; the endpoint is then not run.</summary>
internal interface IRequestPart
{
    Problem? Refusal { get; }
}

/// <summary>A request that can be tried without effect. Whether it is only tried is no part of its meaning: a key stands for it either way.</summary>
internal interface ITryable
{
    const string Field = "dry_run";

    bool? DryRun { get; }
}

/// <summary>
/// A JSON body: read once, checked against the contract with every fault named by its path, and fingerprinted by value for idempotency.
/// </summary>
internal sealed class RequestBody<T> : IRequestPart, IEndpointParameterMetadataProvider
{
    private readonly T? value;

    private RequestBody(T? value, byte[] fingerprint, Problem? refusal)
    {
        this.value = value;
        Fingerprint = fingerprint;
        Refusal = refusal;
    }

    public Problem? Refusal { get; }

    /// <summary>SHA-256 over method, path and the body by value: white space and the order of fields don't count. Empty without an Idempotency-Key, where nobody compares it.</summary>
    public byte[] Fingerprint { get; }

    public T Value => value ?? throw new InvalidOperationException("A refused body has no value.");

    public static async ValueTask<RequestBody<T>> BindAsync(HttpContext context)
    {
        if (context.Request.Headers.ContentEncoding.Count > 0)
            return Refused(new Problem(ProblemType.UnsupportedMediaType, "Send the body as it is, without a Content-Encoding."));
        if (!IsJson(context.Request))
            return Refused(new Problem(ProblemType.UnsupportedMediaType, "Send the body as application/json in UTF-8."));

        byte[] bytes;
        try
        {
            using var buffer = new MemoryStream();
            await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
            bytes = buffer.ToArray();
        }
        catch (BadHttpRequestException e)
        {
            return Refused(RequestFaults.From(e));
        }

        return Read(context.Request, bytes);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));

    private static RequestBody<T> Read(HttpRequest request, byte[] bytes)
    {
        if (bytes.Length == 0) return Refused(new Problem(ProblemType.MalformedJson, "The body is empty. Send a JSON object."));
        if (!Utf8.IsValid(bytes)) return Refused(new Problem(ProblemType.MalformedJson, "The body is not UTF-8 text."));
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = ApiJson.MaxDepth, AllowDuplicateProperties = true });
            if (CardData.In(document.RootElement) is { Count: > 0 } places) return Refused(CardData.Refusal(places));
            var type = ApiJson.TypeInfo<T>();
            var errors = JsonContract.Check(document.RootElement, type);
            if (errors.Count > 0) return Refused(errors.All(error => error.Code == ProblemType.AmountTooLarge.Code) ? Problem.TooLarge(errors) : Problem.Invalid([.. errors]));
            var value = document.RootElement.Deserialize(type);
            return new RequestBody<T>(value, request.Headers.ContainsKey(IdempotencyKeyHeader.Name) ? FingerprintOf(request, document.RootElement) : [], null);
        }
        catch (JsonException e)
        {
            // The parser's own text can name our types; position is what helps.
            return Refused(new Problem(
                ProblemType.MalformedJson,
                $"The body is not JSON of at most {ApiJson.MaxDepth} levels: see line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}."));
        }
    }

    private static RequestBody<T> Refused(Problem problem) => new(default, [], problem);

    private static bool IsJson(HttpRequest request) =>
        System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && string.Equals(type.MediaType, "application/json", StringComparison.OrdinalIgnoreCase)
        && (type.CharSet is null || string.Equals(type.CharSet.Trim('"'), "utf-8", StringComparison.OrdinalIgnoreCase));

    public static byte[] FingerprintOf(HttpRequest request, JsonElement body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{request.Method} {request.Path.Value?.TrimEnd('/')}\n"));
        JsonContract.AppendByValue(hash, body, typeof(T).IsAssignableTo(typeof(ITryable)) ? ITryable.Field : null);
        return hash.GetHashAndReset();
    }
}
