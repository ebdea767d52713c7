using System.Globalization;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.Consent;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Alipay;

/// <summary>Linking an Alipay account, and a mainland bank card to it.</summary>
internal sealed class AlipayAuthorizations(SandboxDb db, AuthorizationStore authorizations, TimeProvider clock)
{
    private const string Provider = Providers.Alipay;
    private static readonly TokenLifetimes Lifetimes = new(Access: TimeSpan.FromDays(365), Refresh: TimeSpan.FromDays(730));
    private static readonly TimeSpan ConsultLifetime = TimeSpan.FromMinutes(30);

    public async Task<AntReply> Consult(AntCall call)
    {
        call.OneOf("customerBelongsTo", "ALIPAY_CN");
        call.Text("authClientId");
        call.OneOf("terminalType", "WEB", "WAP", "APP", "MINI_APP");
        var redirectUrl = call.Text("authRedirectUrl", 1024);
        if (!Redirects.IsWebAddress(redirectUrl))
            throw AntRefusalException.ParamIllegal("authRedirectUrl is no web address.");
        if (call.Texts("scopes") is not [Scopes.AgreementPay or Scopes.BindBankCard] scopes)
            throw AntRefusalException.ParamIllegal("scopes must hold AGREEMENT_PAY or BIND_BANK_CARD.");
        var state = call.Text("authState");

        var consultId = await db.InTransaction(async tx =>
        {
            var buyerId = scopes[0] == Scopes.BindBankCard
                ? await authorizations.FindBuyer(tx, Provider, call.Text("accessToken")) ?? throw AntRefusalException.InvalidToken()
                : ReferenceBuyer(call);
            await BuyerStore.Lock(tx, buyerId);
            var consult = new Consult(
                Ids.New("CO"), buyerId, scopes[0], redirectUrl, state, clock.GetUtcNow().UtcDateTime + ConsultLifetime);
            await ConsultStore.Add(tx, consult);
            return consult.ConsultId;
        });
        var url = $"{call.Origin}{AlipayConsent.Path}?consult={consultId}";
        return AntReply.Success(new JsonObject { ["authUrl"] = url, ["normalUrl"] = url });
    }

    public Task<AntReply> ApplyToken(AntCall call) => db.InTransaction(async tx =>
    {
        call.OneOf("customerBelongsTo", "ALIPAY_CN");
        if (call.OneOf("grantType", "AUTHORIZATION_CODE", "REFRESH_TOKEN") == "REFRESH_TOKEN")
        {
            var refreshed = await authorizations.Refresh(tx, Provider, call.Text("refreshToken"), Lifetimes);
            return refreshed is null ? throw AntRefusalException.InvalidToken() : await Tokens(tx, refreshed);
        }

        return await authorizations.Exchange(tx, Provider, call.Text("authCode"), Lifetimes) switch
        {
            CodeExchange.Issued issued => await Tokens(tx, issued.Token),
            CodeExchange.Expired => AntReply.Fail("EXPIRED_CODE", "The code has expired."),
            _ => AntReply.Fail("INVALID_CODE", "The code is unknown or was used before."),
        };
    });

    public Task<AntReply> Revoke(AntCall call) => db.InTransaction(async tx =>
        await authorizations.Revoke(tx, Provider, call.Text("accessToken"))
            ? AntReply.Success()
            : throw AntRefusalException.InvalidToken());

    private static string ReferenceBuyer(AntCall call)
    {
        var buyerId = call.JsonText("extendInfo")?.OptionalText("referenceBuyerId");
        return BuyerId.IsWellFormed(buyerId)
            ? buyerId!
            : throw AntRefusalException.ParamIllegal("extendInfo must name the buyer under referenceBuyerId.");
    }

    /// <summary>A bound bank card is no credential of its own: it has a name, and the account's tokens go on.</summary>
    private static async Task<AntReply> Tokens(Tx tx, IssuedToken issued)
    {
        var buyer = await BuyerStore.Read(tx, issued.Grant.BuyerId);
        var fields = new JsonObject { ["userLoginId"] = buyer.AlipayLoginId };
        if (issued.Grant.Scope == Scopes.BindBankCard)
        {
            fields["bankCardId"] = "BC" + Ids.Digits("bank card", buyer.BuyerId, 14);
            return AntReply.Success(fields);
        }

        fields["accessToken"] = issued.AccessToken;
        fields["accessTokenExpiryTime"] = Time(issued.ExpiresAt);
        fields["refreshToken"] = issued.Grant.RefreshToken;
        fields["refreshTokenExpiryTime"] = Time(issued.Grant.RefreshExpiresAt);
        return AntReply.Success(fields);
    }

    private static string Time(DateTime utc) => utc.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
