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
/// <param name="MarkupBps">Basis points taken off the mid rate, 0–9999, for every length of hold that has none of its own.</param>
/// <param name="Fee">The fee line; null for no fee line at all.</param>
/// <param name="FeeRefundable">Whether a refund gives back its part of the fee.</param>
public sealed record FeeRule(PaymentMethod Method, Currency? Currency, int MarkupBps, FeeTerms? Fee, bool FeeRefundable = true)
{
    private static readonly Dictionary<QuoteLock, int> None = [];

    /// <summary>The markups of the lengths of hold that have one of their own, 0–9999 basis points.</summary>
    public IReadOnlyDictionary<QuoteLock, int> LockMarkupBps { get; init; } = None;

    public int MarkupBpsFor(QuoteLock hold) => LockMarkupBps.TryGetValue(hold, out var own) ? own : MarkupBps;
}
