using System.Globalization;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.Marketplace1688;

/// <summary>Orders as their buyer sees them.</summary>
internal sealed partial class Marketplace1688Provider
{
    private const int FenPerYuan = 100;

    /// <summary>1688's codes, where they are public. Kuajingbao, which is World Pay, has two.</summary>
    private static readonly Dictionary<PaymentMethod, string[]> Channels = new() { [PaymentMethod.Alipay] = ["1"], [PaymentMethod.WorldPay] = ["16", "20"] };

    /// <summary>
    /// Reads the order with the buyer's own authorisation. Refused with <see cref="FailureCode.OrderNotPayable"/> for an order that this member
    /// does not have, and with <see cref="FailureCode.AuthorizationExpired"/> when the buyer must link again. What the order says is passed on
    /// as it is; whether it fits is not decided here.
    /// </summary>
    /// <param name="account">The buyer's 1688 account.</param>
    /// <param name="orderId">The order.</param>
    /// <param name="expected">What we take its amount to be. 1688 has no such parameter: it is modelled, for a sandbox without a shop.</param>
    /// <param name="cancellationToken">Limits the time.</param>
    /// <exception cref="OperationCanceledException">The caller's token asked for it.</exception>
    public async Task<ProviderAnswer<MarketplaceOrder>> ReadOrderAsync(
        AccountCredential account, string orderId, Money expected, CancellationToken cancellationToken)
    {
        if (expected.Currency != Currency.Cny) throw new ArgumentException("An order is in CNY.", nameof(expected));
        var answer = await client.ReadAsync(
            "com.alibaba.trade", "alibaba.trade.get.buyerView", OAuthSecret.Of(account).AccessToken, AopJson.Default.BuyerViewAnswer, cancellationToken,
            new("orderId", orderId), new("expectedAmount", expected.Value.ToString(CultureInfo.InvariantCulture)));
        return answer switch
        {
            ProviderAnswer<BuyerViewAnswer>.Ok { Value: { Success: "true", Result.BaseInfo: { Status: { Length: > 0 } status } order } } => Order(order, status, orderId),
            ProviderAnswer<BuyerViewAnswer>.Ok { Value: { Success: "false", ErrorCode: "ORDER_NOT_EXIST" } } =>
                new ProviderAnswer<MarketplaceOrder>.Refused(FailureCode.OrderNotPayable, "1688 knows no such order of this buyer."),
            ProviderAnswer<BuyerViewAnswer>.Ok { Value: { Success: "false" } value } =>
                new ProviderAnswer<MarketplaceOrder>.Unknown($"1688 answered {ProviderText.Code(value.ErrorCode)}."),
            ProviderAnswer<BuyerViewAnswer>.Refused refused => new ProviderAnswer<MarketplaceOrder>.Refused(refused.Code, refused.Message),
            ProviderAnswer<BuyerViewAnswer>.Unknown unknown => new ProviderAnswer<MarketplaceOrder>.Unknown(unknown.Reason),
            _ => new ProviderAnswer<MarketplaceOrder>.Unknown("The answer lacks a field that it must have."),
        };
    }

    /// <summary>
    /// The channels by which 1688 itself would let the order be paid, and what is left to pay. Unknown for whatever 1688 does not plainly answer: a
    /// sub-account's token is refused here (<c>500_2</c>) and may still pay, so the order itself stays the authority.
    /// </summary>
    /// <param name="account">The buyer's 1688 account.</param>
    /// <param name="orderId">The order.</param>
    /// <param name="expected">As in <see cref="ReadOrderAsync"/>: modelled.</param>
    /// <param name="cancellationToken">Limits the time.</param>
    /// <exception cref="OperationCanceledException">The caller's token asked for it.</exception>
    public async Task<ProviderAnswer<OrderPayWays>> ReadPayWaysAsync(
        AccountCredential account, string orderId, Money expected, CancellationToken cancellationToken)
    {
        if (expected.Currency != Currency.Cny) throw new ArgumentException("An order is in CNY.", nameof(expected));
        var answer = await client.ReadAsync(
            "com.alibaba.trade", "alibaba.trade.payWay.query", OAuthSecret.Of(account).AccessToken, AopJson.Default.PayWayAnswer, cancellationToken,
            new("orderId", orderId), new("expectedAmount", expected.Value.ToString(CultureInfo.InvariantCulture)));
        return answer switch
        {
            ProviderAnswer<PayWayAnswer>.Ok { Value: { Success: "true", Result: { Channels: { } channels } ways } } when ways.OrderId == orderId =>
                new ProviderAnswer<OrderPayWays>.Ok(new OrderPayWays(
                    ClosedBy([.. channels.Select(channel => channel?.Code).OfType<string>()]),
                    long.TryParse(ways.PayFee, NumberStyles.None, CultureInfo.InvariantCulture, out var fen) && fen <= Money.MaxValue ? new Money(Currency.Cny, fen) : null)),
            ProviderAnswer<PayWayAnswer>.Ok { Value: { Success: "false" } value } => new ProviderAnswer<OrderPayWays>.Unknown($"1688 answered {ProviderText.Code(value.ErrorCode)}."),
            ProviderAnswer<PayWayAnswer>.Refused refused => new ProviderAnswer<OrderPayWays>.Refused(refused.Code, refused.Message),
            ProviderAnswer<PayWayAnswer>.Unknown unknown => new ProviderAnswer<OrderPayWays>.Unknown(unknown.Reason),
            _ => new ProviderAnswer<OrderPayWays>.Unknown("The answer lacks a field that it must have."),
        };
    }

    /// <summary>Whether 1688 publishes a code for the method, so that its list of channels says anything of it.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1822", Justification = "Asked of the provider; nothing outside this folder names the type.")]
    public bool ListsChannelOf(PaymentMethod method) => Channels.ContainsKey(method);

    /// <summary>An empty list says nothing.</summary>
    private static List<PaymentMethod> ClosedBy(IReadOnlyList<string> codes) =>
        codes.Count == 0 ? [] : [.. Channels.Where(known => !known.Value.Any(codes.Contains)).Select(known => known.Key)];

    private static ProviderAnswer<MarketplaceOrder> Order(OrderBaseInfo order, string status, string orderId)
    {
        if (order.IdOfStr != orderId) return new ProviderAnswer<MarketplaceOrder>.Unknown("The answer speaks of another order.");
        if (order.TotalAmount is not { } yuan) return new ProviderAnswer<MarketplaceOrder>.Ok(new MarketplaceOrder(status, StageOf(status), null, order.BuyerId));
        return TryFen(yuan, out var fen)
            ? new ProviderAnswer<MarketplaceOrder>.Ok(new MarketplaceOrder(status, StageOf(status), new Money(Currency.Cny, fen), order.BuyerId))
            : new ProviderAnswer<MarketplaceOrder>.Unknown("The amount of the order cannot be read.");
    }

    private static OrderStage StageOf(string status) => status switch
    {
        "waitbuyerpay" => OrderStage.WaitsForPayment,
        "waitsellersend" or "waitlogisticstakein" or "waitbuyerreceive" or "confirm_goods" or "success" => OrderStage.Paid,
        "cancel" or "terminated" => OrderStage.Closed,
        _ => OrderStage.Other,
    };

    /// <summary>Exactly: an amount that is no whole number of fen is none.</summary>
    private static bool TryFen(string yuan, out long fen)
    {
        fen = 0;
        if (!decimal.TryParse(yuan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value > 90_000_000_000_000m) return false;
        var exact = value * FenPerYuan;
        if (exact != decimal.Truncate(exact)) return false;
        fen = (long)exact;
        return true;
    }
}
