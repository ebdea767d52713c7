using System.Text.Json;
using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.Alipay;

/// <summary>The way through Alipay's consent page and back, the same for every scope.</summary>
internal sealed class AlipayConsents(AntClient client)
{
    private const string MainlandAlipay = "ALIPAY_CN";

    private static readonly AlipayJson Json = AlipayJson.Default;

    /// <param name="request">Whom to send where.</param>
    /// <param name="scope">What the buyer is asked to allow.</param>
    /// <param name="accessToken">Only for a scope that adds to an authorisation which exists already.</param>
    /// <param name="cancellationToken">Limits the time.</param>
    public async Task<ProviderAnswer<LinkStart>> ConsultAsync(
        LinkRequest request, string scope, string? accessToken, CancellationToken cancellationToken)
    {
        var consult = new ConsultRequest
        {
            CustomerBelongsTo = MainlandAlipay,
            AuthClientId = client.Party.ClientId,
            AuthRedirectUrl = request.ReturnUrl.AbsoluteUri,
            Scopes = [scope],
            AuthState = request.State,
            TerminalType = "WEB",
            ExtendInfo = JsonSerializer.Serialize(new ExtendInfo { ReferenceBuyerId = request.BuyerId }, Json.ExtendInfo),
            AccessToken = accessToken,
        };
        var reply = await client.SendAsync(
            "/authorizations/consult", consult, Json.ConsultRequest, Json.ConsultAnswer, safeToRepeat: false, accessToken: null, cancellationToken);
        return reply.ToAnswer<ConsultAnswer, LinkStart>(answer =>
            Uri.TryCreate(answer.AuthUrl ?? answer.NormalUrl, UriKind.Absolute, out var page) && page.Scheme is "https" or "http"
                ? new LinkStart.Redirect(page, null)
                : null);
    }

    /// <summary>The answer to the code that the buyer came back with.</summary>
    public async Task<ProviderAnswer<ApplyTokenAnswer>> RedeemAsync(LinkCompletion completion, CancellationToken cancellationToken)
    {
        if (completion.Parameters.GetValueOrDefault("authCode") is not { Length: > 0 } code)
            return new ProviderAnswer<ApplyTokenAnswer>.Refused(FailureCode.ConsentRefused, "Access to the Alipay account was not granted.");
        return await ApplyTokenAsync(
            new ApplyTokenRequest { GrantType = "AUTHORIZATION_CODE", CustomerBelongsTo = MainlandAlipay, AuthCode = code }, cancellationToken);
    }

    public Task<ProviderAnswer<ApplyTokenAnswer>> RenewAsync(string refreshToken, CancellationToken cancellationToken) => ApplyTokenAsync(
        new ApplyTokenRequest { GrantType = "REFRESH_TOKEN", CustomerBelongsTo = MainlandAlipay, RefreshToken = refreshToken }, cancellationToken);

    private async Task<ProviderAnswer<ApplyTokenAnswer>> ApplyTokenAsync(ApplyTokenRequest request, CancellationToken cancellationToken)
    {
        var reply = await client.SendAsync(
            "/authorizations/applyToken", request, Json.ApplyTokenRequest, Json.ApplyTokenAnswer,
            safeToRepeat: false, accessToken: null, cancellationToken);
        return reply.ToAnswer(answer => answer);
    }
}
