using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Buyers;

/// <summary>A marketplace's customer.</summary>
public sealed record BuyerResource : IResource
{
    public static string Prefix => "byr";

    public required Id<BuyerResource> Id { get; init; }

    /// <summary>Always <c>buyer</c>.</summary>
    public string Object { get; init; } = "buyer";

    /// <summary>The marketplace's own name of the buyer, unique per marketplace and mode.</summary>
    public required string Reference { get; init; }

    /// <summary>ISO 3166-1 alpha-2. Recorded and shown; it decides nothing: only the network does.</summary>
    public required string Country { get; init; }

    public required bool Livemode { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
