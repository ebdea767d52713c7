using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Ant;

/// <summary>A debit that was asked for, with its final outcome; refusals are kept like successes.</summary>
internal sealed record DebitRequest(
    string Provider, string RequestId, string Content, string BuyerId, string ResultCode, string ResultMessage, string Answer)
{
    public bool Succeeded => ResultCode == "SUCCESS";

    public JsonObject Fields => JsonNode.Parse(Answer)!.AsObject();

    /// <summary>The first answer again.</summary>
    public AntReply ToReply() => Succeeded ? AntReply.Success(Fields) : AntReply.Fail(ResultCode, ResultMessage);
}

/// <summary>What makes a debit happen once: the request id with the content that it was first used for.</summary>
internal static class DebitRequests
{
    public static Task<DebitRequest?> Find(Tx tx, string provider, string requestId) => tx.Find<DebitRequest>(
        """
        select provider, request_id as requestid, content, buyer_id as buyerid, result_code as resultcode,
               result_message as resultmessage, answer
        from debit_requests where provider = @provider and request_id = @requestId
        """, new { provider, requestId });

    public static Task Add(Tx tx, DebitRequest request) => tx.Execute(
        """
        insert into debit_requests (provider, request_id, content, buyer_id, result_code, result_message, answer)
        values (@Provider, @RequestId, @Content, @BuyerId, @ResultCode, @ResultMessage, @Answer)
        """, request);

    /// <summary>
    /// Runs a debit once. Requests under one id wait for each other; the second finds the first one's outcome.
    /// </summary>
    public static async Task<AntReply> Once(Tx tx, string provider, string requestId, string content, Func<Task<DebitRequest>> debit)
    {
        if (await Find(tx, provider, requestId) is { } earlier)
        {
            return earlier.Content == content
                ? earlier.ToReply()
                : AntReply.Fail("REPEAT_REQ_INCONSISTENT", "The request id was used before with other content.");
        }

        var outcome = await debit();
        await Add(tx, outcome);
        return outcome.ToReply();
    }
}
