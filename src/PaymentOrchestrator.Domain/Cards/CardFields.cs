namespace PaymentOrchestrator.Domain;

/// <summary>Names of fields that can only hold what must never be stored of a card (PCI DSS 3.3: security code, track data, PIN block) or its number.</summary>
public static class CardFields
{
    // In lower case, letters and digits alone: CVV-2, cvv_2 and Cvv2 are one name.
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "cvv", "cvv2", "cvc", "cvc2", "csc", "cav2", "cvn", "cvn2", "cvvcode", "cvccode", "cardcvv", "cardcvc", "securitycode", "cardsecuritycode", "cardverificationvalue",
        "cardverificationcode", "verificationvalue",
        "track", "track1", "track2", "track3", "trackdata", "track1data", "track2data", "trackone", "tracktwo", "cardtrack", "magstripe", "magneticstripe", "stripedata",
        "pinblock", "encryptedpinblock",
        "cardnumber", "cardno", "ccnumber", "ccnum", "creditcardnumber", "debitcardnumber", "primaryaccountnumber",
    };

    /// <summary>Whether a field, parameter or header of this name is refused whatever it holds.</summary>
    public static bool IsForbidden(ReadOnlySpan<char> name)
    {
        // Longer than the longest with a blank between all letters: nothing that could be in the list.
        if (name.Length is 0 or > 64) return false;
        Span<char> plain = stackalloc char[name.Length];
        var length = 0;
        foreach (var character in name)
            if (char.IsAsciiLetterOrDigit(character)) plain[length++] = char.ToLowerInvariant(character);
        var lookup = Names.GetAlternateLookup<ReadOnlySpan<char>>();
        var text = plain[..length];
        return lookup.Contains(text) || (text.StartsWith("x") && lookup.Contains(text[1..]));
    }
}
