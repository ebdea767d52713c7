using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.LinkedAccounts;

/// <summary>A buyer's account at a provider.</summary>
public sealed record LinkedAccountResource : IResource
{
    public static string Prefix => "lac";

    public required Id<LinkedAccountResource> Id { get; init; }

    /// <summary>Always <c>linked_account</c>.</summary>
    public string Object { get; init; } = "linked_account";

    public required Id<BuyerResource> BuyerId { get; init; }

    public required LinkProvider Provider { get; init; }

    /// <summary><c>pending</c> (the buyer has to consent at next_action), <c>active</c>, <c>failed</c> or <c>revoked</c>.</summary>
    public required string Status { get; init; }

    /// <summary>marketplace_1688 only: how the buyer logs in there, <c>alipay</c> or <c>password</c>.</summary>
    public string? Login { get; init; }

    /// <summary>For people, masked; null until the account is active.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Where to send the buyer; null when there is nothing to do.</summary>
    public NextAction? NextAction { get; init; }

    /// <summary>Why the linking failed, or why the provider ended an active account's authorisation; null unless one of these happened.</summary>
    public LinkFailure? Failure { get; init; }

    public required bool Livemode { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Something that only the buyer can do, in a browser.</summary>
public sealed record NextAction
{
    /// <summary>Always <c>redirect</c>.</summary>
    public string Type { get; init; } = "redirect";

    /// <summary>Open it in the buyer's browser.</summary>
    public required string Url { get; init; }
}

/// <summary>Why a linking failed, or ended.</summary>
public sealed record LinkFailure
{
    /// <summary>A stable failure code: <c>consent_refused</c>, <c>code_expired</c>, <c>authorization_expired</c>, <c>action_expired</c> …</summary>
    public required string Code { get; init; }

    public required string Message { get; init; }
}

/// <summary>A list of a buyer's linked accounts, the newest last.</summary>
public sealed record LinkedAccountList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<LinkedAccountResource> Data { get; init; }
}
