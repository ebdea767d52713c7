using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.WorldFirst;

/// <summary>The buyer's account as the platform may see it. Each answer reads one fact; none follows from another.</summary>
internal sealed class WorldFirstAccount(SandboxDb db, AuthorizationStore authorizations)
{
    public Task<AntReply> InquiryAccount(AntCall call) => db.InTransaction(async tx =>
    {
        var buyer = await BuyerOf(tx, call);
        return AntReply.Success(new JsonObject
        {
            ["customerId"] = buyer.WorldFirstCustomerId,
            ["accountStatus"] = buyer.Has(Facts.WorldFirstAccount) ? "ACTIVE" : "CLOSED",
            ["kycStatus"] = buyer.Has(Facts.WorldFirstIdentity) ? "VERIFIED" : "UNVERIFIED",
            ["marketplaceLinks"] = buyer.Has(Facts.WorldFirstMarketplaceLink) ? new JsonArray(buyer.MemberId) : [],
        });
    });

    public Task<AntReply> InquiryBalance(AntCall call) => db.InTransaction(async tx =>
    {
        var buyer = await BuyerOf(tx, call);
        var frozen = !buyer.Has(Facts.WorldFirstBalance);
        var rows = new JsonArray();
        foreach (var (currency, value) in await BuyerStore.Balances(tx, buyer.BuyerId))
        {
            rows.Add(new JsonObject
            {
                ["accountNo"] = $"{buyer.WorldFirstCustomerId}-{currency}",
                ["currency"] = currency,
                ["balanceType"] = "NORMAL_BALANCE",
                ["totalBalance"] = new AntAmount(currency, value).ToJson(),
                ["availableBalance"] = new AntAmount(currency, frozen ? 0 : value).ToJson(),
                ["frozenBalance"] = new AntAmount(currency, frozen ? value : 0).ToJson(),
            });
        }

        return AntReply.Success(new JsonObject { ["accountBalances"] = rows });
    });

    /// <summary>A buyer can link the own 1688 id alone: in reality the code by SMS proves that it is.</summary>
    public Task<AntReply> LinkMarketplace(AntCall call) => db.InTransaction(async tx =>
    {
        call.OneOf("marketplace", "1688");
        var memberId = call.Text("memberId");
        var buyer = await BuyerOf(tx, call);
        if (memberId != buyer.MemberId)
            return AntReply.Fail("USER_NOT_EXIST", "The 1688 member is not this customer.");
        await BuyerStore.SetFacts(tx, buyer.BuyerId, new Dictionary<string, bool> { [Facts.WorldFirstMarketplaceLink] = true });
        return AntReply.Success();
    });

    private async Task<Buyer> BuyerOf(Tx tx, AntCall call)
    {
        var buyerId = await authorizations.FindBuyer(tx, Providers.WorldFirst, call.AccessToken);
        return buyerId is null ? throw AntRefusalException.InvalidToken() : await BuyerStore.Read(tx, buyerId);
    }
}
