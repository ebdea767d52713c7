using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Alipay;

/// <summary>The user as the platform may see it (modelled: no public call tells identity or funding).</summary>
internal sealed class AlipayUsers(SandboxDb db, AuthorizationStore authorizations)
{
    public Task<AntReply> InquiryUserInfo(AntCall call) => db.InTransaction(async tx =>
    {
        var buyerId = await authorizations.FindBuyer(tx, Providers.Alipay, call.Text("accessToken")) ?? throw AntRefusalException.InvalidToken();
        var buyer = await BuyerStore.Read(tx, buyerId);
        return AntReply.Success(new JsonObject
        {
            ["userId"] = buyer.AlipayUserId,
            ["accountStatus"] = buyer.Has(Facts.AlipayAccount) ? "ACTIVE" : "CLOSED",
            ["identityStatus"] = buyer.Has(Facts.AlipayIdentity) ? "VERIFIED" : "UNVERIFIED",
            ["mainlandBankAccount"] = buyer.Has(Facts.AlipayMainlandBankAccount) ? "true" : "false",
            ["bankCardLinked"] = buyer.Has(Facts.AlipayFunding) ? "true" : "false",
            ["availableBalance"] = new AntAmount("CNY", buyer.AlipayBalance).ToJson(),
        });
    });
}
