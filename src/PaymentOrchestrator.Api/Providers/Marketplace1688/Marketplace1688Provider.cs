using System.Globalization;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.Marketplace1688;

/// <summary>
/// 1688: the buyer's marketplace account. OAuth and the signed calls are public; that the consent page is told how the buyer enters
/// (<c>login</c>) and who the buyer is (<c>reference</c>), and the identity and login fields of the account, are modelled.
/// </summary>
internal sealed partial class Marketplace1688Provider(AopClient client, Marketplace1688Options options, TimeProvider time) : IAccountLinker, IAccountRefresher
{
    public const string Name = "marketplace_1688";

    public static ProviderCapabilities Capabilities { get; } = new(
        Name,
        [],
        [LinkProvider.Marketplace1688],
        [
            ProviderOperation.Link, ProviderOperation.RefreshAuthorization, ProviderOperation.ReadFacts, ProviderOperation.ReadOrder,
            ProviderOperation.ReadPayWays, ProviderOperation.ReceiveNotifications,
        ])
    {
        DocumentedCurrencies = [Currency.Cny],
        Notifications = ["ORDER_BUYER_VIEW_ORDER_PAY", "ORDER_BATCH_PAY", "ORDER_BUYER_VIEW_BUYER_CLOSE", "ORDER_BUYER_VIEW_SELLER_CLOSE", "MEMBER_AUTHORIZED"],
    };

    public LinkProvider Provider => LinkProvider.Marketplace1688;

    public Task<ProviderAnswer<LinkStart>> StartAsync(LinkRequest request, CancellationToken cancellationToken)
    {
        if (request.Login is not ("alipay" or "password"))
            throw new ArgumentException("A 1688 account is entered with alipay or password.", nameof(request));
        var page = ProviderText.WithQuery(
            options.AuthorizeUrl,
            ("client_id", options.AppKey), ("site", "1688"), ("redirect_uri", request.ReturnUrl.AbsoluteUri), ("state", request.State),
            ("login", request.Login), ("reference", request.BuyerId));
        return Task.FromResult<ProviderAnswer<LinkStart>>(new ProviderAnswer<LinkStart>.Ok(new LinkStart.Redirect(page, null)));
    }

    public async Task<ProviderAnswer<AccountGrant>> CompleteAsync(LinkCompletion completion, CancellationToken cancellationToken)
    {
        if (completion.Parameters.GetValueOrDefault("code") is not { Length: > 0 } code)
            return new ProviderAnswer<AccountGrant>.Refused(FailureCode.ConsentRefused, "Access to the 1688 account was not granted.");
        var answer = await client.GetTokenAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["grant_type"] = "authorization_code",
                ["need_refresh_token"] = "true",
                ["redirect_uri"] = completion.ReturnUrl.AbsoluteUri,
                ["code"] = code,
            },
            FailureCode.CodeExpired, cancellationToken);
        return Grant(answer, previous: null);
    }

    public async Task<ProviderAnswer<AccountGrant>> RefreshAsync(AccountCredential account, CancellationToken cancellationToken)
    {
        if (OAuthSecret.Of(account).RefreshToken is not { } refreshToken)
            return new ProviderAnswer<AccountGrant>.Refused(FailureCode.AuthorizationExpired, "The account must be linked again.");
        var answer = await client.GetTokenAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken },
            FailureCode.AuthorizationExpired, cancellationToken);
        return Grant(answer, (account.ProviderAccountId, refreshToken));
    }

    /// <summary>1688 publishes no call that takes a token back. Forgetting the tokens is all that can be done here; the member ends the app's access in 1688.</summary>
    public Task<ProviderAnswer<bool>> RevokeAsync(AccountCredential credential, CancellationToken cancellationToken) =>
        Task.FromResult<ProviderAnswer<bool>>(new ProviderAnswer<bool>.Ok(true));

    /// <summary>What 1688 says of the account. Refused with <see cref="FailureCode.AuthorizationExpired"/> when the buyer must link again.</summary>
    /// <exception cref="OperationCanceledException">The caller's token asked for it.</exception>
    public async Task<ProviderAnswer<MarketplaceFacts>> ReadFactsAsync(AccountCredential account, CancellationToken cancellationToken)
    {
        var answer = await client.ReadAsync(
            "com.alibaba.account", "alibaba.account.basic", OAuthSecret.Of(account).AccessToken, AopJson.Default.AccountBasicAnswer, cancellationToken);
        return answer switch
        {
            ProviderAnswer<AccountBasicAnswer>.Ok { Value: { Success: "true", Result: { Status: { } status, IdentityVerified: { } verified, LoginType: { } login } } } =>
                new ProviderAnswer<MarketplaceFacts>.Ok(new MarketplaceFacts(status == "enabled", verified == "true", login == "alipay")),
            ProviderAnswer<AccountBasicAnswer>.Ok { Value: { Success: "false" } value } =>
                new ProviderAnswer<MarketplaceFacts>.Unknown($"1688 answered {ProviderText.Code(value.ErrorCode)}."),
            ProviderAnswer<AccountBasicAnswer>.Refused refused => new ProviderAnswer<MarketplaceFacts>.Refused(refused.Code, refused.Message),
            ProviderAnswer<AccountBasicAnswer>.Unknown unknown => new ProviderAnswer<MarketplaceFacts>.Unknown(unknown.Reason),
            _ => new ProviderAnswer<MarketplaceFacts>.Unknown("The answer lacks a field that it must have."),
        };
    }

    /// <param name="answer">The token endpoint's.</param>
    /// <param name="previous">When renewing: what the answer may leave out because it has not changed.</param>
    private ProviderAnswer<AccountGrant> Grant(ProviderAnswer<TokenAnswer> answer, (string MemberId, string RefreshToken)? previous)
    {
        switch (answer)
        {
            case ProviderAnswer<TokenAnswer>.Ok { Value: { AccessToken: { Length: > 0 } accessToken } value }
                when (value.MemberId ?? previous?.MemberId) is { Length: > 0 } memberId &&
                    int.TryParse(value.ExpiresIn, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds):
                var secret = new OAuthSecret { AccessToken = accessToken, RefreshToken = value.RefreshToken ?? previous?.RefreshToken };
                return new ProviderAnswer<AccountGrant>.Ok(new AccountGrant(
                    memberId, $"1688 {ProviderText.Mask(value.ResourceOwner ?? memberId)}", secret.ToText(), time.GetUtcNow().AddSeconds(seconds)));
            case ProviderAnswer<TokenAnswer>.Refused refused:
                return new ProviderAnswer<AccountGrant>.Refused(refused.Code, refused.Message);
            case ProviderAnswer<TokenAnswer>.Unknown unknown:
                return new ProviderAnswer<AccountGrant>.Unknown(unknown.Reason);
            default:
                return new ProviderAnswer<AccountGrant>.Unknown("The answer holds no token.");
        }
    }
}
