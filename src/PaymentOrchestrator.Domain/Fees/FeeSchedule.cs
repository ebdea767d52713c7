namespace PaymentOrchestrator.Domain;

/// <summary>A price list: which fee and which markup a method carries. Effective-dated, published, never edited.</summary>
/// <param name="Id">The schedule's id, recorded in every quote made from it.</param>
/// <param name="EffectiveFrom">When it begins to hold.</param>
/// <param name="Rules">At most one rule per method and currency; a rule without a currency holds for the others.</param>
public sealed record FeeSchedule(string Id, DateTimeOffset EffectiveFrom, IReadOnlyList<FeeRule> Rules)
{
    /// <summary>The rule for the method and currency: the currency's own, else the method's.</summary>
    /// <exception cref="InvalidOperationException">The schedule has no rule for the method: it should not have been published.</exception>
    public FeeRule RuleFor(PaymentMethod method, Currency source) =>
        Rules.FirstOrDefault(rule => rule.Method == method && rule.Currency == source)
        ?? Rules.FirstOrDefault(rule => rule.Method == method && rule.Currency is null)
        ?? throw new InvalidOperationException($"Fee schedule {Id} has no rule for {method.Code()}.");
}

/// <summary>Fee and markup of one method.</summary>
/// <param name="Method">The method.</param>
/// <param name="Currency">The source currency it holds for; null for all that have no rule of their own.</param>
/// <param name="MarkupBps">Basis points taken off the mid rate, 0–9999.</param>
/// <param name="FeeCode">The code of the fee line; null for no fee line at all.</param>
/// <param name="FeePercentage">Per cent of the converted order amount, 0–100; zero is shown as a line of zero.</param>
/// <param name="FeeRefundable">Whether a refund gives back its part of the fee.</param>
public sealed record FeeRule(
    PaymentMethod Method, Currency? Currency, int MarkupBps, string? FeeCode, decimal FeePercentage, bool FeeRefundable = true);
