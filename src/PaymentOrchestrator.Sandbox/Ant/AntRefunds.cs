using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.Notifications;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Ant;

/// <summary>What a refund asks for, and how the provider names the debit in its messages.</summary>
/// <param name="RequestId">refundRequestId.</param>
/// <param name="Amount">What goes back to the buyer.</param>
/// <param name="DebitField">The name of the field that names the debit: paymentId or transferRequestId.</param>
/// <param name="DebitName">Its value.</param>
internal sealed record RefundCall(string RequestId, AntAmount Amount, string DebitField, string DebitName);

/// <summary>A refund that was decided.</summary>
internal sealed record RefundRequest(
    string Provider, string RequestId, string DebitRequestId, string Content, long Value, string ResultCode, string ResultMessage,
    string Reference, string Answer)
{
    public bool Succeeded => ResultCode == DebitResults.Success;

    public JsonObject Fields => JsonNode.Parse(Answer)!.AsObject();

    public AntReply ToReply() => Succeeded ? AntReply.Success(Fields) : AntReply.Fail(ResultCode, ResultMessage);
}

/// <summary>Gives money back at both Ant gateways: once per refund id, and never more than was debited.</summary>
internal static class AntRefunds
{
    private const string Columns =
        """
        provider, request_id as requestid, debit_request_id as debitrequestid, content, value, result_code as resultcode,
        result_message as resultmessage, reference, answer
        """;

    /// <param name="tx">The call's transaction.</param>
    /// <param name="debit">What is refunded; the caller holds its lock. Null for one that does not exist.</param>
    /// <param name="refund">What is asked for.</param>
    /// <param name="now">The provider's time.</param>
    /// <param name="time">The same in the provider's form.</param>
    public static async Task<AntReply> Refund(Tx tx, DebitRequest? debit, RefundCall refund, DateTime now, string time)
    {
        if (debit is null)
            return AntReply.Fail("ORDER_NOT_EXIST", "There is no such payment.");
        // After the debit's lock, always in this order: the id alone says nothing of the debit.
        await tx.Serialize($"{debit.Provider} refund {refund.RequestId}");
        if (await Find(tx, debit.Provider, refund.RequestId) is { } earlier)
        {
            return earlier.Content == refund.ToString()
                ? earlier.ToReply()
                : AntReply.Fail("REPEAT_REQ_INCONSISTENT", "The refund's id was used before with other content.");
        }

        var refusal = await Refusal(tx, debit, refund);
        var reference = Ids.New("R");
        var decided = new RefundRequest(
            debit.Provider, refund.RequestId, debit.RequestId, refund.ToString(), refusal is null ? refund.Amount.Value : 0,
            refusal?.Code ?? DebitResults.Success, refusal?.Message ?? "Success", reference,
            new JsonObject
            {
                ["refundRequestId"] = refund.RequestId,
                ["refundId"] = reference,
                [refund.DebitField] = refund.DebitName,
                ["refundAmount"] = refund.Amount.ToJson(),
                ["refundTime"] = time,
            }.ToJsonString());
        await Add(tx, decided);
        if (refusal is null)
        {
            await GiveBack(tx, debit, "refund", refund.RequestId, refund.Amount.Value, now);
            await Notices.Refund(tx, debit, decided);
        }

        return decided.ToReply();
    }

    public static async Task<AntReply> Inquire(Tx tx, string provider, string? requestId, string? reference)
    {
        var refund = reference is null ? await Find(tx, provider, requestId!) : await tx.Find<RefundRequest>(
            $"select {Columns} from refund_requests where provider = @provider and reference = @reference", new { provider, reference });
        if (refund is null)
            return AntReply.Fail("ORDER_NOT_EXIST", "There is no such refund.");
        var fields = refund.Fields;
        fields["refundStatus"] = refund.Succeeded ? "SUCCESS" : "FAIL";
        if (!refund.Succeeded)
            fields["refundResultCode"] = refund.ResultCode;
        return AntReply.Success(fields);
    }

    /// <summary>To where the debit took it from. What a bank paid goes back to the bank, of which the sandbox keeps no account.</summary>
    public static async Task GiveBack(Tx tx, DebitRequest debit, string operation, string requestId, long value, DateTime now)
    {
        await BuyerStore.Lock(tx, debit.BuyerId);
        switch (debit.Funding)
        {
            case Fundings.Wallet:
                await BuyerStore.Credit(tx, debit.BuyerId, debit.Currency, value);
                break;
            case Fundings.AlipayBalance:
                await BuyerStore.CreditAlipay(tx, debit.BuyerId, value);
                break;
        }

        await Executions.Record(tx, new Execution(
            operation, debit.Provider, requestId, debit.BuyerId, debit.Currency, value, debit.OrderId, debit.Payment, now));
    }

    public static Task<long> Total(Tx tx, DebitRequest debit) => tx.Single<long>(
        "select coalesce(sum(value), 0)::bigint from refund_requests where provider = @Provider and debit_request_id = @RequestId", debit);

    private static async Task<(string Code, string Message)?> Refusal(Tx tx, DebitRequest debit, RefundCall refund)
    {
        if (!debit.Succeeded)
            return ("ORDER_STATUS_INVALID", "The payment did not succeed, or was cancelled.");
        if (refund.Amount.Currency != debit.Currency)
            return ("CURRENCY_NOT_SUPPORT", "A refund is in the currency of the payment.");
        return refund.Amount.Value > debit.Value - await Total(tx, debit)
            ? ("REFUND_AMOUNT_EXCEED", "The refunds would exceed the payment.")
            : null;
    }

    private static Task<RefundRequest?> Find(Tx tx, string provider, string requestId) => tx.Find<RefundRequest>(
        $"select {Columns} from refund_requests where provider = @provider and request_id = @requestId", new { provider, requestId });

    private static Task Add(Tx tx, RefundRequest refund) => tx.Execute(
        """
        insert into refund_requests (provider, request_id, debit_request_id, content, value, result_code, result_message, reference, answer)
        values (@Provider, @RequestId, @DebitRequestId, @Content, @Value, @ResultCode, @ResultMessage, @Reference, @Answer)
        """, refund);
}

/// <summary>Where a debit took the money from.</summary>
internal static class Fundings
{
    public const string Wallet = "wallet";
    public const string AlipayBalance = "alipay_balance";
    public const string BankCard = "bank_card";
}
