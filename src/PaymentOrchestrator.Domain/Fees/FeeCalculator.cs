using System.Globalization;
using System.Numerics;

namespace PaymentOrchestrator.Domain;

/// <summary>One fee line of a price.</summary>
/// <param name="Code">The fee's code, from the schedule.</param>
/// <param name="Value">Minor units of the source currency.</param>
/// <param name="Percentage">Per cent of the converted order amount.</param>
public sealed record FeeLine(string Code, BigInteger Value, decimal Percentage)
{
    /// <summary>As contracts show percentages: <c>3</c>, <c>2.5</c>.</summary>
    public string PercentageText => Percentage.ToString("0.############", CultureInfo.InvariantCulture);
}

public static class FeeCalculator
{
    /// <summary>
    /// The fee on the converted order amount, and on it alone (never on amount plus fee), half away from zero.
    /// Null where the rule has no fee line.
    /// </summary>
    public static FeeLine? Fee(FeeRule rule, BigInteger convertedOrder)
    {
        if (rule.FeeCode is null) return null;
        var (numerator, denominator) = ExactMath.Fraction(rule.FeePercentage);
        return new FeeLine(rule.FeeCode, ExactMath.DivideHalfUp(convertedOrder * numerator, denominator * 100), rule.FeePercentage);
    }
}
