using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.WorldFirst;

/// <summary>Linking an account, and what is known of it.</summary>
internal sealed partial class WorldFirstProvider
{
    /// <summary>The page's query names are modelled; the way back (<c>authResult</c>, <c>code</c>) is public.</summary>
    public Task<ProviderAnswer<LinkStart>> StartAsync(LinkRequest request, CancellationToken cancellationToken)
    {
        var page = ProviderText.WithQuery(
            options.PortalUrl,
            ("clientId", options.Party.ClientId), ("redirectUrl", request.ReturnUrl.AbsoluteUri), ("state", request.State),
            ("referenceCustomerId", request.BuyerId));
        return Task.FromResult<ProviderAnswer<LinkStart>>(new ProviderAnswer<LinkStart>.Ok(new LinkStart.Redirect(page, null)));
    }

    public async Task<ProviderAnswer<AccountGrant>> CompleteAsync(LinkCompletion completion, CancellationToken cancellationToken)
    {
        var parameters = completion.Parameters;
        if (parameters.GetValueOrDefault("authResult") != "SUCCESS" || parameters.GetValueOrDefault("code") is not { Length: > 0 } code)
            return new ProviderAnswer<AccountGrant>.Refused(FailureCode.ConsentRefused, "Access to the WorldFirst account was not granted.");
        return await ApplyTokenAsync(new ApplyTokenRequest { GrantType = "AUTHORIZATION_CODE", Code = code }, cancellationToken);
    }

    public async Task<ProviderAnswer<AccountGrant>> RefreshAsync(AccountCredential account, CancellationToken cancellationToken) =>
        OAuthSecret.Of(account).RefreshToken is { } refreshToken
            ? await ApplyTokenAsync(new ApplyTokenRequest { GrantType = "REFRESH_TOKEN", RefreshToken = refreshToken }, cancellationToken)
            : new ProviderAnswer<AccountGrant>.Refused(FailureCode.AuthorizationExpired, "The account must be linked again.");

    public async Task<ProviderAnswer<bool>> RevokeAsync(AccountCredential credential, CancellationToken cancellationToken)
    {
        var reply = await client.SendAsync(
            "/oauth/revoke", new RevokeRequest { AccessToken = OAuthSecret.Of(credential).AccessToken },
            Json.RevokeRequest, Json.AntBareAnswer, safeToRepeat: false, accessToken: null, cancellationToken);
        return reply.ToRevocation();
    }

    /// <summary>What WorldFirst says of the account. Refused with <see cref="FailureCode.AuthorizationExpired"/> when the buyer must link again.</summary>
    /// <param name="account">The buyer's account.</param>
    /// <param name="marketplaceMemberId">The buyer's 1688 id, if it is known; else any linked id will do.</param>
    /// <param name="cancellationToken">Limits the time.</param>
    /// <exception cref="OperationCanceledException">The caller's token asked for it.</exception>
    public async Task<ProviderAnswer<WorldFirstFacts>> ReadFactsAsync(
        AccountCredential account, string? marketplaceMemberId, CancellationToken cancellationToken)
    {
        var token = OAuthSecret.Of(account).AccessToken;
        var accountCall = client.SendAsync(
            "/business/account/inquiryAccount", new EmptyRequest(), Json.EmptyRequest, Json.InquiryAccountAnswer,
            safeToRepeat: true, token, cancellationToken);
        var balanceCall = client.SendAsync(
            "/business/account/inquiryBalance", new EmptyRequest(), Json.EmptyRequest, Json.InquiryBalanceAnswer,
            safeToRepeat: true, token, cancellationToken);
        await Task.WhenAll(accountCall, balanceCall);

        var facts = (await accountCall).ToAnswer(answer => answer is { AccountStatus: { } status, KycStatus: { } kyc }
            ? new WorldFirstFacts(
                HasAccount: status == "ACTIVE",
                IdentityVerified: kyc == "VERIFIED",
                MarketplaceLinked: marketplaceMemberId is null ? answer.MarketplaceLinks is { Count: > 0 } : answer.MarketplaceLinks?.Contains(marketplaceMemberId) == true,
                Balances: [])
            : null);
        if (facts is not ProviderAnswer<WorldFirstFacts>.Ok { Value: var known }) return facts;
        return (await balanceCall).ToAnswer(answer => Balances(answer) is { } balances ? known with { Balances = balances } : null);
    }

    /// <summary>In reality the buyer does this in WorldFirst's portal with a code sent to a phone; no public call exists.</summary>
    public async Task<ProviderAnswer<bool>> LinkMarketplaceAsync(AccountCredential account, string memberId, CancellationToken cancellationToken)
    {
        var reply = await client.SendAsync(
            "/business/account/linkMarketplace", new LinkMarketplaceRequest { Marketplace = "1688", MemberId = memberId },
            Json.LinkMarketplaceRequest, Json.AntBareAnswer, safeToRepeat: false, OAuthSecret.Of(account).AccessToken, cancellationToken);
        return reply.ToAnswer(_ => true);
    }

    /// <summary>
    /// One entry per currency that we know. Top-up and budget balances pay no orders, and of several accounts in one currency the
    /// fullest counts: a debit takes from one. Null when a row cannot be read.
    /// </summary>
    private static List<Money>? Balances(InquiryBalanceAnswer answer)
    {
        if (answer.AccountBalances is not { } rows) return null;
        var balances = new Dictionary<Currency, Money>();
        foreach (var row in rows)
        {
            if (row.BalanceType != "NORMAL_BALANCE" || !Currency.TryParse(row.AvailableBalance?.Currency, out var currency)) continue;
            if (!AntAmount.TryRead(row.AvailableBalance, out var available)) return null;
            if (!balances.TryGetValue(currency, out var other) || other < available) balances[currency] = available;
        }

        return [.. balances.Values];
    }

    private async Task<ProviderAnswer<AccountGrant>> ApplyTokenAsync(ApplyTokenRequest request, CancellationToken cancellationToken)
    {
        var reply = await client.SendAsync(
            "/oauth/applyToken", request, Json.ApplyTokenRequest, Json.ApplyTokenAnswer, safeToRepeat: false, accessToken: null, cancellationToken);
        return reply.ToAnswer(answer => answer is { AccessToken: { Length: > 0 } accessToken, CustomerId: { Length: > 0 } customerId }
            ? new AccountGrant(
                customerId, $"WorldFirst {ProviderText.Mask(customerId)}",
                new OAuthSecret { AccessToken = accessToken, RefreshToken = answer.RefreshToken }.ToText(), answer.ExpireTime)
            : null);
    }
}
