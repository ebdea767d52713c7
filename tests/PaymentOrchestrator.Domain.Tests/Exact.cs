using System.Globalization;
using System.Numerics;

namespace PaymentOrchestrator.Domain.Tests;

/// <summary>Fractions of whole numbers, so that expectations are computed without any rounding and without the code under test.</summary>
internal readonly struct Exact : IComparable<Exact>
{
    private static readonly HashSet<string> NoDecimals = [.. "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".Split(' ')];
    private static readonly HashSet<string> ThreeDecimals = [.. "BHD IQD JOD KWD LYD OMR TND".Split(' ')];

    public Exact(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.Sign <= 0) throw new ArgumentOutOfRangeException(nameof(denominator));
        Numerator = numerator;
        Denominator = denominator;
    }

    public BigInteger Numerator { get; }

    public BigInteger Denominator { get; }

    public static implicit operator Exact(long whole) => new(whole, 1);

    public static implicit operator Exact(BigInteger whole) => new(whole, 1);

    public static Exact operator +(Exact a, Exact b) => new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Exact operator -(Exact a, Exact b) => new((a.Numerator * b.Denominator) - (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Exact operator *(Exact a, Exact b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    /// <summary>By a positive fraction.</summary>
    public static Exact operator /(Exact a, Exact b) => new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static bool operator <(Exact a, Exact b) => a.CompareTo(b) < 0;

    public static bool operator >(Exact a, Exact b) => a.CompareTo(b) > 0;

    public static bool operator <=(Exact a, Exact b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Exact a, Exact b) => a.CompareTo(b) >= 0;

    public static Exact Of(decimal value) => Parse(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Whole units of the currency, not minor ones.</summary>
    public static Exact Of(Money money) => new(money.Value, MinorUnitsPerUnit(money.Currency));

    /// <summary>Digits with at most one point.</summary>
    public static Exact Parse(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return point < 0
            ? new Exact(BigInteger.Parse(text, CultureInfo.InvariantCulture), 1)
            : new Exact(BigInteger.Parse(text.Remove(point, 1), CultureInfo.InvariantCulture), BigInteger.Pow(10, text.Length - point - 1));
    }

    public static long MinorUnitsPerUnit(Currency currency) =>
        NoDecimals.Contains(currency.Code) ? 1 : ThreeDecimals.Contains(currency.Code) ? 1000 : 100;

    public static Exact PowerOfTen(int exponent) =>
        exponent < 0 ? new Exact(1, BigInteger.Pow(10, -exponent)) : new Exact(BigInteger.Pow(10, exponent), 1);

    public int CompareTo(Exact other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    /// <summary>The largest whole number that is not above.</summary>
    public BigInteger Floor()
    {
        var quotient = BigInteger.DivRem(Numerator, Denominator, out var rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>The smallest whole number that is not below.</summary>
    public BigInteger Ceiling() => -new Exact(-Numerator, Denominator).Floor();

    /// <summary>The nearest whole number; of two that are equally near, the larger.</summary>
    public BigInteger HalfUp() => (this + new Exact(1, 2)).Floor();

    /// <summary>The nearest whole number; of two that are equally near, the even one.</summary>
    public BigInteger HalfEven()
    {
        var up = HalfUp();
        return !up.IsEven && ((Exact)up - this).CompareTo(new Exact(1, 2)) == 0 ? up - 1 : up;
    }

    /// <summary>A positive number at ten significant digits, rounded as told.</summary>
    public Exact TenDigits(Func<Exact, BigInteger> round)
    {
        var exponent = -60;
        while (PowerOfTen(exponent + 1) <= this) exponent++;
        // 10^exponent is the place of the first digit, so the tenth stands at 10^(exponent - 9).
        return (Exact)round(this / PowerOfTen(exponent - 9)) * PowerOfTen(exponent - 9);
    }

    public override string ToString() => $"{Numerator}/{Denominator}";
}
