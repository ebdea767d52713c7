using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace PaymentOrchestrator.Api.Providers.AntGateway;

/// <summary>How one provider behind an Ant gateway knows us, and where it is.</summary>
/// <param name="BaseUrl">With the base path: <c>https://host/amsin/api/v1</c>.</param>
/// <param name="ClientId">Ours at the provider.</param>
/// <param name="PrivateKey">Ours: signs requests and acknowledgements.</param>
/// <param name="ProviderKey">Its public key: verifies answers and notifications.</param>
/// <param name="KeyVersion">Written into the signature header.</param>
/// <param name="Blanks">Whether the signature header has a blank after each comma.</param>
internal sealed record AntParty(Uri BaseUrl, string ClientId, AntKey PrivateKey, AntKey ProviderKey, int KeyVersion, bool Blanks)
{
    /// <summary>Antom's own mark of a client id that moves no real money.</summary>
    public bool IsSandbox => ClientId.StartsWith("SANDBOX_", StringComparison.Ordinal);
}

/// <summary>
/// Sends signed JSON and believes only signed answers. An answer without both <c>signature</c> and <c>response-time</c>, or with a
/// signature that does not verify, is as good as none, whatever it says.
/// </summary>
internal sealed class AntClient(HttpClient http, AntParty party, TimeProvider time)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json", "UTF-8");

    public AntParty Party => party;

    /// <summary>
    /// One call. The resource lies below the base URL and has a leading slash. A call is safe to repeat only if it is a read: whatever
    /// moves money or uses up a code is not. The access token is the buyer's, where the protocol wants it in a header.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller's token asked for it.</exception>
    public async Task<AntReply<TAnswer>> SendAsync<TRequest, TAnswer>(
        string resource, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TAnswer> answerType,
        bool safeToRepeat, string? accessToken, CancellationToken cancellationToken)
        where TAnswer : class, IAntAnswer
    {
        var url = new Uri(party.BaseUrl.AbsoluteUri.TrimEnd('/') + resource);
        var path = url.PathAndQuery;
        var body = JsonSerializer.SerializeToUtf8Bytes(request, requestType);
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var signature = AntSignature.Sign(party.PrivateKey, "POST", path, party.ClientId, now, body);

        using var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = Json;
        message.Headers.TryAddWithoutValidation("Client-Id", party.ClientId);
        message.Headers.TryAddWithoutValidation("Request-Time", now);
        message.Headers.TryAddWithoutValidation("Signature", AntSignature.Header(signature, party.KeyVersion, party.Blanks));
        if (accessToken is not null) message.Headers.TryAddWithoutValidation("Access-Token", accessToken);
        message.Options.Set(ProviderHttp.SafeToRepeat, safeToRepeat);

        try
        {
            using var response = await http.SendAsync(message, cancellationToken);
            // Ant answers 200 for every business outcome; anything else came from something in between.
            if (response.StatusCode != HttpStatusCode.OK) return Lost($"HTTP {(int)response.StatusCode}");
            return Read(response, await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (Exception exception) when (ProviderHttp.IsLostCall(exception, cancellationToken))
        {
            return Lost(ProviderHttp.Describe(exception));
        }

        AntReply<TAnswer> Read(HttpResponseMessage response, byte[] bytes)
        {
            if (Header(response, "signature") is not { } signed || Header(response, "response-time") is not { } at)
                return Lost("the answer is not signed");
            if (!AntSignature.Verify(party.ProviderKey, signed, "POST", path, party.ClientId, at, bytes))
                return Lost("the answer's signature does not verify");

            TAnswer? answer;
            try
            {
                answer = JsonSerializer.Deserialize(bytes, answerType);
            }
            catch (JsonException)
            {
                return Lost("the answer cannot be read");
            }

            AntStatus? status = answer?.Result?.ResultStatus switch
            {
                "S" => AntStatus.Success,
                "F" => AntStatus.Failed,
                "U" => AntStatus.Undecided,
                _ => null,
            };
            return status is null || answer?.Result?.ResultCode is not { } code
                ? Lost("the answer has no result")
                : new AntReply<TAnswer>.Answered(status.Value, ProviderText.Code(code), answer);
        }

        AntReply<TAnswer> Lost(string reason) => new AntReply<TAnswer>.Lost($"{resource}: {reason}.");
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) && string.Join(",", values) is { Length: > 0 } text ? text : null;
}
