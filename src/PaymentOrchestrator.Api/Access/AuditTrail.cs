using System.Text.RegularExpressions;
using Dapper;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

/// <summary>The audit log: written here where nothing else is, and read.</summary>
internal sealed partial class AuditTrail(Db db, TimeProvider clock)
{
    /// <summary>An endpoint filter: what was refused is a fact about who asked, too.</summary>
    public static async ValueTask<object?> RecordRefusal(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        if (result is HttpAnswers.ProblemAnswer { Problem: var problem })
            await context.HttpContext.RequestServices.GetRequiredService<AuditTrail>().RefusedAsync(context.HttpContext, problem);
        return result;
    }

    /// <summary>Writes down that the request was refused.</summary>
    public async Task RefusedAsync(HttpContext context, Problem problem)
    {
        if (context.Features.Get<Caller>() is not { } caller) return;
        // What stands in the address is the caller's own word: kept only where it has the form of an id.
        // The last of several is what is acted on, within the others.
        var named = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.Parameters is [.., var last]
            && context.Request.RouteValues[last.Name] is string text && IdForm().IsMatch(text) ? text : null;
        var parameters = new DynamicParameters();
        AuditEntry.Of(caller, named, AuditEntry.AnyShard(), clock.Now(), problem.Type.Code).AddTo(parameters);
        await using var connection = await db.OpenAsync(caller, CancellationToken.None);
        await connection.ExecuteAsync(AuditEntry.Insert + ";", parameters);
    }

    /// <summary>Of the whole marketplace, so over all shards; the newest first.</summary>
    public async Task<IReadOnlyList<AuditEntryResource>> ListAsync(
        Caller caller, string? operation, string? objectId, Id<ApiKeyResource>? key, Guid? before, int limit, CancellationToken cancellationToken)
    {
        var sql = """
            select a.id, a.operation, a.object_id, a.outcome, a.key_id, a.session_id, a.request_id, a.address, a.created_at
            from audit_log a where a.marketplace_id = @marketplace and a.mode = @mode
            """
            + (operation is null ? "" : " and a.operation = @operation")
            + (objectId is null ? "" : " and a.object_id = @objectId")
            + (key is null ? "" : " and a.key_id = @key")
            + (before is null ? "" : " and a.id < @before")
            + " order by a.id desc limit @limit;";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(sql, new
        {
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            operation,
            objectId,
            key = key?.Value,
            before,
            limit,
        }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToResource(caller))];
    }

    [GeneratedRegex("^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}$")]
    private static partial Regex IdForm();

    private sealed class Row
    {
        public Guid Id { get; init; }

        public string Operation { get; init; } = "";

        public string? ObjectId { get; init; }

        public string Outcome { get; init; } = "";

        public Guid? KeyId { get; init; }

        public Guid? SessionId { get; init; }

        public string? RequestId { get; init; }

        public string? Address { get; init; }

        public DateTime CreatedAt { get; init; }

        public AuditEntryResource ToResource(Caller caller) => new()
        {
            Id = new Id<AuditEntryResource>(Id),
            Operation = Operation,
            ObjectId = ObjectId,
            Outcome = Outcome,
            KeyId = KeyId is { } key ? new Id<ApiKeyResource>(key) : null,
            SessionId = SessionId is { } session ? new Id<BuyerSessionResource>(session) : null,
            RequestId = RequestId,
            Address = Address,
            Livemode = caller.Mode == Mode.Live,
            CreatedAt = CreatedAt,
        };
    }
}
