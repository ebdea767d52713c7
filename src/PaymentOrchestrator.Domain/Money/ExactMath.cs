using System.Numerics;

namespace PaymentOrchestrator.Domain;

/// <summary>
/// The roundings of the product, each done once on an exact fraction. Whole-number arithmetic throughout, so that no intermediate
/// result is rounded behind our back.
/// </summary>
public static class ExactMath
{
    /// <summary>Digits that a rate carries, counted from its first non-zero digit.</summary>
    public const int RateDigits = 10;

    /// <summary>The value as numerator over a power of ten.</summary>
    public static (BigInteger Numerator, BigInteger Denominator) Fraction(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var mantissa = new BigInteger(new decimal(bits[0], bits[1], bits[2], value < 0, 0));
        return (mantissa, BigInteger.Pow(10, (bits[3] >> 16) & 0xFF));
    }

    /// <summary>⌈numerator ÷ denominator⌉ for a non-negative numerator and a positive denominator.</summary>
    public static BigInteger DivideUp(BigInteger numerator, BigInteger denominator) => (numerator + denominator - 1) / denominator;

    /// <summary>Half away from zero, for a non-negative numerator and a positive denominator.</summary>
    public static BigInteger DivideHalfUp(BigInteger numerator, BigInteger denominator) => ((2 * numerator) + denominator) / (2 * denominator);

    /// <summary>Half to even, for a non-negative numerator and a positive denominator.</summary>
    public static BigInteger DivideHalfEven(BigInteger numerator, BigInteger denominator)
    {
        var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);
        var twice = (2 * remainder).CompareTo(denominator);
        return twice > 0 || (twice == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    /// <summary>The fraction to ten significant digits, half to even: how a mid rate is rounded.</summary>
    public static decimal RateHalfEven(BigInteger numerator, BigInteger denominator) => ToRate(numerator, denominator, DivideHalfEven);

    /// <summary>The fraction to ten significant digits, rounded down: how a customer rate is rounded.</summary>
    public static decimal RateDown(BigInteger numerator, BigInteger denominator) => ToRate(numerator, denominator, (n, d) => n / d);

    private static decimal ToRate(BigInteger numerator, BigInteger denominator, Func<BigInteger, BigInteger, BigInteger> round)
    {
        if (numerator.Sign <= 0 || denominator.Sign <= 0)
            throw new ArgumentOutOfRangeException(nameof(numerator), "A rate is positive.");

        // Find the scale (decimals) at which the rounded mantissa has ten digits; rounding up can reach 10^10, which is one digit more.
        var limit = BigInteger.Pow(10, RateDigits);
        var scale = RateDigits;
        while (numerator * Power(scale) >= limit * denominator * Power(-scale)) scale--;
        while (numerator * Power(scale + 1) < limit * denominator * Power(-(scale + 1))) scale++;
        var mantissa = round(numerator * Power(scale), denominator * Power(-scale));
        if (mantissa == limit)
        {
            mantissa /= 10;
            scale--;
        }

        if (scale is < 0 or > 28)
            throw new OverflowException("The rate lies outside what ten significant digits of a decimal can say.");
        // The low word is 32 bits of the mantissa, not a number: its highest bit is no sign.
        return new decimal(unchecked((int)(uint)(mantissa & uint.MaxValue)), (int)(mantissa >> 32), 0, false, (byte)scale);

        static BigInteger Power(int exponent) => exponent > 0 ? BigInteger.Pow(10, exponent) : BigInteger.One;
    }
}
