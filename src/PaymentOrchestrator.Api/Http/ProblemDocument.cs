using System.Text.Json.Serialization;
using PaymentOrchestrator.Api.Eligibility;
using PaymentOrchestrator.Api.Quotes;

namespace PaymentOrchestrator.Api.Http;

/// <summary>An error, as RFC 9457 describes it, with a stable code.</summary>
public sealed record ProblemDocument
{
    /// <summary>A URN that names the kind of problem.</summary>
    public required string Type { get; init; }

    /// <summary>The same for every problem of the kind.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What went wrong this time, and what to do next.</summary>
    public required string Detail { get; init; }

    /// <summary>Stable; branch on this.</summary>
    public required string Code { get; init; }

    /// <summary>Quote it to support; also in the Request-Id header.</summary>
    public required string RequestId { get; init; }

    /// <summary>Whether the same request can succeed later with nothing else changed.</summary>
    public required bool Retryable { get; init; }

    /// <summary>The fields that are not acceptable.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldError>? Errors { get; init; }

    /// <summary>insufficient_scope: the scope that a key needs for the call.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NeededScope { get; init; }

    /// <summary>buyer_reference_taken: the buyer that has the reference.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BuyerId { get; init; }

    /// <summary>quote_consumed and order_already_paid: the payment.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PaymentId { get; init; }

    /// <summary>quote_consumed and order_already_paid: the payment's status.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PaymentStatus { get; init; }

    /// <summary>refund_amount_too_large: how much of the order is left to refund, CNY.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Amount? AmountLeft { get; init; }

    /// <summary>quote_expired: a fresh quote for the same order, method and currency.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuoteResource? Replacement { get; init; }

    /// <summary>method_not_eligible and facts_unavailable: every requirement of the method with its verdict.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RequirementResource>? Requirements { get; init; }

    internal static ProblemDocument From(Problem problem, string requestId) => new()
    {
        Type = "urn:payment-orchestrator:problem:" + problem.Type.Code,
        Title = problem.Type.Title,
        Status = problem.Type.Status,
        Detail = problem.Detail,
        Code = problem.Type.Code,
        RequestId = requestId,
        Retryable = problem.Type.Retryable,
        Errors = problem.Errors,
        NeededScope = problem.NeededScope,
        BuyerId = problem.BuyerId,
        PaymentId = problem.PaymentId,
        PaymentStatus = problem.PaymentStatus,
        AmountLeft = problem.AmountLeft,
        Replacement = problem.Replacement,
        Requirements = problem.Requirements,
    };
}
