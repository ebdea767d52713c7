using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.LinkedAccounts;

/// <summary>How Dapper reads an account.</summary>
internal sealed class LinkedAccountRow
{
    public Guid Id { get; init; }

    public int MarketplaceId { get; init; }

    public string Mode { get; init; } = "";

    public Guid BuyerId { get; init; }

    public string Provider { get; init; } = "";

    public string Status { get; init; } = "";

    public string? Login { get; init; }

    public Guid? ParentId { get; init; }

    public string? ReturnUrl { get; init; }

    public byte[]? StateHash { get; init; }

    public string? Session { get; init; }

    public string? NextActionUrl { get; init; }

    public string? ProviderAccountId { get; init; }

    public string? DisplayName { get; init; }

    public string? Secret { get; init; }

    public DateTime? SecretExpiresAt { get; init; }

    public string? FailureCode { get; init; }

    public string? FailureMessage { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; init; }

    public int Version { get; init; }

    public LinkedAccount ToAccount() => new()
    {
        Id = new Id<LinkedAccountResource>(Id),
        Owner = new Caller(MarketplaceId, Mode == "live" ? Domain.Mode.Live : Domain.Mode.Test),
        BuyerId = new Id<BuyerResource>(BuyerId),
        Provider = LinkProviders.FromCode(Provider) ?? throw new InvalidOperationException($"Unknown provider {Provider} in linked_accounts."),
        Status = Status,
        Login = Login,
        ParentId = ParentId is { } parent ? new Id<LinkedAccountResource>(parent) : null,
        ReturnUrl = ReturnUrl,
        StateHash = StateHash,
        Session = Session,
        NextActionUrl = NextActionUrl,
        ProviderAccountId = ProviderAccountId,
        DisplayName = DisplayName,
        Secret = Secret,
        SecretExpiresAt = SecretExpiresAt,
        FailureCode = FailureCode,
        FailureMessage = FailureMessage,
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
        Version = Version,
    };
}
