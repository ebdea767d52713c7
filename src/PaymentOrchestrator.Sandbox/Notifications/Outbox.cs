using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Faults;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Notifications;

/// <summary>What a provider has to tell the platform, in the provider's own form, without the signature.</summary>
/// <param name="Provider">Names the address.</param>
/// <param name="Type">The provider's name of it.</param>
/// <param name="BuyerId">Whose it is.</param>
/// <param name="Body">Ant's or Stripe's body; 1688's message.</param>
internal sealed record Notification(string Provider, string Type, string BuyerId, JsonObject Body);

/// <summary>A notification that is on its way, or was.</summary>
internal sealed record OutboxRow(
    long NotificationId, string Provider, string Type, string BuyerId, string Body, int Attempts, DateTime DueAt, DateTime? DeliveredAt,
    DateTime? GaveUpAt, string? LastError);

/// <summary>Notifications are written with what they tell of, in one transaction, and sent afterwards: neither is ever there without the other.</summary>
internal static class Outbox
{
    /// <summary>How long a notification that is to be overtaken waits for another one of its buyer.</summary>
    private const int OvertakenWithinMs = 5000;

    private const string Columns =
        """
        notification_id as notificationid, provider, type, buyer_id as buyerid, body, attempts, due_at as dueat, delivered_at as deliveredat,
        gave_up_at as gaveupat, last_error as lasterror
        """;

    public static async Task Add(Tx tx, Notification notification)
    {
        if (!tx.Notifies)
            return;
        var fault = await FaultStore.TakeForNotification(tx, notification);
        if (fault?.Kind == FaultKinds.NoNotification)
            return;
        await Release(tx, notification);
        var wait = fault?.Kind switch
        {
            FaultKinds.LateNotification => fault.DelayMs ?? OvertakenWithinMs,
            FaultKinds.ReorderedNotification => fault.DelayMs ?? OvertakenWithinMs,
            _ => 0,
        };
        for (var copies = fault?.Kind == FaultKinds.DuplicateNotification ? 2 : 1; copies > 0; copies--)
        {
            await tx.Execute(
                """
                insert into notifications (provider, type, buyer_id, body, due_at, overtaken)
                values (@Provider, @Type, @BuyerId, @body, now() + @wait * interval '1 millisecond', @overtaken)
                """,
                new
                {
                    notification.Provider,
                    notification.Type,
                    notification.BuyerId,
                    body = notification.Body.ToJsonString(),
                    wait,
                    overtaken = fault?.Kind == FaultKinds.ReorderedNotification,
                });
        }
    }

    /// <summary>Takes what is due; another sender leaves it alone for a minute.</summary>
    public static Task<IReadOnlyList<OutboxRow>> Claim(Tx tx, int count) => tx.List<OutboxRow>(
        $"""
        update notifications set due_at = now() + interval '1 minute', attempts = attempts + 1
        where notification_id in (
            select notification_id from notifications where delivered_at is null and gave_up_at is null and due_at <= now()
            order by due_at, notification_id limit @count for update skip locked)
        returning {Columns}
        """, new { count });

    public static Task MarkDelivered(Tx tx, long notificationId) => tx.Execute(
        "update notifications set delivered_at = now(), last_error = null where notification_id = @notificationId", new { notificationId });

    /// <summary>Without a delay it is given up.</summary>
    public static Task MarkFailed(Tx tx, long notificationId, string reason, TimeSpan? again) => tx.Execute(
        """
        update notifications set last_error = @reason, due_at = now() + @wait * interval '1 millisecond',
            gave_up_at = case when @given then now() end
        where notification_id = @notificationId
        """, new { notificationId, reason, wait = (long)(again?.TotalMilliseconds ?? 0), given = again is null });

    public static Task<IReadOnlyList<OutboxRow>> List(Tx tx, string? buyer) => tx.List<OutboxRow>(
        $"select {Columns} from notifications where @buyer::text is null or buyer_id = @buyer order by notification_id", new { buyer });

    /// <summary>Whatever waited to be overtaken by this one follows it.</summary>
    private static Task Release(Tx tx, Notification notification) => tx.Execute(
        """
        update notifications set overtaken = false, due_at = now() + interval '500 milliseconds'
        where overtaken and provider = @Provider and buyer_id = @BuyerId and delivered_at is null
        """, new { notification.Provider, notification.BuyerId });
}
