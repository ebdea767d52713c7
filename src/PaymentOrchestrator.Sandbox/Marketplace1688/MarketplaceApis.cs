using System.Globalization;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Marketplace1688;

/// <summary>The member and the member's orders.</summary>
internal sealed class MarketplaceApis(SandboxDb db, AuthorizationStore authorizations)
{
    public Task<IResult> AccountBasic(IReadOnlyDictionary<string, string> parameters) => db.InTransaction(async tx =>
    {
        if (await BuyerOf(tx, parameters) is not { } buyer)
            return GatewayReply.InvalidToken();
        return GatewayReply.Ok(new JsonObject
        {
            ["success"] = true,
            ["result"] = new JsonObject
            {
                ["memberId"] = buyer.MemberId,
                ["loginId"] = buyer.MemberLoginId,
                ["status"] = buyer.Has(Facts.MarketplaceAccount) ? "enabled" : "disabled",
                ["identityVerified"] = buyer.Has(Facts.MarketplaceIdentity),
                ["loginType"] = buyer.Has(Facts.MarketplaceAlipayLogin) ? "alipay" : "password",
            },
        });
    });

    /// <summary>
    /// The order as its buyer sees it. The sandbox has no shop: it learns of an order from <c>expectedAmount</c> (modelled, in
    /// fen), which makes an unknown order and never changes a known one.
    /// </summary>
    public Task<IResult> BuyerView(IReadOnlyDictionary<string, string> parameters) => db.InTransaction(async tx =>
    {
        if (await BuyerOf(tx, parameters) is not { } buyer)
            return GatewayReply.InvalidToken();
        var orderId = parameters.GetValueOrDefault("orderId", "");
        if (orderId.Length is 0 or > 256)
            return GatewayReply.GatewayError("gw.ParameterInvalid", "orderId is missing or too long.");
        long? expectedAmount = null;
        if (parameters.TryGetValue("expectedAmount", out var text))
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var fen) || fen <= 0)
                return GatewayReply.GatewayError("gw.ParameterInvalid", "expectedAmount must be a whole number of fen above 0.");
            expectedAmount = fen;
        }

        return await Orders.FindOrTake(tx, orderId, buyer.BuyerId, expectedAmount) switch
        {
            null => GatewayReply.Ok(new JsonObject
            {
                ["success"] = "false",
                ["errorCode"] = "ORDER_NOT_EXIST",
                ["errorMessage"] = "The order does not exist.",
            }),
            var order => GatewayReply.Ok(View(buyer, order)),
        };
    });

    private static JsonObject View(Buyer buyer, Order order)
    {
        var owner = order.OrderId.StartsWith(Orders.ForeignPrefix, StringComparison.Ordinal) ? buyer with { BuyerId = "another buyer" } : buyer;
        var baseInfo = new JsonObject
        {
            ["idOfStr"] = order.OrderId,
            ["status"] = order.Status,
            ["buyerID"] = owner.MemberId,
            ["buyerLoginId"] = owner.MemberLoginId,
        };
        // 1688 numbers its orders; a marketplace's own reference may be no number, and then only the text is true.
        if (long.TryParse(order.OrderId, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            baseInfo["id"] = number;
        if (order.Amount is { } fen)
            baseInfo["totalAmount"] = (fen + (order.OrderId.StartsWith(Orders.MismatchPrefix, StringComparison.Ordinal) ? 100 : 0)) / 100m;
        return new JsonObject { ["success"] = "true", ["result"] = new JsonObject { ["baseInfo"] = baseInfo } };
    }

    private async Task<Buyer?> BuyerOf(Tx tx, IReadOnlyDictionary<string, string> parameters)
    {
        var buyerId = await authorizations.FindBuyer(tx, Providers.Marketplace1688, parameters.GetValueOrDefault("access_token", ""));
        return buyerId is null ? null : await BuyerStore.Read(tx, buyerId);
    }
}
