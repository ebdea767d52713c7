using System.Security.Cryptography;
using System.Text;
using Dapper;
using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Disputes;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Ledger;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Api.Refunds;
using PaymentOrchestrator.Api.Webhooks;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

internal sealed record GetTimeline(Caller Caller, Id<PaymentResource> Id) : IQuery<Result<TimelineResource>>;

/// <summary>Reads all that is stored of a payment on its one shard, in two round trips, and tells it in order.</summary>
internal sealed class GetTimelineHandler(Db db) : IQueryHandler<GetTimeline, Result<TimelineResource>>
{
    // Of what was written in one commit, in the order of cause and effect.
    private static readonly string[] Order =
    [
        "quote", "request", "eligibility", "refund_started", "attempt_started", "provider_notification", "attempt_ended", "refund_heard_of", "dispute", "ledger_transaction", "settlement",
        "event", "webhook_delivery",
    ];

    /// <summary>Of each kind: far more than a payment has, and a bound all the same.</summary>
    private const int Most = 1_000;

    public async ValueTask<Result<TimelineResource>> Handle(GetTimeline query, CancellationToken cancellationToken)
    {
        const string sql = "select " + PaymentRow.Columns + """

            from payments p where p.id = @id and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard;

            select p.verdict from payments p where p.id = @id and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard;

            select
            """ + " " + DisputeRow.Columns + """

            from disputes d where d.payment_id = @id and d.marketplace_id = @marketplace and d.mode = @mode and d.shard_key = @shard
            order by d.id limit @most;

            select
            """ + " " + QuoteStore.Columns + """

            from payments p join quotes q on q.id = p.quote_id and q.shard_key = p.shard_key
            where p.id = @id and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard;

            select k.key, k.fingerprint, k.created_at, r.id as refund_id
            from payments p
                join idempotency_keys k on k.marketplace_id = p.marketplace_id and k.mode = p.mode and k.scope = p.buyer_id and k.shard_key = p.shard_key
                left join refunds r on r.id = k.resource_id and r.payment_id = p.id and r.shard_key = p.shard_key
            where p.id = @id and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard and (k.resource_id = p.id or r.id is not null)
            order by k.created_at, k.key limit @most;

            select a.number, a.provider, a.request_id, a.linked_account_id, a.outcome, a.detail, a.provider_reference, a.started_at, a.ended_at
            from attempts a where a.payment_id = @id and a.marketplace_id = @marketplace and a.mode = @mode and a.shard_key = @shard
            order by a.number limit @most;

            select n.provider, n.type, n.digest, n.received_at
            from provider_notifications n where n.payment_id = @id and n.marketplace_id = @marketplace and n.mode = @mode and n.shard_key = @shard
            order by n.received_at, n.digest limit @most;

            select r.id, r.request_id, r.source_currency, r.source_amount + r.fee_amount as returned, r.last_word, r.last_detail, r.provider_reference, r.tries,
                r.resolved_by_operator, r.created_at, r.last_heard_at
            from refunds r where r.payment_id = @id and r.marketplace_id = @marketplace and r.mode = @mode and r.shard_key = @shard
            order by r.id limit @most;

            select
            """ + " " + LedgerEntryRow.Columns + """

            from (
                select * from ledger_transactions
                where payment_id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard
                order by id limit @most) t
                join ledger_entries e on e.transaction_id = t.id and e.shard_key = t.shard_key and e.shard_key = @shard
            order by t.id, e.line;
            """;
        const string events = "select " + EventRow.Columns + """

            from events e
            where e.object_id = any (@objects) and e.marketplace_id = @marketplace and e.mode = @mode and e.shard_key = @shard
            order by e.object_id, e.object_version limit @most;

            select d.event_id, d.endpoint_id, d.status, d.attempts, d.response_status, d.attempted_at, d.created_at
            from events e join webhook_deliveries d on d.event_id = e.id and d.shard_key = e.shard_key
            where e.object_id = any (@objects) and e.marketplace_id = @marketplace and e.mode = @mode and e.shard_key = @shard
            order by d.event_id, d.endpoint_id limit @most;
            """;
        var (caller, id) = query;
        var owner = new { id = id.Value, marketplace = caller.MarketplaceId, mode = caller.Mode.Code(), shard = id.ShardKey, most = Most };
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(sql, owner, cancellationToken: cancellationToken));
        if ((await rows.ReadSingleOrDefaultAsync<PaymentRow>())?.ToPayment() is not { } payment) return Problem.NotFound<PaymentResource>("payment");
        var verdict = PaymentVerdict.Read(await rows.ReadSingleAsync<string?>());
        var disputes = (await rows.ReadAsync<DisputeRow>()).Select(row => row.ToDispute()).ToList();
        var quote = (await rows.ReadSingleAsync<QuoteRow>()).ToQuote(caller).ToResource(payment.CreatedAt);
        var requests = (await rows.ReadAsync<RequestRow>()).ToList();
        var attempts = (await rows.ReadAsync<AttemptRow>()).ToList();
        var notifications = (await rows.ReadAsync<NotificationRow>()).ToList();
        var refunds = (await rows.ReadAsync<RefundTimelineRow>()).ToList();
        var transactions = LedgerEntryRow.ToTransactions((await rows.ReadAsync<LedgerEntryRow>()).ToList()).ToList();
        string[] objects =
        [
            payment.Id.ToString(), payment.QuoteId.ToString(), .. refunds.Select(refund => new Id<RefundResource>(refund.Id).ToString()),
            .. disputes.Select(dispute => dispute.Id.ToString()), .. transactions.Select(transaction => transaction.Id.ToString()),
        ];
        await using var more = await connection.QueryMultipleAsync(new CommandDefinition(
            events, new { objects, owner.marketplace, owner.mode, owner.shard, owner.most }, cancellationToken: cancellationToken));
        var happened = (await more.ReadAsync<EventRow>()).ToList();
        var deliveries = (await more.ReadAsync<DeliveryRow>()).ToList();

        IEnumerable<TimelineEntry> entries =
        [
            new() { At = quote.CreatedAt, Kind = "quote", Quote = quote },
            .. requests.Select(request => new TimelineEntry { At = request.CreatedAt, Kind = "request", Request = request.ToResource(payment.Id) }),
            .. verdict is null ? Array.Empty<TimelineEntry>() : [new TimelineEntry { At = verdict.JudgedAt, Kind = "eligibility", Eligibility = verdict }],
            .. attempts.Select(attempt => new TimelineEntry { At = attempt.StartedAt, Kind = "attempt_started", Attempt = attempt.ToResource(started: true) }),
            .. attempts.Where(attempt => attempt.EndedAt is not null)
                .Select(attempt => new TimelineEntry { At = attempt.EndedAt!.Value, Kind = "attempt_ended", Attempt = attempt.ToResource(started: false) }),
            .. notifications.Select(notification => new TimelineEntry { At = notification.ReceivedAt, Kind = "provider_notification", ProviderNotification = notification.ToResource() }),
            .. refunds.Select(refund => new TimelineEntry { At = refund.CreatedAt, Kind = "refund_started", Refund = refund.ToResource(started: true) }),
            .. refunds.Where(refund => refund.LastHeardAt is not null)
                .Select(refund => new TimelineEntry { At = refund.LastHeardAt!.Value, Kind = "refund_heard_of", Refund = refund.ToResource(started: false) }),
            .. disputes.Select(dispute => new TimelineEntry { At = dispute.CreatedAt, Kind = "dispute", Dispute = dispute.ToResource() }),
            .. transactions.Select(transaction => new TimelineEntry { At = transaction.CreatedAt, Kind = "ledger_transaction", LedgerTransaction = transaction }),
            .. happened.Select(row => new TimelineEntry { At = row.CreatedAt, Kind = "event", Event = row.ToResource() }),
            .. deliveries.Select(delivery => new TimelineEntry { At = delivery.AttemptedAt ?? delivery.CreatedAt, Kind = "webhook_delivery", WebhookDelivery = delivery.ToResource() }),
            .. payment.SettledAt is { } settledAt ? [new TimelineEntry { At = settledAt, Kind = "settlement", Settlement = payment.ToResource().Settlement }] : Array.Empty<TimelineEntry>(),
        ];
        return new TimelineResource
        {
            PaymentId = payment.Id,
            Truncated = new[] { requests.Count, attempts.Count, notifications.Count, refunds.Count, disputes.Count, transactions.Count, happened.Count, deliveries.Count }.Contains(Most),
            Entries = [.. entries.OrderBy(entry => entry.At).ThenBy(entry => Array.IndexOf(Order, entry.Kind))],
        };
    }

    private sealed class RequestRow
    {
        public string Key { get; init; } = "";

        public byte[] Fingerprint { get; init; } = [];

        public DateTime CreatedAt { get; init; }

        public Guid? RefundId { get; init; }

        public TimelineRequest ToResource(Id<PaymentResource> payment) => new()
        {
            KeySha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Key))),
            Fingerprint = Convert.ToHexStringLower(Fingerprint),
            ResourceId = RefundId is { } refund ? new Id<RefundResource>(refund).ToString() : payment.ToString(),
        };
    }

    private sealed class AttemptRow
    {
        public int Number { get; init; }

        public string Provider { get; init; } = "";

        public string RequestId { get; init; } = "";

        public Guid LinkedAccountId { get; init; }

        public string? Outcome { get; init; }

        public string? Detail { get; init; }

        public string? ProviderReference { get; init; }

        public DateTime StartedAt { get; init; }

        public DateTime? EndedAt { get; init; }

        public TimelineAttempt ToResource(bool started) => new()
        {
            Number = Number,
            Provider = Provider,
            RequestId = RequestId,
            LinkedAccountId = new Id<LinkedAccountResource>(LinkedAccountId),
            Outcome = started ? null : Outcome,
            Detail = started ? null : Detail,
            ProviderReference = started ? null : ProviderReference,
        };
    }

    private sealed class NotificationRow
    {
        public string Provider { get; init; } = "";

        public string Type { get; init; } = "";

        public byte[] Digest { get; init; } = [];

        public DateTime ReceivedAt { get; init; }

        public TimelineNotification ToResource() => new() { Provider = Provider, Type = Type, BodySha256 = Convert.ToHexStringLower(Digest) };
    }

    private sealed class DeliveryRow
    {
        public Guid EventId { get; init; }

        public Guid EndpointId { get; init; }

        public string Status { get; init; } = "";

        public int Attempts { get; init; }

        public int? ResponseStatus { get; init; }

        public DateTime? AttemptedAt { get; init; }

        public DateTime CreatedAt { get; init; }

        public TimelineDelivery ToResource() => new()
        {
            EventId = new Id<EventResource>(EventId),
            EndpointId = new Id<WebhookEndpointResource>(EndpointId),
            Status = Status,
            Attempts = Attempts,
            ResponseStatus = ResponseStatus,
            CreatedAt = CreatedAt,
        };
    }

    private sealed class RefundTimelineRow
    {
        public Guid Id { get; init; }

        public string RequestId { get; init; } = "";

        public string SourceCurrency { get; init; } = "";

        public long Returned { get; init; }

        public string? LastWord { get; init; }

        public string? LastDetail { get; init; }

        public string? ProviderReference { get; init; }

        public int Tries { get; init; }

        public bool ResolvedByOperator { get; init; }

        public DateTime CreatedAt { get; init; }

        public DateTime? LastHeardAt { get; init; }

        public TimelineRefund ToResource(bool started) => new()
        {
            Id = new Id<RefundResource>(Id),
            RequestId = RequestId,
            Returned = new Money(Currency.Parse(SourceCurrency), Returned),
            Outcome = started ? null : LastWord,
            Detail = started ? null : LastDetail,
            ProviderReference = started ? null : ProviderReference,
            Inquiries = started ? 0 : Tries,
            ResolvedByOperator = !started && ResolvedByOperator,
        };
    }
}

internal static class GetTimelineEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/payments/{id}/timeline", async (string id, Caller caller, HttpContext context, ISender sender, CancellationToken cancellationToken) =>
        {
            var result = await sender.Send(new GetTimeline(caller, Id<PaymentResource>.ParseOrNone(id)), cancellationToken);
            context.Response.Headers.Append("Vary", "Accept");
            return result.Problem is null && TimelinePage.IsWanted(context.Request) ? TimelinePage.Of(result.Value) : result.Ok();
        })
        .Needs(Scope.Read)
        .WithName("getPaymentTimeline").WithTags("Payments")
        .WithSummary("A payment's whole story, in order")
        .WithDescription(
            "Quote, requests (hashed), the eligibility verdict, conversations with providers and their ids, providers' notifications, events and their deliveries, ledger transactions, refunds, disputes, settlement: "
            + "enough to prove that it was paid once. Keys end after two days and events after thirty; the rest stays. With Accept: text/html the same as a page for people, without "
            + "scripts.")
        .Produces<TimelineResource>().Refuses(401, 404);
}
