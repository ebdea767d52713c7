using Mediator;
using Microsoft.AspNetCore.Mvc;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

internal sealed record ListPayments(Caller Caller, string? OrderId, string? BuyerId, string? Status, string? Limit, string? Cursor)
    : IQuery<Result<PaymentList>>, IValidated
{
    public const int DefaultLimit = 20;

    public int Page => Limit is null ? DefaultLimit : int.Parse(Limit, System.Globalization.CultureInfo.InvariantCulture);

    public void Validate(FieldErrors errors)
    {
        errors.Text("order_id", OrderId, 64);
        errors.Id<BuyerResource>("buyer_id", BuyerId);
        if (Status is not null && PaymentTransitions.FromCode(Status) is null)
            errors.Add("status", "invalid", "status must be one of requires_action, processing, succeeded, failed, canceled, under_review.");
        if (Limit is not null && !(int.TryParse(Limit, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= 100))
            errors.Add("limit", "invalid", "limit must be 1 to 100.");
        if (Cursor is not null && !Id<PaymentResource>.TryParse(Cursor, null, out _))
            errors.Add("cursor", "invalid", "cursor must be the next_cursor of an earlier page.");
    }
}

internal sealed class ListPaymentsHandler(PaymentReader reader) : IQueryHandler<ListPayments, Result<PaymentList>>
{
    public async ValueTask<Result<PaymentList>> Handle(ListPayments query, CancellationToken cancellationToken)
    {
        var found = await reader.ListAsync(
            query.Caller, query.OrderId, query.BuyerId is null ? null : Id<BuyerResource>.ParseOrNone(query.BuyerId), query.Status,
            query.Cursor is null ? null : Id<PaymentResource>.ParseOrNone(query.Cursor), query.Page + 1, cancellationToken);
        var page = found.Take(query.Page).ToList();
        var more = found.Count > query.Page;
        return new PaymentList
        {
            Data = [.. page.Select(payment => payment.ToResource())],
            HasMore = more,
            NextCursor = more ? page[^1].Id.ToString() : null,
        };
    }
}

internal static class ListPaymentsEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/payments", async (
            Caller caller, [FromQuery(Name = "order_id")] string? orderId, [FromQuery(Name = "buyer_id")] string? buyerId, string? status, string? limit, string? cursor,
            ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ListPayments(caller, orderId, buyerId, status, limit, cursor), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("listPayments").WithTags("Payments")
        .WithSummary("List payments, the newest first")
        .WithDescription("Filter by order, buyer and status. limit is 1 to 100, 20 by default; cursor is the next_cursor of an earlier page.")
        .Produces<PaymentList>().Refuses(400, 401);
}
