using System.Numerics;
using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class MoneyTests
{
    private static Money Usd(long value) => new(Currency.Usd, value);

    [Fact]
    public void Sums_and_differences_are_exact_or_refused() =>
        Gen.Select(Gen.Long, Gen.Long, Any.Currency).Sample(
            (a, b, currency) =>
            {
                var (left, right) = (new Money(currency, a), new Money(currency, b));
                AssertExactOrOverflow(new BigInteger(a) + b, () => left + right, currency);
                AssertExactOrOverflow(new BigInteger(a) - b, () => left - right, currency);
                AssertExactOrOverflow(-new BigInteger(a), () => -left, currency);
            },
            iter: 2_000);

    [Fact]
    public void The_named_operations_are_the_operators() =>
        Gen.Select(Gen.Int, Gen.Int).Sample((a, b) =>
        {
            Assert.Equal(Usd(a) + Usd(b), Money.Add(Usd(a), Usd(b)));
            Assert.Equal(Usd(a) - Usd(b), Money.Subtract(Usd(a), Usd(b)));
            Assert.Equal(-Usd(a), Money.Negate(Usd(a)));
        });

    [Fact]
    public void Comparison_is_the_comparison_of_the_values() =>
        Gen.Select(Gen.Long, Gen.OneOf(Gen.Long, Gen.Const(0L))).Sample((a, step) =>
        {
            var b = unchecked(a + step);
            Assert.Equal(a < b, Usd(a) < Usd(b));
            Assert.Equal(a > b, Usd(a) > Usd(b));
            Assert.Equal(a <= b, Usd(a) <= Usd(b));
            Assert.Equal(a >= b, Usd(a) >= Usd(b));
            Assert.Equal(a == b, Usd(a) == Usd(b));
        });

    [Fact]
    public void Two_currencies_never_meet() =>
        Gen.Select(Any.Currency, Any.Currency).Where((a, b) => a != b).Sample((a, b) =>
        {
            var (left, right) = (new Money(a, 5), new Money(b, 5));
            Assert.Throws<InvalidOperationException>(() => left + right);
            Assert.Throws<InvalidOperationException>(() => left - right);
            Assert.Throws<InvalidOperationException>(() => left < right);
            Assert.Throws<InvalidOperationException>(() => left >= right);
            Assert.NotEqual(left, right);
        });

    [Fact]
    public void The_edges_of_the_range_throw_instead_of_wrapping()
    {
        Assert.Throws<OverflowException>(() => Usd(long.MaxValue) + Usd(1));
        Assert.Throws<OverflowException>(() => Usd(long.MinValue) - Usd(1));
        Assert.Throws<OverflowException>(() => -Usd(long.MinValue));
        Assert.Equal(long.MaxValue, (Usd(long.MaxValue - 1) + Usd(1)).Value);
    }

    [Fact]
    public void The_largest_amount_is_the_last_that_a_double_counts_to()
    {
        Assert.Equal(9_007_199_254_740_991, Money.MaxValue);
        Assert.Equal(Money.MaxValue, (long)(double)Money.MaxValue);
        Assert.Equal((double)(Money.MaxValue + 1), (double)(Money.MaxValue + 2));
    }

    [Fact]
    public void Zero_is_zero_in_its_currency()
    {
        Assert.True(Money.Zero(Currency.Eur).IsZero);
        Assert.Same(Currency.Eur, Money.Zero(Currency.Eur).Currency);
        Assert.False(Usd(-1).IsZero);
        Assert.False(Usd(1).IsZero);
    }

    [Theory]
    [InlineData("USD", 180700, "USD 1807.00")]
    [InlineData("USD", 5, "USD 0.05")]
    [InlineData("USD", -5, "USD -0.05")]
    [InlineData("USD", 0, "USD 0.00")]
    [InlineData("JPY", 347362, "JPY 347362")]
    [InlineData("JPY", -3, "JPY -3")]
    [InlineData("KWD", 1234567, "KWD 1234.567")]
    [InlineData("KWD", -1001, "KWD -1.001")]
    [InlineData("CNH", 100, "CNH 1.00")]
    [InlineData("CNY", long.MaxValue, "CNY 92233720368547758.07")]
    [InlineData("CNY", long.MinValue, "CNY -92233720368547758.08")]
    public void Money_reads_with_the_decimals_of_its_currency(string currency, long value, string text) =>
        Assert.Equal(text, new Money(Currency.Parse(currency), value).ToString());

    private static void AssertExactOrOverflow(BigInteger expected, Func<Money> compute, Currency currency)
    {
        if (expected >= long.MinValue && expected <= long.MaxValue) Assert.Equal(new Money(currency, (long)expected), compute());
        else Assert.Throws<OverflowException>(() => compute());
    }
}
