using System.Data;
using System.Security.Cryptography;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

/// <summary>
/// Who did what, when and from where. It is written by the command that does it: append <see cref="Insert"/> (or <see cref="InsertSelect"/> with a <c>from</c> that
/// finds a row only if the command had its effect) to the SQL, and <see cref="AddTo"/> its parameters.
/// </summary>
internal sealed record AuditEntry(
    Guid Id, Caller Caller, string Operation, string? ObjectId, string Outcome, Guid? KeyId, Guid? SessionId, string? RequestId, string? Address, DateTimeOffset At)
{
    public const string Succeeded = "succeeded";

    /// <summary>Without an end: a <c>from … where …</c> may follow.</summary>
    public const string InsertSelect = """

        insert into audit_log (id, marketplace_id, mode, operation, object_id, outcome, key_id, session_id, request_id, address, created_at, shard_key)
        select @auditId, @auditMarketplace, @auditMode, @auditOperation, @auditObject, @auditOutcome, @auditKey, @auditSession, @auditRequest, @auditAddress, @auditAt, @auditShard
        """;

    /// <summary>Without a semicolon at its end.</summary>
    public const string Insert = InsertSelect + " where true";

    /// <param name="objectId">As the contract writes it; null where there is none yet.</param>
    /// <param name="shard">The object's, so that both commit on one shard.</param>
    public static AuditEntry Of(Caller caller, string? objectId, short shard, DateTimeOffset now, string outcome = Succeeded)
    {
        var origin = caller.Origin ?? throw new InvalidOperationException("Background work is not audited: nobody asked for it.");
        return new AuditEntry(
            Id<AuditEntryResource>.New(shard, now).Value, caller, origin.Operation, objectId, outcome, origin.KeyId, caller.Session?.Id, origin.RequestId, origin.Address, now);
    }

    /// <summary>A shard for an entry that belongs to no object.</summary>
    public static short AnyShard() => (short)RandomNumberGenerator.GetInt32(short.MinValue, short.MaxValue + 1);

    public void AddTo(DynamicParameters parameters)
    {
        parameters.Add("auditId", Id);
        parameters.Add("auditMarketplace", Caller.MarketplaceId);
        parameters.Add("auditMode", Caller.Mode.Code());
        parameters.Add("auditOperation", Operation);
        parameters.Add("auditObject", ObjectId, DbType.String);
        parameters.Add("auditOutcome", Outcome);
        parameters.Add("auditKey", KeyId, DbType.Guid);
        parameters.Add("auditSession", SessionId, DbType.Guid);
        parameters.Add("auditRequest", RequestId, DbType.String);
        parameters.Add("auditAddress", Address, DbType.String);
        parameters.Add("auditAt", At.UtcDateTime);
        parameters.Add("auditShard", new Id<AuditEntryResource>(Id).ShardKey);
    }

    /// <summary>The same as part of a batch.</summary>
    public NpgsqlBatchCommand ToBatchCommand() => new(Insert)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid>("auditId", Id),
            new NpgsqlParameter<int>("auditMarketplace", Caller.MarketplaceId),
            new NpgsqlParameter<string>("auditMode", Caller.Mode.Code()),
            new NpgsqlParameter<string>("auditOperation", Operation),
            Optional("auditObject", NpgsqlDbType.Text, ObjectId),
            new NpgsqlParameter<string>("auditOutcome", Outcome),
            Optional("auditKey", NpgsqlDbType.Uuid, KeyId),
            Optional("auditSession", NpgsqlDbType.Uuid, SessionId),
            Optional("auditRequest", NpgsqlDbType.Text, RequestId),
            Optional("auditAddress", NpgsqlDbType.Text, Address),
            new NpgsqlParameter<DateTime>("auditAt", At.UtcDateTime),
            new NpgsqlParameter<short>("auditShard", new Id<AuditEntryResource>(Id).ShardKey),
        },
    };

    private static NpgsqlParameter Optional(string name, NpgsqlDbType type, object? value) => new(name, type) { Value = value ?? DBNull.Value };
}
