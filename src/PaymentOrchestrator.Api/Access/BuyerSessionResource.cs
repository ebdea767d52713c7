using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

/// <summary>What one buyer's browser may do for a while.</summary>
public sealed record BuyerSessionResource : IResource
{
    public static string Prefix => "bse";

    public required Id<BuyerSessionResource> Id { get; init; }

    /// <summary>Always <c>buyer_session</c>.</summary>
    public string Object { get; init; } = "buyer_session";

    public required Id<BuyerResource> BuyerId { get; init; }

    /// <summary>The one order that the session is for; null for any of the buyer's.</summary>
    public required BuyerSessionOrder? Order { get; init; }

    /// <summary>For the browser's Buyer-Session header; in the answer that made it and nowhere else, and null in a replay of that answer.</summary>
    public string? ClientSecret { get; init; }

    public required bool Livemode { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was ended early; null otherwise.</summary>
    public required DateTimeOffset? RevokedAt { get; init; }
}

/// <summary>The order of a buyer session.</summary>
public sealed record BuyerSessionOrder
{
    /// <summary>The order's id at the marketplace, 1–64 characters.</summary>
    public required string Id { get; init; }

    /// <summary>Its amount, CNY: the browser cannot ask for another. Null for any.</summary>
    public Http.Amount? Amount { get; init; }
}

/// <summary>A session's secret: its id, by which it is found, and 190 random bits, of which only the SHA-256 is stored.</summary>
internal static class BuyerSessionSecret
{
    private const int IdLength = 30;

    public static string New(Id<BuyerSessionResource> id) => $"{id}_{ApiKeys.RandomText()}";

    /// <summary>The id that it begins with, unproven until the hash was found; null when it is no session's secret.</summary>
    public static Id<BuyerSessionResource>? IdIn(string? secret) =>
        secret is { Length: > IdLength and <= 80 } && secret[IdLength] == '_' && Id<BuyerSessionResource>.TryParse(secret[..IdLength], null, out var id) ? id : null;
}
