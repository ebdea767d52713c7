using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Authorizations;

/// <summary>How long a provider's tokens live.</summary>
internal sealed record TokenLifetimes(TimeSpan Access, TimeSpan Refresh);

/// <summary>Codes, grants and tokens of the three OAuth providers.</summary>
internal sealed class AuthorizationStore(TimeProvider clock)
{
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(10);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    public async Task<string> IssueCode(Tx tx, string provider, string scope, string buyerId)
    {
        await BuyerStore.Lock(tx, buyerId);
        var code = Ids.New("AC");
        await tx.Execute(
            """
            insert into authorization_codes (code, provider, scope, buyer_id, expires_at)
            values (@code, @provider, @scope, @buyerId, @expiresAt)
            """, new { code, provider, scope, buyerId, expiresAt = Now + CodeLifetime });
        return code;
    }

    /// <summary>A code serves once; the update is the gate.</summary>
    public async Task<CodeExchange> Exchange(Tx tx, string provider, string code, TokenLifetimes lifetimes)
    {
        var used = await tx.Find<CodeRow>(
            """
            update authorization_codes set used_at = @now
            where code = @code and provider = @provider and used_at is null
            returning scope, buyer_id as buyerid, expires_at as expiresat
            """, new { code, provider, now = Now });
        if (used is null)
            return new CodeExchange.Invalid();
        if (used.ExpiresAt <= Now)
            return new CodeExchange.Expired();

        var grant = new Grant(Ids.New("GR"), provider, used.Scope, used.BuyerId, Ids.New("RT", 40), Now + lifetimes.Refresh);
        await tx.Execute(
            """
            insert into grants (grant_id, provider, scope, buyer_id, refresh_token, refresh_expires_at)
            values (@GrantId, @Provider, @Scope, @BuyerId, @RefreshToken, @RefreshExpiresAt)
            """, grant);
        return new CodeExchange.Issued(await IssueToken(tx, grant, lifetimes));
    }

    /// <summary>
    /// A further access token; those before live out their time, so that two instances which refresh at once both go on.
    /// </summary>
    public async Task<IssuedToken?> Refresh(Tx tx, string provider, string refreshToken, TokenLifetimes lifetimes)
    {
        var grant = await tx.Find<Grant>(
            """
            select grant_id as grantid, provider, scope, buyer_id as buyerid, refresh_token as refreshtoken, refresh_expires_at as refreshexpiresat
            from grants
            where refresh_token = @refreshToken and provider = @provider and revoked_at is null and refresh_expires_at > @now
            """, new { provider, refreshToken, now = Now });
        return grant is null ? null : await IssueToken(tx, grant, lifetimes);
    }

    /// <summary>Whose living access token this is; null for an unknown, expired or revoked one.</summary>
    public Task<string?> FindBuyer(Tx tx, string provider, string accessToken) => tx.Find<string>(
        """
        select g.buyer_id from access_tokens t join grants g on g.grant_id = t.grant_id
        where t.access_token = @accessToken and g.provider = @provider and t.expires_at > @now and g.revoked_at is null
        """, new { provider, accessToken, now = Now });

    /// <summary>Ends the grant behind a token. With Alipay the bank cards bound through it end too.</summary>
    public async Task<bool> Revoke(Tx tx, string provider, string accessToken)
    {
        var buyerId = await tx.Find<string>(
            """
            update grants g set revoked_at = @now from access_tokens t
            where t.grant_id = g.grant_id and t.access_token = @accessToken and g.provider = @provider and g.revoked_at is null
            returning g.buyer_id
            """, new { provider, accessToken, now = Now });
        if (buyerId is null)
            return false;
        await tx.Execute(
            """
            update grants set revoked_at = @now
            where buyer_id = @buyerId and provider = @provider and scope = @scope and revoked_at is null
            """, new { provider, buyerId, scope = Scopes.BindBankCard, now = Now });
        return true;
    }

    /// <summary>Whether the buyer has authorised the platform: a living grant, or a code that the platform has taken note of.</summary>
    public Task<bool> IsAuthorised(Tx tx, string provider, string scope, string buyerId) => tx.Single<bool>(
        """
        select exists (select 1 from grants where buyer_id = @buyerId and provider = @provider and scope = @scope
                          and revoked_at is null and refresh_expires_at > @now)
            or exists (select 1 from authorization_codes where buyer_id = @buyerId and provider = @provider and scope = @scope
                          and announced_at is not null and used_at is null and expires_at > @now)
        """, new { provider, scope, buyerId, now = Now });

    public Task MarkAnnounced(Tx tx, string code) => tx.Execute(
        "update authorization_codes set announced_at = @now where code = @code", new { code, now = Now });

    private async Task<IssuedToken> IssueToken(Tx tx, Grant grant, TokenLifetimes lifetimes)
    {
        var token = new IssuedToken(grant, Ids.New("AT", 40), Now + lifetimes.Access);
        await tx.Execute(
            "insert into access_tokens (access_token, grant_id, expires_at) values (@AccessToken, @grantId, @ExpiresAt)",
            new { token.AccessToken, grantId = grant.GrantId, token.ExpiresAt });
        return token;
    }

    private sealed record CodeRow(string Scope, string BuyerId, DateTime ExpiresAt);
}
