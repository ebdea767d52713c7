using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

/// <summary>A key of the marketplace, without the key itself.</summary>
public sealed record ApiKeyResource : IResource
{
    internal const string SecretKind = "secret";
    internal const string PublishableKind = "publishable";

    public static string Prefix => "key";

    public required Id<ApiKeyResource> Id { get; init; }

    /// <summary>Always <c>api_key</c>.</summary>
    public string Object { get; init; } = "api_key";

    /// <summary><c>secret</c>, for servers alone, or <c>publishable</c>, for buyers' browsers together with a buyer session.</summary>
    public required string Kind { get; init; }

    /// <summary>Yours. At most two keys of a kind with one name are active at a time: the present one and the next.</summary>
    public required string Name { get; init; }

    /// <summary>How the key begins, to tell it from others; null for keys of the first hour.</summary>
    public required string? KeyPrefix { get; init; }

    /// <summary>What the key may do. A publishable key has none: its buyer session says what it may.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Publishable keys: the origins whose pages may call with it.</summary>
    public required IReadOnlyList<string> AllowedOrigins { get; init; }

    /// <summary>The key, in the answer that made it and nowhere else; null in every other, a replay of that answer included.</summary>
    public string? Secret { get; init; }

    /// <summary><c>active</c>, <c>expired</c> or <c>revoked</c>.</summary>
    public required string Status { get; init; }

    public required bool Livemode { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? ExpiresAt { get; init; }

    public required DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Up to two minutes behind; null for never.</summary>
    public required DateTimeOffset? LastUsedAt { get; init; }
}

/// <summary>Keys, the newest first, those that have ended included.</summary>
public sealed record ApiKeyList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<ApiKeyResource> Data { get; init; }

    public required bool HasMore { get; init; }

    /// <summary>Give it as cursor for the next page; null on the last.</summary>
    public required string? NextCursor { get; init; }
}
