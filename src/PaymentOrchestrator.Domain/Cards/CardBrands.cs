namespace PaymentOrchestrator.Domain;

/// <summary>
/// Which digits begin the numbers of which card brand, and how long those are. After ISO/IEC 7812 and the ranges that the brands publish to acquirers.
/// </summary>
/// <remarks>
/// Maestro is listed by its ranges in use, not by the whole of 50 and 56–69 that it once had: every barcode from mainland China is 13 digits from 690 to 699, and one
/// in ten of them has a fitting check digit.
/// </remarks>
internal static class CardBrands
{
    private static readonly Range[] Ranges =
    [
        new("Visa", 4, 4, 13, 13), new("Visa", 4, 4, 16, 16), new("Visa", 4, 4, 19, 19),
        new("Mastercard", 51, 55, 16, 16), new("Mastercard", 2221, 2720, 16, 16),
        new("American Express", 34, 34, 15, 15), new("American Express", 37, 37, 15, 15),
        new("Discover", 6011, 6011, 16, 19), new("Discover", 644, 649, 16, 19), new("Discover", 65, 65, 16, 19),
        new("Diners Club", 300, 305, 14, 19), new("Diners Club", 3095, 3095, 14, 19), new("Diners Club", 36, 36, 14, 19), new("Diners Club", 38, 39, 14, 19),
        new("JCB", 3528, 3589, 16, 19),
        new("UnionPay", 62, 62, 16, 19),
        new("Maestro", 5018, 5018, 13, 19), new("Maestro", 5020, 5020, 13, 19), new("Maestro", 5038, 5038, 13, 19), new("Maestro", 5893, 5893, 13, 19),
        new("Maestro", 6304, 6304, 13, 19), new("Maestro", 6759, 6759, 13, 19), new("Maestro", 6761, 6763, 13, 19),
        new("RuPay", 508, 508, 16, 16), new("RuPay", 606, 608, 16, 16), new("RuPay", 81, 82, 16, 16),
        new("Mir", 2200, 2204, 16, 19),
        new("Verve", 5060, 5061, 16, 19), new("Verve", 5078, 5079, 16, 19),
        new("Dankort", 5019, 5019, 16, 16),
        new("Elo", 5066, 5067, 16, 16), new("Elo", 6362, 6363, 16, 16),
        new("InstaPayment", 637, 639, 16, 16),
        new("Troy", 9792, 9792, 16, 16),
    ];

    /// <summary>The brand whose first digits and length these are; null for none. The check digit is not looked at.</summary>
    /// <param name="digits">Each 0 to 9.</param>
    public static string? Of(ReadOnlySpan<byte> digits)
    {
        foreach (var range in Ranges)
            if (range.Holds(digits)) return range.Brand;
        return null;
    }

    /// <param name="First">The lowest first digits.</param>
    /// <param name="Last">The highest, as many digits.</param>
    private sealed record Range(string Brand, int First, int Last, int Shortest, int Longest)
    {
        private readonly int width = First < 10 ? 1 : First < 100 ? 2 : First < 1000 ? 3 : 4;

        public bool Holds(ReadOnlySpan<byte> digits)
        {
            if (digits.Length < Shortest || digits.Length > Longest) return false;
            var beginning = 0;
            foreach (var digit in digits[..width]) beginning = (beginning * 10) + digit;
            return beginning >= First && beginning <= Last;
        }
    }
}
