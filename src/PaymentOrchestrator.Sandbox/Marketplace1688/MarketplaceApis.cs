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

    /// <summary>By which channels the order can be paid, and what is left of it. Learns of an order as <see cref="BuyerView"/> does.</summary>
    public Task<IResult> PayWays(IReadOnlyDictionary<string, string> parameters) => OfOrder(parameters, (tx, _, order) =>
    {
        if (order.Status != Orders.WaitBuyerPay)
            return Refusal("ORDER_NOT_PAYABLE", "The order does not wait for payment.");
        bool Named(string prefix) => order.OrderId.StartsWith(prefix, StringComparison.Ordinal);
        var channels = new JsonArray();
        void Channel(int code, string name) => channels.Add(new JsonObject { ["code"] = code, ["name"] = name });
        if (!Named(Orders.NoAlipayPrefix))
            Channel(1, "支付宝");
        Channel(15, "银行转账");
        if (!Named(Orders.NoKuajingbaoPrefix))
            Channel(20, "跨境宝");
        var ways = new JsonObject
        {
            ["orderId"] = order.OrderId,
            ["timeout"] = tx.Now.AddHours(24).ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            ["channels"] = channels,
        };
        if (order.Amount is { } fen)
            ways["payFee"] = Named(Orders.DepositPrefix) ? (fen + 1) / 2 : Due(order, fen);
        return GatewayReply.Ok(new JsonObject { ["success"] = "true", ["resultList"] = ways });
    });

    /// <summary>
    /// The order as its buyer sees it. The sandbox has no shop: it learns of an order from <c>expectedAmount</c> (modelled, in
    /// fen), which makes an unknown order and never changes a known one.
    /// </summary>
    public Task<IResult> BuyerView(IReadOnlyDictionary<string, string> parameters) =>
        OfOrder(parameters, (_, buyer, order) => GatewayReply.Ok(View(buyer, order)));

    private Task<IResult> OfOrder(IReadOnlyDictionary<string, string> parameters, Func<Tx, Buyer, Order, IResult> show) => db.InTransaction(async tx =>
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

        return await Orders.FindOrTake(tx, orderId, buyer.BuyerId, expectedAmount) is { } order
            ? show(tx, buyer, order)
            : Refusal("ORDER_NOT_EXIST", "The order does not exist.");
    });

    private static IResult Refusal(string code, string message) =>
        GatewayReply.Ok(new JsonObject { ["success"] = "false", ["errorCode"] = code, ["errorMessage"] = message });

    private static long Due(Order order, long fen) => fen + (order.OrderId.StartsWith(Orders.MismatchPrefix, StringComparison.Ordinal) ? 100 : 0);

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
            baseInfo["totalAmount"] = Due(order, fen) / 100m;
        return new JsonObject { ["success"] = "true", ["result"] = new JsonObject { ["baseInfo"] = baseInfo } };
    }

    private async Task<Buyer?> BuyerOf(Tx tx, IReadOnlyDictionary<string, string> parameters)
    {
        var buyerId = await authorizations.FindBuyer(tx, Providers.Marketplace1688, parameters.GetValueOrDefault("access_token", ""));
        return buyerId is null ? null : await BuyerStore.Read(tx, buyerId);
    }
}
