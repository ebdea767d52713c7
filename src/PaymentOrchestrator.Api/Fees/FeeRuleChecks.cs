using System.Globalization;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Fees;

/// <summary>What must hold of the rules of a schedule before it may be published: then every quote finds a rule that can be computed.</summary>
internal static class FeeRuleChecks
{
    private const int MaxTiers = 20;
    private const int MaxBps = 9_999;

    // 100.000000: no more than the calculator needs, no less than anyone prices with.
    private const int MaxPercentageCharacters = 10;

    public static void Rules(this FieldErrors errors, string field, IReadOnlyList<FeeRuleDocument> rules)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            var (rule, path) = (rules[i], $"{field}[{i}]");
            if (rule.Currency is { } currency && !rule.Method.Accepts(currency))
                errors.Add($"{path}.currency", "currency_not_supported", $"{path}.currency: {rule.Method.Code()} is not paid in {currency}.");
            if (rules.Take(i).Any(earlier => earlier.Method == rule.Method && earlier.Currency == rule.Currency))
                errors.Add(path, "duplicate_rule", $"{path}: {rule.Method.Code()} has a rule for {rule.Currency?.Code ?? "all other currencies"} already.");
            Bps(errors, $"{path}.markup_bps", rule.MarkupBps);
            foreach (var (hold, bps) in rule.LockMarkupBps ?? new Dictionary<string, long>())
            {
                if (QuoteLocks.FromCode(hold) is null)
                    errors.Add($"{path}.lock_markup_bps", "invalid", $"{path}.lock_markup_bps may name {string.Join(", ", QuoteLocks.All.Select(one => one.Code()))} alone.");
                else Bps(errors, $"{path}.lock_markup_bps.{hold}", bps);
            }

            if (rule.Fee is { } fee) Fee(errors, $"{path}.fee", fee, rule);
        }

        foreach (var method in PaymentMethods.All.Where(method => !rules.Any(rule => rule.Method == method && rule.Currency is null)))
            errors.Add(field, "rule_missing", $"{field} must hold a rule for {method.Code()} without a currency.");
    }

    private static void Fee(FieldErrors errors, string path, FeeDocument fee, FeeRuleDocument rule)
    {
        if (fee.Code is not { Length: >= 1 and <= 64 } || fee.Code.Any(character => character is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '_')))
            errors.Add($"{path}.code", "invalid", $"{path}.code must be 1 to 64 small letters, digits and underscores.");
        Percentage(errors, $"{path}.percentage", fee.Percentage);
        Money(errors, $"{path}.fixed", fee.Fixed, rule);
        Money(errors, $"{path}.minimum", fee.Minimum, rule);
        Money(errors, $"{path}.maximum", fee.Maximum, rule);
        if (fee.Maximum is { Value: 0 }) errors.Add($"{path}.maximum", "not_positive", $"{path}.maximum must be 1 or more; for no fee, leave fee out, and for a free one, set its percentage to 0.");
        if (fee is { Minimum: { } least, Maximum: { } most })
        {
            if (least.Currency != most.Currency) errors.Add($"{path}.maximum.currency", "currency_differs", $"{path}.minimum and {path}.maximum must be in one currency.");
            else if (least.Value > most.Value) errors.Add($"{path}.maximum", "invalid", $"{path}.maximum must not be below {path}.minimum.");
        }

        var tiers = fee.Tiers ?? [];
        if (tiers.Count > MaxTiers) errors.Add($"{path}.tiers", "too_many", $"{path}.tiers may hold at most {MaxTiers}.");
        for (var i = 0; i < tiers.Count; i++)
        {
            var (tier, at) = (tiers[i], $"{path}.tiers[{i}]");
            errors.Positive($"{at}.from", tier.From, Currency.Cny);
            if (i > 0 && tier.From.Value <= tiers[i - 1].From.Value) errors.Add($"{at}.from", "not_ascending", $"{at}.from must be above the tier's before.");
            Percentage(errors, $"{at}.percentage", tier.Percentage);
            Money(errors, $"{at}.fixed", tier.Fixed, rule);
        }
    }

    private static void Bps(FieldErrors errors, string path, long bps)
    {
        if (bps is < 0 or > MaxBps) errors.Add(path, "out_of_range", $"{path} must be 0 to {MaxBps}.");
    }

    private static void Percentage(FieldErrors errors, string path, string text)
    {
        var good = text.Length is >= 1 and <= MaxPercentageCharacters && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[^1])
            && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value <= 100m && value.Scale <= 6;
        if (!good) errors.Add(path, "invalid", $"{path} must be a decimal of 0 to 100 with at most six places, like 2.5.");
    }

    private static void Money(FieldErrors errors, string path, Amount? amount, FeeRuleDocument rule)
    {
        if (amount is null) return;
        if (amount.Value < 0) errors.Add($"{path}.value", "negative", $"{path}.value must be 0 or more, in minor units.");
        if (amount.Currency != Currency.Cny && amount.Currency != rule.Currency)
        {
            errors.Add($"{path}.currency", "currency_not_supported", rule.Currency is null
                ? $"{path}.currency must be CNY in a rule for several currencies."
                : $"{path}.currency must be CNY or {rule.Currency}.");
        }
    }
}
