using System.Globalization;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.WorldFirst;

/// <summary>Codes into tokens, and the end of them.</summary>
internal sealed class WorldFirstOAuth(SandboxDb db, AuthorizationStore authorizations)
{
    private static readonly TokenLifetimes Lifetimes = new(Access: TimeSpan.FromDays(30), Refresh: TimeSpan.FromDays(365));

    public Task<AntReply> ApplyToken(AntCall call) => db.InTransaction(async tx =>
    {
        if (call.OneOf("grantType", "AUTHORIZATION_CODE", "REFRESH_TOKEN") == "REFRESH_TOKEN")
        {
            var refreshed = await authorizations.Refresh(tx, Providers.WorldFirst, call.Text("refreshToken"), Lifetimes);
            return refreshed is null ? throw AntRefusalException.InvalidToken() : await Tokens(tx, refreshed);
        }

        return await authorizations.Exchange(tx, Providers.WorldFirst, call.Text("code"), Lifetimes) switch
        {
            CodeExchange.Issued issued => await Tokens(tx, issued.Token),
            CodeExchange.Expired => AntReply.Fail("EXPIRED_CODE", "The code has expired."),
            _ => AntReply.Fail("INVALID_CODE", "The code is unknown or was used before."),
        };
    });

    public Task<AntReply> Revoke(AntCall call) => db.InTransaction(async tx =>
        await authorizations.Revoke(tx, Providers.WorldFirst, call.Text("accessToken"))
            ? AntReply.Success()
            : throw AntRefusalException.InvalidToken());

    private static async Task<AntReply> Tokens(Tx tx, IssuedToken issued)
    {
        var buyer = await BuyerStore.Read(tx, issued.Grant.BuyerId);
        return AntReply.Success(new JsonObject
        {
            ["accessToken"] = issued.AccessToken,
            ["expireTime"] = Time(issued.ExpiresAt),
            ["refreshToken"] = issued.Grant.RefreshToken,
            ["refreshTokenExpireTime"] = Time(issued.Grant.RefreshExpiresAt),
            ["customerId"] = buyer.WorldFirstCustomerId,
        });
    }

    private static string Time(DateTime utc) => utc.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
