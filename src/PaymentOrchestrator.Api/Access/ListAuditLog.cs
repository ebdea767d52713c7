using Mediator;
using Microsoft.AspNetCore.Mvc;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

/// <summary>One thing that someone did, or was refused.</summary>
public sealed record AuditEntryResource : IResource
{
    public static string Prefix => "aud";

    public required Id<AuditEntryResource> Id { get; init; }

    /// <summary>Always <c>audit_entry</c>.</summary>
    public string Object { get; init; } = "audit_entry";

    /// <summary>The operation's id in this document, or the name of the command that an operator ran on the machine.</summary>
    public required string Operation { get; init; }

    /// <summary>What it was done to; null where there was nothing yet.</summary>
    public required string? ObjectId { get; init; }

    /// <summary><c>succeeded</c>, or the code of the refusal.</summary>
    public required string Outcome { get; init; }

    /// <summary>By which key; null for a command on the machine.</summary>
    public required Id<ApiKeyResource>? KeyId { get; init; }

    /// <summary>By which buyer session, with a publishable key.</summary>
    public required Id<BuyerSessionResource>? SessionId { get; init; }

    /// <summary>The request_id of the answer.</summary>
    public required string? RequestId { get; init; }

    /// <summary>The client's address; null where it is not known.</summary>
    public required string? Address { get; init; }

    public required bool Livemode { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Entries of the audit log, the newest first.</summary>
public sealed record AuditLog
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<AuditEntryResource> Data { get; init; }

    public required bool HasMore { get; init; }

    /// <summary>Give it as cursor for the next page; null on the last.</summary>
    public required string? NextCursor { get; init; }
}

internal sealed record ListAuditLog(Caller Caller, string? Operation, string? ObjectId, string? KeyId, Page Page) : IQuery<Result<AuditLog>>, IValidated
{
    public void Validate(FieldErrors errors)
    {
        errors.Text("operation", Operation, 64);
        errors.Text("object_id", ObjectId, 64);
        Page.Validate<AuditEntryResource>(errors);
    }
}

internal sealed class ListAuditLogHandler(AuditTrail trail) : IQueryHandler<ListAuditLog, Result<AuditLog>>
{
    public async ValueTask<Result<AuditLog>> Handle(ListAuditLog query, CancellationToken cancellationToken)
    {
        var size = query.Page.Size;
        Id<ApiKeyResource>? key = query.KeyId is { } text ? Id<ApiKeyResource>.ParseOrNone(text) : null;
        var found = await trail.ListAsync(query.Caller, query.Operation, query.ObjectId, key, query.Page.Before<AuditEntryResource>(), size + 1, cancellationToken);
        var more = found.Count > size;
        return new AuditLog { Data = [.. found.Take(size)], HasMore = more, NextCursor = more ? found[size - 1].Id.ToString() : null };
    }
}

internal static class ListAuditLogEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/audit-log", async (
            Caller caller, string? operation, [FromQuery(Name = "object_id")] string? objectId, [FromQuery(Name = "key_id")] string? keyId, string? limit, string? cursor,
            ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ListAuditLog(caller, operation, objectId, keyId, new Page(limit, cursor)), cancellationToken)).Ok())
        .Needs(Scope.Admin)
        .WithName("listAuditLog").WithTags("Access")
        .WithSummary("Who did what, the newest first")
        .WithDescription("""
            Keys, buyer sessions, webhook endpoints and everything that operators decide, refusals included. Entries are never changed and never removed. Filter by operation,
            object_id and key_id; limit is 1 to 100, 20 by default; cursor is the next_cursor of an earlier page.
            """)
        .Produces<AuditLog>().Refuses(400, 401);
}
