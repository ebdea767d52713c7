using System.Globalization;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.Notifications;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.WorldFirst;

/// <summary>What a transfer asks for; its text is what two requests under one id are compared by.</summary>
internal sealed record Transfer(
    string RequestId, string ProductCode, string? QuoteId, AntAmount From, AntAmount To, string OrderId, string? Payment);

/// <summary>Converts by the quote and pays the order, or does nothing at all.</summary>
internal sealed class WorldFirstTransfers(SandboxDb db, AuthorizationStore authorizations, TimeProvider clock)
{
    private const string Provider = Providers.WorldFirst;

    public Task<AntReply> CreateTransfer(AntCall call)
    {
        var transfer = new Transfer(
            call.Text("transferRequestId", 64), call.OneOf("productCode", "WORLD_PAY", "WORLDFIRST_BALANCE"), call.OptionalText("quoteId"),
            call.Amount("transferFromAmount"), call.Amount("transferToAmount"), call.Text("referenceOrderId"), call.OptionalText("transferMemo"));
        if (transfer.To.Currency != "CNH")
            throw AntRefusalException.ParamIllegal("transferToAmount must be CNH.");
        return db.InTransaction(async tx =>
        {
            await DebitRequests.Serialize(tx, Provider, transfer.RequestId);
            var buyerId = await authorizations.FindBuyer(tx, Provider, call.AccessToken) ?? throw AntRefusalException.InvalidToken();
            return await DebitRequests.Once(tx, Provider, transfer.RequestId, $"{buyerId} {transfer}", () => Debit(tx, buyerId, transfer));
        });
    }

    public Task<AntReply> InquiryTransfer(AntCall call) => db.InTransaction(async tx =>
    {
        var buyerId = await authorizations.FindBuyer(tx, Provider, call.AccessToken) ?? throw AntRefusalException.InvalidToken();
        var request = await DebitRequests.Find(tx, Provider, call.Text("transferRequestId", 64));
        if (request is null || request.BuyerId != buyerId)
            return AntReply.Fail("ORDER_NOT_EXIST", "There is no such transfer.");
        var fields = request.Fields;
        fields["transferStatus"] = request.Succeeded ? "SUCCESS" : "FAIL";
        if (!request.Succeeded)
            fields["transferResultCode"] = request.ResultCode;
        return AntReply.Success(fields);
    });

    /// <summary>On the platform's own account: the buyer may have ended the authorisation since.</summary>
    public Task<AntReply> Refund(AntCall call)
    {
        call.OptionalText("refundMemo");
        var transferRequestId = call.Text("transferRequestId", 64);
        var refund = new RefundCall(call.Text("refundRequestId", 64), call.Amount("refundAmount"), "transferRequestId", transferRequestId);
        return db.InTransaction(async tx =>
        {
            await DebitRequests.Serialize(tx, Provider, transferRequestId);
            var now = clock.GetUtcNow().UtcDateTime;
            return await AntRefunds.Refund(tx, await DebitRequests.Find(tx, Provider, transferRequestId), refund, now, Time(now));
        });
    }

    public Task<AntReply> InquiryRefund(AntCall call) =>
        db.InTransaction(tx => AntRefunds.Inquire(tx, Provider, call.Text("refundRequestId", 64), reference: null));

    private async Task<DebitRequest> Debit(Tx tx, string buyerId, Transfer transfer)
    {
        var buyer = await BuyerStore.Lock(tx, buyerId);
        var now = clock.GetUtcNow().UtcDateTime;
        var refusal = await Refusal(tx, buyer, transfer, now);
        if (refusal is null)
        {
            await Executions.Record(tx, new Execution(
                "createTransfer", Provider, transfer.RequestId, buyerId, transfer.From.Currency, transfer.From.Value,
                transfer.OrderId, transfer.Payment, now));
            await Orders.MarkPaid(tx, transfer.OrderId, buyerId, transfer.To.Value);
        }

        var reference = Ids.New("T");
        var fields = new JsonObject
        {
            ["transferId"] = reference,
            ["transferRequestId"] = transfer.RequestId,
            ["transferFromAmount"] = transfer.From.ToJson(),
            ["transferToAmount"] = transfer.To.ToJson(),
            ["transferFinishTime"] = Time(now),
        };
        var request = new DebitRequest
        {
            Provider = Provider,
            RequestId = transfer.RequestId,
            Content = $"{buyerId} {transfer}",
            BuyerId = buyerId,
            ResultCode = refusal?.Code ?? DebitResults.Success,
            ResultMessage = refusal?.Message ?? "Success",
            Answer = fields.ToJsonString(),
            Reference = reference,
            Currency = transfer.From.Currency,
            Value = transfer.From.Value,
            Funding = Fundings.Wallet,
            OrderId = transfer.OrderId,
            Payment = transfer.Payment,
            DecidedAt = now,
        };
        if (refusal is not null)
            return request;
        await Notices.Debit(tx, request);
        if (transfer.ProductCode == "WORLD_PAY")
            await Notices.BatchPaid(tx, transfer.OrderId, buyerId);
        return request;
    }

    /// <summary>Null if the money was taken.</summary>
    private static async Task<(string Code, string Message)?> Refusal(Tx tx, Buyer buyer, Transfer transfer, DateTime now)
    {
        if (transfer.From.Currency == "CNH")
        {
            if (transfer.From.Value < transfer.To.Value)
                throw AntRefusalException.ParamIllegal("transferFromAmount does not cover transferToAmount.");
        }
        else
        {
            var quote = transfer.QuoteId is null ? null : await FxQuoteStore.Find(tx, transfer.QuoteId);
            if (quote is null || quote.ExpiresAt <= now)
                return ("QUOTE_EXPIRED", "The quote is unknown or has expired.");
            if (quote.SellCurrency != transfer.From.Currency || quote.BuyValue != transfer.To.Value)
                throw AntRefusalException.ParamIllegal("The quote is for other amounts.");
            // More is the platform's markup, which lies on top of the quote; less would be paid by WorldFirst.
            if (transfer.From.Value < quote.SellValue)
                throw AntRefusalException.ParamIllegal("transferFromAmount is below the quote's sell value.");
        }

        if (!buyer.Has(Facts.WorldFirstAccount))
            return ("USER_STATUS_ABNORMAL", "The customer's account is closed.");
        var taken = buyer.Has(Facts.WorldFirstBalance)
            && await BuyerStore.TryDebit(tx, buyer.BuyerId, transfer.From.Currency, transfer.From.Value);
        return taken ? null : ("BALANCE_NOT_ENOUGH", "The available balance is not enough.");
    }

    private static string Time(DateTime utc) => utc.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
