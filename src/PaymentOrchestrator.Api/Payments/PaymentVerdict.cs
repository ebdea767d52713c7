using PaymentOrchestrator.Api.Eligibility;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>
/// The verdict that let a payment pass, as it was made: on facts that were asked for at that moment. Stored with the payment's intent (payments.verdict)
/// and never changed.
/// </summary>
public sealed record PaymentVerdict
{
    /// <summary>Which version of the rules decided.</summary>
    public required string RuleVersion { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset JudgedAt { get; init; }

    /// <summary>Every requirement of the payment's method; all of them are met.</summary>
    public required IReadOnlyList<VerdictRequirement> Requirements { get; init; }

    /// <summary>When each provider was asked.</summary>
    public required IReadOnlyList<VerdictSource> Sources { get; init; }

    internal static PaymentVerdict Of(MethodVerdict verdict, BuyerReading reading, DateTimeOffset now) => new()
    {
        RuleVersion = EligibilityRules.Version,
        JudgedAt = now,
        Requirements =
        [
            .. verdict.Requirements.Select(requirement => new VerdictRequirement
            {
                Code = requirement.Code.Text(),
                Status = requirement.Status.Text(),
                Observed = requirement.Observed,
                Required = requirement.Required,
            }),
        ],
        Sources =
        [
            .. ProviderFacts.Of(reading, now).Where(facts => facts.AsOf is not null).Select(facts => new VerdictSource { Provider = facts.Provider, AsOf = facts.AsOf!.Value }),
        ],
    };

    /// <summary>Reads payments.verdict; null for a payment from before verdicts were kept.</summary>
    internal static PaymentVerdict? Read(string? stored) => stored is null ? null : ApiJson.Read<PaymentVerdict>(stored);
}

/// <summary>One requirement as it stood when the payment was let pass.</summary>
public sealed record VerdictRequirement
{
    public required string Code { get; init; }

    /// <summary>Always <c>met</c> in a payment's verdict.</summary>
    public required string Status { get; init; }

    /// <summary>What was seen.</summary>
    public required Observation? Observed { get; init; }

    /// <summary>What was asked for.</summary>
    public required Observation Required { get; init; }
}

/// <summary>A provider that was asked.</summary>
public sealed record VerdictSource
{
    public required LinkProvider Provider { get; init; }

    /// <summary>When it was asked: what it said was true then or later.</summary>
    public required DateTimeOffset AsOf { get; init; }
}
