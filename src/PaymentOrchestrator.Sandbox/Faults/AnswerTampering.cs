using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PaymentOrchestrator.Sandbox.Faults;

/// <summary>Answers that do not fit what was asked, in each provider's form.</summary>
internal static class AnswerTampering
{
    private static readonly string[] AntAmounts = ["transferFromAmount", "paymentAmount", "refundAmount"];
    private static readonly string[] AntReferences = ["transferRequestId", "paymentRequestId", "refundRequestId"];

    /// <summary>The answer with another amount or another reference; as it was where it is no JSON object.</summary>
    public static byte[] Change(string kind, byte[] body)
    {
        JsonObject? answer;
        try
        {
            answer = JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            answer = null;
        }

        if (answer is null)
            return body;
        foreach (var part in Parts(answer))
        {
            if (kind == FaultKinds.WrongAmount)
                ChangeAmounts(part);
            else
                ChangeReferences(part);
        }

        return JsonSerializer.SerializeToUtf8Bytes(answer);
    }

    /// <summary>What an inquiry says of something that is not there (yet).</summary>
    public static (int Status, string Body) NotFound(string operation) => operation switch
    {
        "payment_intents.list" or "refunds.list" =>
            (StatusCodes.Status200OK, $$"""{"object":"list","data":[],"has_more":false,"url":"/v1/{{operation.Split('.')[0]}}"}"""),
        "payment_intents.retrieve" or "refunds.retrieve" => (
            StatusCodes.Status404NotFound,
            """{"error":{"type":"invalid_request_error","code":"resource_missing","message":"No such object.","param":"id"}}"""),
        "alibaba.trade.get.buyerView" => (
            StatusCodes.Status200OK, """{"success":"false","errorCode":"ORDER_NOT_EXIST","errorMessage":"The order does not exist."}"""),
        _ => (StatusCodes.Status200OK, """{"result":{"resultStatus":"F","resultCode":"ORDER_NOT_EXIST","resultMessage":"There is no such request."}}"""),
    };

    /// <summary>The answer itself, the items of a list, or 1688's order.</summary>
    private static IEnumerable<JsonObject> Parts(JsonObject answer)
    {
        if (answer["data"] is JsonArray list)
            return list.OfType<JsonObject>();
        return answer["result"]?["baseInfo"] is JsonObject order ? [order] : [answer];
    }

    private static void ChangeAmounts(JsonObject part)
    {
        foreach (var name in AntAmounts)
        {
            if (part[name] is JsonObject amount)
                amount["value"] = (long.Parse((string)amount["value"]!, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
        }

        // By a whole unit: ISK has no hundredths.
        foreach (var name in new[] { "amount", "amount_received" })
        {
            if (part[name] is JsonValue value && value.TryGetValue<long>(out var amount))
                part[name] = amount + 100;
        }

        if (part["totalAmount"] is JsonValue total && total.TryGetValue<decimal>(out var yuan))
            part["totalAmount"] = yuan + 0.01m;
    }

    private static void ChangeReferences(JsonObject part)
    {
        foreach (var name in AntReferences)
        {
            if (part[name] is JsonValue value && value.TryGetValue<string>(out var text))
                part[name] = text + "-other";
        }

        if (part["metadata"] is JsonObject metadata && metadata["request_id"] is not null)
            metadata["request_id"] = (string)metadata["request_id"]! + "-other";
        if (part["idOfStr"] is JsonValue order && order.TryGetValue<string>(out var orderId))
            part["idOfStr"] = orderId + "-other";
    }
}
