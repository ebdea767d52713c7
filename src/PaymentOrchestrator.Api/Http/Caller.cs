using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Http;

/// <summary>Who calls: one marketplace in one mode. Every query is bound to both.</summary>
internal sealed record Caller(int MarketplaceId, Mode Mode)
{
    /// <summary>The request that it speaks by; null in background work.</summary>
    public RequestOrigin? Origin { get; init; }

    /// <summary>The buyer's session, where a browser calls with a publishable key; null for the marketplace's server.</summary>
    public CallerSession? Session { get; init; }

    /// <summary>Whether what belongs to the buyer may be shown or used: anything to the marketplace, only the session's buyer to a browser.</summary>
    public bool MayActFor(Id<BuyerResource> buyer) => Session is null || Session.BuyerId == buyer;

    /// <summary>The buyer's address: as the marketplace's server says it, but for a browser always its connection's.</summary>
    public string? AddressOfBuyer(string? given) => Session is null ? given : Session.Address;

    /// <summary>How it came to be that it calls is no part of who it is.</summary>
    public bool Equals(Caller? other) => other is not null && MarketplaceId == other.MarketplaceId && Mode == other.Mode;

    public override int GetHashCode() => HashCode.Combine(MarketplaceId, Mode);

    /// <summary>Set by the key check before an endpoint that needs a key is run.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<Caller>());
}

/// <summary>The request behind a command, for the audit log.</summary>
/// <param name="KeyId">Null for what an operator does on the machine, with no key.</param>
/// <param name="Operation">The operation's id in openapi.yaml, or the command's name.</param>
/// <param name="RequestId">Null likewise.</param>
/// <param name="Address">Of the client, behind proxies that we trust; null where it is not known.</param>
internal sealed record RequestOrigin(Guid? KeyId, string Operation, string? RequestId, string? Address)
{
    public static RequestOrigin OfCommand(string name) => new(null, name, null, null);
}

/// <param name="Id">The session's.</param>
/// <param name="OrderId">The one order that the session is for; null for any.</param>
/// <param name="OrderAmount">Its amount, CNY in minor units, where the marketplace set it.</param>
/// <param name="Address">The browser's, by its connection.</param>
internal sealed record CallerSession(Guid Id, Id<BuyerResource> BuyerId, string? OrderId, long? OrderAmount, string? Address)
{
    /// <summary>The refusal of an order that is not the session's.</summary>
    public Problem? Refuse(Orders.OrderBody order) =>
        (OrderId is null || order.Id == OrderId) && (OrderAmount is null || order.Amount is null || order.Amount.Value == OrderAmount)
            ? null
            : new Problem(ProblemType.NotInSession, "The buyer session is for another order, or another amount. Have the marketplace's server open one for this order.");
}
