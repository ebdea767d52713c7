using System.Globalization;

namespace PaymentOrchestrator.Domain;

/// <summary>
/// Finds card numbers in text: 13 to 19 digits that have a brand's beginning, that brand's length and a fitting check digit (Luhn, ISO/IEC 7812-1), whether written
/// as one or in groups with up to three blanks or dashes between, alone or within a sentence.
/// </summary>
/// <remarks>
/// What bounds it, so that ids, times and amounts are left alone: a number is never a part of a longer run of digits; letters may touch it, but a word with two runs of
/// digits is an id and is passed over, as is a UUID; and within a longer text groups count as one number only if each has at most six digits, as people write cards.
/// </remarks>
public static class CardNumbers
{
    private const int Shortest = 13;
    private const int Longest = 19;
    private const int ShortestOrderNumber = 17;
    private const int LongestGroup = 6;
    private const int LongestGap = 3;
    private const int UuidLength = 36;

    /// <summary>Whether there is a card number in the text.</summary>
    /// <param name="orderNumbersPass">Undivided runs of 17 to 19 digits are 1688's order numbers, and pass.</param>
    public static bool Contains(ReadOnlySpan<char> text, bool orderNumbersPass = false) => Find(text, orderNumbersPass) is not null;

    /// <summary>The text with each card number in it replaced by <c>[card number]</c>.</summary>
    public static string Hide(string text)
    {
        while (Find(text, orderNumbersPass: false) is { } found)
        {
            var (start, length) = found.GetOffsetAndLength(text.Length);
            text = string.Concat(text.AsSpan(0, start), "[card number]", text.AsSpan(start + length));
        }

        return text;
    }

    /// <summary>Where the first card number is; null when there is none.</summary>
    public static Range? Find(ReadOnlySpan<char> text, bool orderNumbersPass)
    {
        if (!HasEnoughDigits(text)) return null;
        var groups = new List<Group>();
        var end = 0;
        for (var start = NextWord(text, 0); start < text.Length; start = NextWord(text, end))
        {
            if (!IsGap(text[end..start]) && Flush(text, groups, orderNumbersPass) is { } before) return before;
            if (IsUuid(text[start..]))
            {
                end = start + UuidLength;
                if (Flush(text, groups, orderNumbersPass) is { } found) return found;
                continue;
            }

            end = start;
            while (end < text.Length && char.IsLetterOrDigit(text[end])) end++;
            var group = OnlyRun(text, start, end);
            // Letters in front begin a new number, letters behind end one.
            if ((group is null || group.Value.Start > start) && Flush(text, groups, orderNumbersPass) is { } earlier) return earlier;
            if (group is not { } run) continue;
            groups.Add(run);
            if (run.End < end && Flush(text, groups, orderNumbersPass) is { } last) return last;
        }

        return Flush(text, groups, orderNumbersPass);
    }

    /// <summary>Looks for a number made of whole neighbouring groups, and forgets them.</summary>
    private static Range? Flush(ReadOnlySpan<char> text, List<Group> groups, bool orderNumbersPass)
    {
        if (groups.Count == 0) return null;
        Span<byte> digits = stackalloc byte[Longest];
        var trimmed = text.Trim();
        var isWholeText = groups[^1].End - groups[0].Start == trimmed.Length;
        Range? found = null;
        for (var first = 0; first < groups.Count && found is null; first++)
        {
            var count = 0;
            var asPeopleWrite = true;
            for (var last = first; last < groups.Count && count + groups[last].Length <= Longest; last++)
            {
                foreach (var character in text[groups[last].Start..groups[last].End]) digits[count++] = (byte)CharUnicodeInfo.GetDecimalDigitValue(character);
                asPeopleWrite &= groups[last].Length <= LongestGroup;
                var counts = first == last
                    ? !(orderNumbersPass && count >= ShortestOrderNumber)
                    : asPeopleWrite || (isWholeText && first == 0 && last == groups.Count - 1);
                if (!counts || count < Shortest || !IsCard(digits[..count])) continue;
                found = groups[first].Start..groups[last].End;
                break;
            }
        }

        groups.Clear();
        return found;
    }

    private static bool IsCard(ReadOnlySpan<byte> digits) => CardBrands.Of(digits) is not null && PassesLuhn(digits);

    /// <summary>From the right, every second digit is doubled and its digits are added up; the sum ends in 0.</summary>
    private static bool PassesLuhn(ReadOnlySpan<byte> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[digits.Length - 1 - i];
            sum += i % 2 == 0 ? digit : digit > 4 ? (2 * digit) - 9 : 2 * digit;
        }

        return sum % 10 == 0;
    }

    /// <summary>The one run of digits in the word; null when there are none or several.</summary>
    private static Group? OnlyRun(ReadOnlySpan<char> text, int start, int end)
    {
        var from = start;
        while (from < end && !char.IsDigit(text[from])) from++;
        var to = from;
        while (to < end && char.IsDigit(text[to])) to++;
        if (to == from) return null;
        for (var rest = to; rest < end; rest++)
            if (char.IsDigit(text[rest])) return null;
        return new Group(from, to);
    }

    private static int NextWord(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length && !char.IsLetterOrDigit(text[from])) from++;
        return from;
    }

    /// <summary>What may stand between two groups of one number.</summary>
    private static bool IsGap(ReadOnlySpan<char> between)
    {
        if (between.Length is 0 or > LongestGap) return false;
        foreach (var character in between)
        {
            if (!char.IsWhiteSpace(character) && CharUnicodeInfo.GetUnicodeCategory(character) is not (UnicodeCategory.DashPunctuation or UnicodeCategory.Format) && character != '\u2212')
                return false;
        }

        return true;
    }

    private static bool IsUuid(ReadOnlySpan<char> text) =>
        text.Length >= UuidLength && text[8] == '-' && (text.Length == UuidLength || !char.IsLetterOrDigit(text[UuidLength])) && Guid.TryParseExact(text[..UuidLength], "D", out _);

    private static bool HasEnoughDigits(ReadOnlySpan<char> text)
    {
        if (text.Length < Shortest) return false;
        var count = 0;
        foreach (var character in text)
            if (char.IsDigit(character) && ++count == Shortest) return true;
        return false;
    }

    private readonly record struct Group(int Start, int End)
    {
        public int Length => End - Start;
    }
}
