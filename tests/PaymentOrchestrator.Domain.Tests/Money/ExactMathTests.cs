using System.Numerics;
using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class ExactMathTests
{
    private static readonly Gen<BigInteger> NonNegative =
        Gen.Select(Any.Amount, Any.Amount, Gen.Bool, Gen.Bool, (a, b, wide, zero) => zero ? BigInteger.Zero : wide ? new BigInteger(a) * b : a);

    // Small denominators make ties frequent; large ones exercise the width.
    private static readonly Gen<BigInteger> Positive = Gen.OneOf(Gen.Int[1, 20].Select(i => new BigInteger(i)), Any.Amount.Select(i => new BigInteger(i)));

    [Fact]
    public void A_decimal_becomes_exactly_the_fraction_it_spells() =>
        Gen.Decimal.Sample(
            value =>
            {
                var (numerator, denominator) = ExactMath.Fraction(value);
                Assert.Equal(0, new Exact(numerator, denominator).CompareTo(Exact.Of(value)));
            },
            iter: 5_000);

    [Theory]
    [InlineData("0", "0", "1")]
    [InlineData("-7.95", "-795", "100")]
    [InlineData("1.10", "110", "100")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335", "1")]
    [InlineData("0.0000000000000000000000000001", "1", "10000000000000000000000000000")]
    public void Fractions_of_known_decimals(string value, string numerator, string denominator) =>
        Assert.Equal(
            (BigInteger.Parse(numerator, null), BigInteger.Parse(denominator, null)),
            ExactMath.Fraction(decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Dividing_up_gives_the_least_whole_number_that_is_enough() =>
        Gen.Select(NonNegative, Positive).Sample(
            (numerator, denominator) => Assert.Equal(new Exact(numerator, denominator).Ceiling(), ExactMath.DivideUp(numerator, denominator)), iter: 5_000);

    [Fact]
    public void Dividing_half_up_gives_the_nearest_and_ties_go_away_from_zero() =>
        Gen.Select(NonNegative, Positive).Sample(
            (numerator, denominator) => Assert.Equal(new Exact(numerator, denominator).HalfUp(), ExactMath.DivideHalfUp(numerator, denominator)), iter: 5_000);

    [Fact]
    public void Dividing_half_even_gives_the_nearest_and_ties_go_to_the_even() =>
        Gen.Select(NonNegative, Positive).Sample(
            (numerator, denominator) => Assert.Equal(new Exact(numerator, denominator).HalfEven(), ExactMath.DivideHalfEven(numerator, denominator)), iter: 5_000);

    [Theory]
    [InlineData(0, 4, 0, 0, 0)]
    [InlineData(1, 4, 1, 0, 0)]
    [InlineData(2, 4, 1, 1, 0)] // 0.5
    [InlineData(3, 4, 1, 1, 1)]
    [InlineData(4, 4, 1, 1, 1)]
    [InlineData(6, 4, 2, 2, 2)] // 1.5
    [InlineData(10, 4, 3, 3, 2)] // 2.5
    [InlineData(14, 4, 4, 4, 4)] // 3.5
    [InlineData(5, 3, 2, 2, 2)]
    [InlineData(4, 3, 2, 1, 1)]
    public void The_three_roundings_of_quarters_and_thirds(int numerator, int denominator, int up, int halfUp, int halfEven) =>
        Assert.Equal(
            (up, halfUp, halfEven),
            ((int)ExactMath.DivideUp(numerator, denominator), (int)ExactMath.DivideHalfUp(numerator, denominator), (int)ExactMath.DivideHalfEven(numerator, denominator)));

    [Fact]
    public void A_rate_of_ten_digits_comes_back_as_it_is() =>
        Gen.Select(Gen.Long[1_000_000_000, 9_999_999_999], Gen.Int[0, 28]).Sample(
            (digits, scale) =>
            {
                var denominator = BigInteger.Pow(10, scale);
                var expected = new Exact(digits, denominator);
                Assert.Equal(0, Exact.Of(ExactMath.RateHalfEven(digits, denominator)).CompareTo(expected));
                Assert.Equal(0, Exact.Of(ExactMath.RateDown(digits, denominator)).CompareTo(expected));
            },
            iter: 5_000);

    [Fact]
    public void A_mid_rate_is_the_nearest_of_ten_digits_and_ties_go_to_the_even() =>
        Fractions.Sample(
            fraction => Assert.Equal(
                0, Exact.Of(ExactMath.RateHalfEven(fraction.Numerator, fraction.Denominator)).CompareTo(fraction.TenDigits(exact => exact.HalfEven()))),
            iter: 5_000);

    [Fact]
    public void A_customer_rate_is_cut_after_ten_digits() =>
        Fractions.Sample(
            fraction => Assert.Equal(
                0, Exact.Of(ExactMath.RateDown(fraction.Numerator, fraction.Denominator)).CompareTo(fraction.TenDigits(exact => exact.Floor()))),
            iter: 5_000);

    [Theory]
    [InlineData("1.00000000050", "1.000000000", "1.000000000")] // a tie stays with the even 0
    [InlineData("1.00000000150", "1.000000002", "1.000000001")] // a tie leaves the odd 1
    [InlineData("1.0000000005000000000000000001", "1.000000001", "1.000000000")] // a hair above the tie
    [InlineData("9.9999999995", "10.00000000", "9.999999999")] // rounding up carries into a digit more
    [InlineData("9.99999999949", "9.999999999", "9.999999999")]
    [InlineData("0.00099999999995", "0.001000000000", "0.0009999999999")]
    [InlineData("9999999999", "9999999999", "9999999999")]
    [InlineData("1", "1.000000000", "1.000000000")]
    [InlineData("10", "10.00000000", "10.00000000")]
    [InlineData("0.1", "0.1000000000", "0.1000000000")]
    [InlineData("4.294967295", "4.294967295", "4.294967295")] // the digits fill 32 bits
    [InlineData("4.294967296", "4.294967296", "4.294967296")] // and pass them
    [InlineData("2.147483648", "2.147483648", "2.147483648")]
    public void Rates_at_the_edges_of_ten_digits(string exact, string halfEven, string down)
    {
        var fraction = Exact.Parse(exact);

        Assert.Equal(halfEven, ExactMath.RateHalfEven(fraction.Numerator, fraction.Denominator).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(down, ExactMath.RateDown(fraction.Numerator, fraction.Denominator).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_rate_must_be_positive()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ExactMath.RateHalfEven(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ExactMath.RateHalfEven(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ExactMath.RateDown(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ExactMath.RateDown(1, -1));
    }

    [Fact]
    public void A_rate_that_ten_digits_cannot_say_is_refused_rather_than_bent()
    {
        Assert.Throws<OverflowException>(() => ExactMath.RateDown(BigInteger.Pow(10, 10), 1));
        Assert.Throws<OverflowException>(() => ExactMath.RateHalfEven(99_999_999_995, 10)); // 9,999,999,999.5 rounds to eleven digits
        Assert.Throws<OverflowException>(() => ExactMath.RateHalfEven(1, BigInteger.Pow(10, 20)));
        Assert.Equal(0.0000000000000000001m, ExactMath.RateHalfEven(1, BigInteger.Pow(10, 19)));
    }

    // Fractions from 10^-15 to 10^9; half of them with a short denominator, so that ties and exact values occur.
    private static Gen<Exact> Fractions { get; } = Gen.OneOf(
        Gen.Select(Gen.Long[1, 1_000_000_000], Gen.Long[1, 1_000_000_000_000_000], (n, d) => new Exact(n, d)),
        Gen.Select(Gen.Long[10_000_000_000, 99_999_999_999], Gen.Int[0, 1], Gen.Int[2, 20], (digits, tie, scale) =>
            new Exact((tie == 1 ? (digits / 10 * 10) + 5 : digits) * BigInteger.One, BigInteger.Pow(10, scale))));
}
