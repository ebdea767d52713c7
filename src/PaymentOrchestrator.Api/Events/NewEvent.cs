using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Events;

/// <summary>Something that happened to an object, written by the command that made it happen.</summary>
/// <param name="Id">The event's own id.</param>
/// <param name="Type"><c>payment.succeeded</c>, <c>linked_account.active</c> …</param>
/// <param name="ObjectId">The object's id as the contract writes it.</param>
/// <param name="ObjectVersion">Rises by one with each event of the object.</param>
/// <param name="Data">The object as it then was, JSON.</param>
/// <param name="At">UTC.</param>
internal sealed record NewEvent(Guid Id, string Type, string ObjectId, int ObjectVersion, string Data, DateTime At)
{
    /// <summary>Parameters: eventId, marketplace, mode, eventType, objectId, objectVersion, eventData, now, shard.</summary>
    public const string Columns = "insert into events (id, marketplace_id, mode, type, object_id, object_version, data, created_at, shard_key)";

    public const string Values = "@eventId, @marketplace, @mode, @eventType, @objectId, @objectVersion, @eventData::jsonb, @now, @shard";

    /// <summary>
    /// For the column dispatched_at: an event that no endpoint of its marketplace waits for is dispatched as it is written; what waits is written anew once it was dispatched,
    /// with all its index entries. Parameters: marketplace, mode, now.
    /// </summary>
    public const string DispatchedUnlessAwaited =
        "case when exists (select from webhook_endpoints w where w.marketplace_id = @marketplace and w.mode = @mode and w.enabled) then null else @now end";

    public static NewEvent Of<T>(string type, string objectId, int version, T data, short shardKey, DateTimeOffset now) =>
        new(Id<EventResource>.New(shardKey, now).Value, type, objectId, version, ApiJson.Write(data), now.UtcDateTime);
}
