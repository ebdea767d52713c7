namespace PaymentOrchestrator.Domain;

/// <summary>An amount in whole minor units of one currency. Arithmetic is checked and never mixes currencies.</summary>
/// <param name="Currency">The currency of the amount.</param>
/// <param name="Value">Minor units, e.g. 123456 is CNY 1,234.56 and JPY 123,456.</param>
public readonly record struct Money(Currency Currency, long Value) : IComparable<Money>
{
    /// <summary>2⁵³ − 1: the largest integer that a JSON client with double-precision numbers reads exactly.</summary>
    public const long MaxValue = (1L << 53) - 1;

    public bool IsZero => Value == 0;

    public static Money Zero(Currency currency) => new(currency, 0);

    public static Money operator +(Money left, Money right) => new(Same(left, right), checked(left.Value + right.Value));

    public static Money operator -(Money left, Money right) => new(Same(left, right), checked(left.Value - right.Value));

    public static Money operator -(Money money) => new(money.Currency, checked(-money.Value));

    public static bool operator <(Money left, Money right) => left.CompareTo(right) < 0;

    public static bool operator >(Money left, Money right) => left.CompareTo(right) > 0;

    public static bool operator <=(Money left, Money right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Money left, Money right) => left.CompareTo(right) >= 0;

    public static Money Add(Money left, Money right) => left + right;

    public static Money Subtract(Money left, Money right) => left - right;

    public static Money Negate(Money item) => -item;

    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public int CompareTo(Money other)
    {
        _ = Same(this, other);
        return Value.CompareTo(other.Value);
    }

    /// <summary>For people and logs: <c>USD 1807.00</c>, <c>JPY 347362</c>.</summary>
    public override string ToString()
    {
        if (Currency.MinorUnits == 0) return $"{Currency.Code} {Value}";
        var (whole, part) = Int128.DivRem(Int128.Abs(Value), Currency.MinorUnitsPerUnit);
        return $"{Currency.Code} {(Value < 0 ? "-" : "")}{whole}.{part.ToString($"D{Currency.MinorUnits}", System.Globalization.CultureInfo.InvariantCulture)}";
    }

    private static Currency Same(Money left, Money right) =>
        ReferenceEquals(left.Currency, right.Currency)
            ? left.Currency
            : throw new InvalidOperationException($"{left.Currency} and {right.Currency} cannot be combined.");
}
