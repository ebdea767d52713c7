using CsCheck;

namespace PaymentOrchestrator.Domain.Tests;

/// <summary>Generators that more than one test draws from.</summary>
internal static class Any
{
    /// <summary>1 to 2⁵³ − 1, each order of magnitude equally often.</summary>
    public static Gen<long> Amount { get; } = Gen.Int[0, 52].SelectMany(bits => Gen.Long[1L << bits, (1L << (bits + 1)) - 1]);

    public static Gen<Currency> Currency { get; } = Gen.OneOf([.. Domain.Currency.All]);

    /// <summary>What a buyer may hold abroad: all of the reference rates' currencies but CNY.</summary>
    public static Gen<Currency> Foreign { get; } = Gen.OneOf([.. ReferenceRates.Currencies.Where(currency => currency.Code != "CNY")]);

    /// <summary>Ten significant digits anywhere from 0.00001 to 99999.</summary>
    public static Gen<decimal> RateValue { get; } =
        Gen.Select(Gen.Long[1_000_000_000, 9_999_999_999], Gen.Int[5, 14], (digits, scale) => Decimal(digits, scale));

    public static Gen<int> MarkupBps { get; } = Gen.Frequency((3, Gen.Int[0, 500]), (1, Gen.Int[0, 9999]));

    /// <summary>0 to 100 with up to four decimals.</summary>
    public static Gen<decimal> Percentage { get; } =
        Gen.Select(Gen.Int[0, 1_000_000], Gen.OneOf(1, 100, 10_000), (parts, coarse) => Decimal(parts / coarse * coarse, 4));

    public static decimal Decimal(long digits, int scale) => new(unchecked((int)digits), (int)(digits >> 32), 0, false, (byte)scale);
}
