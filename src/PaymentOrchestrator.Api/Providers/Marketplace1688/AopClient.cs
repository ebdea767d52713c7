using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.Marketplace1688;

/// <summary>Calls 1688's open platform. Requests are signed; answers are not, and rest on TLS alone.</summary>
internal sealed class AopClient(HttpClient http, Marketplace1688Options options, TimeProvider time)
{
    /// <summary>A signed call on a member's account that only reads.</summary>
    public Task<ProviderAnswer<T>> ReadAsync<T>(
        string apiNamespace, string api, string accessToken, JsonTypeInfo<T> type, CancellationToken cancellationToken,
        params IReadOnlyList<KeyValuePair<string, string>> parameters)
        where T : AopAnswer
    {
        var urlPath = $"param2/1/{apiNamespace}/{api}/{options.AppKey}";
        var form = new Dictionary<string, string>(parameters, StringComparer.Ordinal)
        {
            ["access_token"] = accessToken,
            ["_aop_timestamp"] = time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        };
        form[AopSignature.Parameter] = AopSignature.Sign(options.AppSecret, urlPath, form);
        return SendAsync(urlPath, form, type, safeToRepeat: true, FailureCode.AuthorizationExpired, cancellationToken);
    }

    /// <summary>The token endpoint, which takes the app secret itself instead of a signature.</summary>
    /// <param name="form">The grant, without our id and secret.</param>
    /// <param name="refusal">What a refused grant means.</param>
    /// <param name="cancellationToken">Limits the time.</param>
    public Task<ProviderAnswer<TokenAnswer>> GetTokenAsync(Dictionary<string, string> form, string refusal, CancellationToken cancellationToken)
    {
        form["client_id"] = options.AppKey;
        form["client_secret"] = options.AppSecret;
        return SendAsync(
            $"http/1/system.oauth2/getToken/{options.AppKey}", form, AopJson.Default.TokenAnswer, safeToRepeat: false, refusal, cancellationToken);
    }

    private async Task<ProviderAnswer<T>> SendAsync<T>(
        string urlPath, Dictionary<string, string> form, JsonTypeInfo<T> type, bool safeToRepeat, string tokenRefusal, CancellationToken cancellationToken)
        where T : AopAnswer
    {
        var url = new Uri($"{options.GatewayUrl.AbsoluteUri.TrimEnd('/')}/openapi/{urlPath}");
        using var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
        message.Options.Set(ProviderHttp.SafeToRepeat, safeToRepeat);
        try
        {
            using var response = await http.SendAsync(message, cancellationToken);
            // The gateway's errors come as 4xx with a body, or as 200.
            if (response.StatusCode != HttpStatusCode.OK && (int)response.StatusCode is not (>= 400 and < 500 and not 408 and not 429))
                return Unknown($"HTTP {(int)response.StatusCode}");
            var answer = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken), type);
            return (answer?.GatewayError ?? answer?.OAuthError) switch
            {
                "401" or "invalid_grant" => new ProviderAnswer<T>.Refused(tokenRefusal, "1688 does not accept the authorisation; the account must be linked again."),
                { } error => Unknown($"the gateway answered {ProviderText.Code(error)}"),
                null when answer is null || response.StatusCode != HttpStatusCode.OK => Unknown($"HTTP {(int)response.StatusCode}"),
                null => new ProviderAnswer<T>.Ok(answer),
            };
        }
        catch (JsonException)
        {
            return Unknown("the answer cannot be read");
        }
        catch (Exception exception) when (ProviderHttp.IsLostCall(exception, cancellationToken))
        {
            return Unknown(ProviderHttp.Describe(exception));
        }

        // The path's last part is our app key, which need not be in a log.
        ProviderAnswer<T> Unknown(string reason) => new ProviderAnswer<T>.Unknown($"{urlPath[..urlPath.LastIndexOf('/')]}: {reason}.");
    }
}
