using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.LinkedAccounts;

/// <summary>A linked account as it is stored. Changes make a new version and an event, see <see cref="LinkedAccountStore"/>.</summary>
internal sealed record LinkedAccount
{
    public const string Pending = "pending";
    public const string Active = "active";
    public const string Failed = "failed";
    public const string Revoked = "revoked";

    public required Id<LinkedAccountResource> Id { get; init; }

    public required Caller Owner { get; init; }

    public required Id<BuyerResource> BuyerId { get; init; }

    public required LinkProvider Provider { get; init; }

    public required string Status { get; init; }

    public string? Login { get; init; }

    public Id<LinkedAccountResource>? ParentId { get; init; }

    public string? ReturnUrl { get; init; }

    public byte[]? StateHash { get; init; }

    public string? Session { get; init; }

    public string? NextActionUrl { get; init; }

    public string? ProviderAccountId { get; init; }

    public string? DisplayName { get; init; }

    /// <summary>Encrypted.</summary>
    public string? Secret { get; init; }

    public DateTimeOffset? SecretExpiresAt { get; init; }

    public string? FailureCode { get; init; }

    public string? FailureMessage { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public int Version { get; init; } = 1;

    public LinkedAccount WithGrant(AccountGrant grant, string encryptedSecret) => this with
    {
        Status = Active,
        ProviderAccountId = grant.ProviderAccountId,
        DisplayName = ProviderText.Kept(grant.DisplayName),
        Secret = encryptedSecret,
        SecretExpiresAt = grant.ExpiresAt,
        StateHash = null,
        NextActionUrl = null,
    };

    /// <summary>What the provider does not let us use any more, and why. The next linking is a new account.</summary>
    public LinkedAccount Ended(string code, string message) => WithFailure(code, message) with { Status = Revoked, Secret = null, SecretExpiresAt = null };

    public LinkedAccount WithFailure(string code, string message) => this with
    {
        Status = Failed,
        FailureCode = code,
        FailureMessage = ProviderText.Kept(message),
        StateHash = null,
        NextActionUrl = null,
    };

    public LinkedAccountResource ToResource() => new()
    {
        Id = Id,
        BuyerId = BuyerId,
        Provider = Provider,
        Status = Status,
        Login = Login,
        DisplayName = DisplayName,
        NextAction = NextActionUrl is null ? null : new NextAction { Url = NextActionUrl },
        Failure = FailureCode is null ? null : new LinkFailure { Code = FailureCode, Message = FailureMessage! },
        Livemode = Owner.Mode == Mode.Live,
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
    };
}
