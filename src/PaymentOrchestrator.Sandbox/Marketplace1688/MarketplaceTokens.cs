using System.Globalization;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Marketplace1688;

/// <summary>getToken: a form with the client's secret instead of a signature.</summary>
internal sealed class MarketplaceTokens(SandboxDb db, AuthorizationStore authorizations, SandboxOptions options)
{
    private const string Provider = Providers.Marketplace1688;
    private static readonly TokenLifetimes Lifetimes = new(Access: TimeSpan.FromHours(10), Refresh: TimeSpan.FromDays(183));

    public void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/openapi/http/1/system.oauth2/getToken/{appKey}", GetToken).ExcludeFromDescription();

    private async Task<IResult> GetToken(HttpContext context, string appKey)
    {
        if (!context.Request.HasFormContentType)
            return GatewayReply.GatewayError("invalid_request", "The parameters are sent as a form.");
        var form = await context.Request.ReadFormAsync();
        if (appKey != options.MarketplaceAppKey || form["client_id"] != appKey
            || !GatewaySignature.Matches(options.MarketplaceAppSecret, form["client_secret"].ToString()))
            return GatewayReply.GatewayError("invalid_client", "client_id or client_secret is wrong.");
        return form["grant_type"].ToString() switch
        {
            "authorization_code" => await db.InTransaction(async tx =>
                await authorizations.Exchange(tx, Provider, form["code"].ToString(), Lifetimes) is CodeExchange.Issued issued
                    ? await Tokens(tx, issued.Token)
                    : GatewayReply.InvalidGrant("The code is unknown, used or expired.")),
            "refresh_token" => await db.InTransaction(async tx =>
                await authorizations.Refresh(tx, Provider, form["refresh_token"].ToString(), Lifetimes) is { } refreshed
                    ? await Tokens(tx, refreshed)
                    : GatewayReply.InvalidGrant("The refresh token is unknown or has expired.")),
            _ => GatewayReply.GatewayError("unsupported_grant_type", "grant_type must be authorization_code or refresh_token."),
        };
    }

    private static async Task<IResult> Tokens(Tx tx, IssuedToken issued)
    {
        var buyer = await BuyerStore.Read(tx, issued.Grant.BuyerId);
        // The open platform's times are in Chinese time and carry the offset without a colon.
        var refreshUntil = new DateTimeOffset(issued.Grant.RefreshExpiresAt, TimeSpan.Zero).ToOffset(TimeSpan.FromHours(8));
        return GatewayReply.Ok(new JsonObject
        {
            ["access_token"] = issued.AccessToken,
            ["refresh_token"] = issued.Grant.RefreshToken,
            ["expires_in"] = ((long)Lifetimes.Access.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            ["refresh_token_timeout"] = refreshUntil.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture) + "+0800",
            ["memberId"] = buyer.MemberId,
            ["resource_owner"] = buyer.MemberLoginId,
            ["aliId"] = buyer.MemberAliId,
        });
    }
}
