using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Eligibility;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Orders;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Api.Rates;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.PaymentOptions;

/// <summary>Every way to pay one order, priced, explained and ranked. Shows the same answer for ever.</summary>
public sealed record PaymentOptionsResource : IResource
{
    public static string Prefix => "opt";

    public required Id<PaymentOptionsResource> Id { get; init; }

    /// <summary>Always <c>payment_options</c>.</summary>
    public string Object { get; init; } = "payment_options";

    public required Id<BuyerResource> BuyerId { get; init; }

    public required OrderBody Order { get; init; }

    /// <summary>The currency of every cost and saving.</summary>
    public required Currency ComparisonCurrency { get; init; }

    /// <summary>The best first: open ones by cost, then open ones without a price, then closed ones; ties in the order of the methods, then by currency.</summary>
    public required IReadOnlyList<PaymentOption> Options { get; init; }

    /// <summary>The cheapest of the open ones; null when nothing is open at a known price.</summary>
    public required Recommendation? Recommendation { get; init; }

    /// <summary>What a bank transfer would cost, for comparison only: it cannot be paid here. Null where none is configured.</summary>
    public required BankTransfer? BankTransfer { get; init; }

    /// <summary>The reference rates that costs and balances were reckoned at.</summary>
    public required IReadOnlyList<ExchangeRateResource> Rates { get; init; }

    /// <summary>What the providers said of the buyer: the verdicts were made from this.</summary>
    public required IReadOnlyList<ProviderFacts> Facts { get; init; }

    public required NetworkResource Network { get; init; }

    /// <summary>The language of every sentence in the answer: <c>en</c> or <c>zh-CN</c>.</summary>
    public required string Language { get; init; }

    /// <summary>Which version of the rules decided on eligibility.</summary>
    public required string RuleVersion { get; init; }

    /// <summary>The price list that the quotes were made with.</summary>
    public required string FeeScheduleId { get; init; }

    public required bool Livemode { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>One method in one currency.</summary>
public sealed record PaymentOption
{
    public required PaymentMethod Method { get; init; }

    /// <summary>What the buyer would pay in; null for a method of which nothing is open.</summary>
    public required Currency? SourceCurrency { get; init; }

    /// <summary>Every requirement is met; a balance counts in this currency alone.</summary>
    public required bool Eligible { get; init; }

    /// <summary>Every requirement of the method, met or not, in the order in which a buyer would fulfil them.</summary>
    public required IReadOnlyList<RequirementResource> Requirements { get; init; }

    /// <summary>A quote like any other, payable as it is until it expires. Null for what is closed or has no price just now.</summary>
    public required QuoteResource? Quote { get; init; }

    /// <summary>The quote's total at the mid rates under <c>rates</c>, in the comparison currency, half to even.</summary>
    public required Amount? Cost { get; init; }

    /// <summary>What it saves against the dearest open option; zero for the dearest.</summary>
    public required Amount? Saving { get; init; }

    /// <summary>What it saves against the bank transfer; negative where the transfer would be cheaper, null where none is configured.</summary>
    public required Amount? SavingAgainstBankTransfer { get; init; }

    /// <summary>When the supplier's money arrives, as a rule: within <c>minutes</c>, or null where the provider does not say.</summary>
    public required string? Speed { get; init; }

    /// <summary>The same as a sentence for the buyer.</summary>
    public required string Arrival { get; init; }

    /// <summary>Why an open option has no quote; null where it has one.</summary>
    public required PriceUnavailable? Unavailable { get; init; }

    /// <summary>The shortest list of things to do that opens it, in their order; empty for what is open.</summary>
    public required IReadOnlyList<Step> Steps { get; init; }
}

/// <summary>Why there is no price just now.</summary>
public sealed record PriceUnavailable
{
    /// <summary>A problem's code: <c>provider_unavailable</c>, <c>rate_source_unavailable</c>, <c>amount_too_large</c> …</summary>
    public required string Code { get; init; }

    /// <summary>One sentence for the buyer, in the answer's language.</summary>
    public required string Message { get; init; }
}

/// <summary>What is best, and why.</summary>
public sealed record Recommendation
{
    public required PaymentMethod Method { get; init; }

    public required Currency SourceCurrency { get; init; }

    /// <summary>One sentence for the buyer.</summary>
    public required string Reason { get; init; }
}

/// <summary>A bank transfer, to compare with.</summary>
public sealed record BankTransfer
{
    /// <summary>The order, the percentage of it and the fixed fee, in the comparison currency, half to even.</summary>
    public required Amount Cost { get; init; }

    public required Amount FixedFee { get; init; }

    /// <summary>Per cent of the order, as a decimal.</summary>
    public required string Percentage { get; init; }

    /// <summary>Always <c>days</c>.</summary>
    public string Speed { get; init; } = "days";

    /// <summary>The same as a sentence for the buyer.</summary>
    public required string Arrival { get; init; }
}
