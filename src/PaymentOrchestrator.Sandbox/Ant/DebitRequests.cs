using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Ant;

/// <summary>A debit that was asked for, with its outcome; refusals are kept like successes.</summary>
internal sealed record DebitRequest
{
    public required string Provider { get; init; }

    public required string RequestId { get; init; }

    /// <summary>What two requests under one id are compared by.</summary>
    public required string Content { get; init; }

    public required string BuyerId { get; init; }

    public required string ResultCode { get; init; }

    public required string ResultMessage { get; init; }

    /// <summary>The answer's own fields, as JSON.</summary>
    public required string Answer { get; init; }

    /// <summary>The provider's id of it.</summary>
    public required string Reference { get; init; }

    public required string Currency { get; init; }

    /// <summary>What it asks for, in minor units.</summary>
    public required long Value { get; init; }

    /// <summary>Where the money came from and goes back to.</summary>
    public string? Funding { get; init; }

    public string? OrderId { get; init; }

    public string? Payment { get; init; }

    /// <summary>When it became final.</summary>
    public DateTime? DecidedAt { get; init; }

    public DateTime? CancelledAt { get; init; }

    /// <summary>Until when the buyer can act, where that is needed.</summary>
    public DateTime? ExpiresAt { get; init; }

    /// <summary>Where the buyer goes after having acted.</summary>
    public string? RedirectUrl { get; init; }

    public bool IsOpen => ResultCode == DebitResults.InProcess && CancelledAt is null;

    public bool Succeeded => ResultCode == DebitResults.Success && CancelledAt is null;

    public JsonObject Fields => JsonNode.Parse(Answer)!.AsObject();

    /// <summary>The first answer again; of one that was not decided then, what it is now.</summary>
    public AntReply ToReply() => ResultCode switch
    {
        _ when CancelledAt is not null => AntReply.Fail("ORDER_IS_CLOSED", "The payment was cancelled."),
        DebitResults.Success => AntReply.Success(Fields),
        DebitResults.InProcess => AntReply.Undecided(ResultCode, ResultMessage, Fields),
        _ => AntReply.Fail(ResultCode, ResultMessage),
    };
}

internal static class DebitResults
{
    public const string Success = "SUCCESS";
    public const string InProcess = "PAYMENT_IN_PROCESS";
}

/// <summary>What makes a debit happen once: the request id with the content that it was first used for.</summary>
internal static class DebitRequests
{
    private const string Columns =
        """
        provider, request_id as requestid, content, buyer_id as buyerid, result_code as resultcode, result_message as resultmessage, answer,
        reference, currency, value, funding, order_id as orderid, payment, decided_at as decidedat, cancelled_at as cancelledat,
        expires_at as expiresat, redirect_url as redirecturl
        """;

    public static Task<DebitRequest?> Find(Tx tx, string provider, string requestId) => tx.Find<DebitRequest>(
        $"select {Columns} from debit_requests where provider = @provider and request_id = @requestId", new { provider, requestId });

    public static Task<DebitRequest?> FindByReference(Tx tx, string provider, string reference) => tx.Find<DebitRequest>(
        $"select {Columns} from debit_requests where provider = @provider and reference = @reference", new { provider, reference });

    public static Task Add(Tx tx, DebitRequest request) => tx.Execute(
        """
        insert into debit_requests (provider, request_id, content, buyer_id, result_code, result_message, answer,
            reference, currency, value, funding, order_id, payment, decided_at, cancelled_at, expires_at, redirect_url)
        values (@Provider, @RequestId, @Content, @BuyerId, @ResultCode, @ResultMessage, @Answer,
            @Reference, @Currency, @Value, @Funding, @OrderId, @Payment, @DecidedAt, @CancelledAt, @ExpiresAt, @RedirectUrl)
        """, request);

    /// <summary>Writes what can still change of it.</summary>
    public static Task Save(Tx tx, DebitRequest request) => tx.Execute(
        """
        update debit_requests set result_code = @ResultCode, result_message = @ResultMessage, answer = @Answer, funding = @Funding,
            decided_at = @DecidedAt, cancelled_at = @CancelledAt
        where provider = @Provider and request_id = @RequestId
        """, request);

    /// <summary>Everything that concerns one debit follows each other: its request, its page, its cancellation, its refunds.</summary>
    public static Task Serialize(Tx tx, string provider, string requestId) => tx.Serialize($"{provider} {requestId}");

    /// <summary>Runs a debit once. Requests under one id wait for each other; the second finds the first one's outcome.</summary>
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
