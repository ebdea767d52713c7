using Mediator;
using Microsoft.AspNetCore.Mvc;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Ledger;

internal sealed record ListLedgerEntries(Caller Caller, string? PaymentId, string? Account, Page Page) : IQuery<Result<LedgerEntryList>>, IValidated
{
    private static readonly string[] Accounts = [.. Enum.GetValues<LedgerAccount>().Select(account => account.Code())];

    public LedgerCursor? After => LedgerCursor.Parse(Page.Cursor);

    public void Validate(FieldErrors errors)
    {
        errors.Id<PaymentResource>("payment_id", PaymentId);
        if (Account is not null && !Accounts.Contains(Account)) errors.Add("account", "invalid", $"account must be one of {string.Join(", ", Accounts)}.");
        Page.Validate(errors, Page.Cursor is null || After is not null);
    }
}

internal sealed class ListLedgerEntriesHandler(LedgerReader reader) : IQueryHandler<ListLedgerEntries, Result<LedgerEntryList>>
{
    public async ValueTask<Result<LedgerEntryList>> Handle(ListLedgerEntries query, CancellationToken cancellationToken)
    {
        var size = query.Page.Size;
        var found = await reader.ListAsync(
            query.Caller, query.PaymentId is null ? null : Id<PaymentResource>.ParseOrNone(query.PaymentId), query.Account, query.After, size + 1, cancellationToken);
        var more = found.Count > size;
        return new LedgerEntryList
        {
            Data = [.. found.Take(size)],
            HasMore = more,
            NextCursor = more ? new LedgerCursor(found[size - 1].TransactionId, found[size - 1].Line).ToString() : null,
        };
    }
}

internal static class ListLedgerEntriesEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/ledger/entries", async (
            Caller caller, [FromQuery(Name = "payment_id")] string? paymentId, string? account, string? limit, string? cursor, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ListLedgerEntries(caller, paymentId, account, new Page(limit, cursor)), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("listLedgerEntries").WithTags("Ledger")
        .WithSummary("List ledger entries, the newest transaction first")
        .WithDescription("Filter by payment and account. limit is 1 to 100, 20 by default; cursor is the next_cursor of an earlier page.")
        .Produces<LedgerEntryList>().Refuses(400, 401);
}
