namespace PaymentOrchestrator.Api.Tests.Cards;

/// <summary>Card numbers of all brands and ways of writing, each once.</summary>
internal sealed class PlantedCards
{
    private static readonly (string Beginning, int Length)[] Brands =
    [
        ("4", 13), ("4", 16), ("4", 19), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16), ("34", 15), ("37", 15), ("6011", 16), ("65", 16), ("36", 14), ("30", 14),
        ("3528", 16), ("3589", 19), ("62", 16), ("62", 17), ("62", 18), ("62", 19), ("6759", 16), ("5018", 13),
    ];

    private readonly Random random = new(4242);
    private readonly List<string> all = [];

    /// <summary>The digits of every number so far.</summary>
    public IReadOnlyList<string> All => all;

    /// <summary>A new number in digits.</summary>
    public string Next(int shortest = 13, int longest = 19)
    {
        while (true)
        {
            var (beginning, length) = Brands[random.Next(Brands.Length)];
            if (length < shortest || length > longest || (beginning == "30" && length != 14)) continue;
            var number = Make(beginning == "30" ? "305" : beginning, length);
            if (all.Contains(number)) continue;
            all.Add(number);
            return number;
        }
    }

    /// <summary>A new number as people write it: undivided, in fours, with dashes, within a sentence.</summary>
    public string NextWritten(int shortest = 13, int longest = 19)
    {
        var number = Next(shortest, longest);
        return random.Next(5) switch
        {
            0 => number,
            1 => InFours(number, " "),
            2 => InFours(number, "-"),
            3 => $"my card {InFours(number, " ")}, thanks",
            _ => $"card:{number};exp=12/27",
        };
    }

    public static string InFours(string number, string gap) => string.Join(gap, number.Chunk(4).Select(part => new string(part)));

    private string Make(string beginning, int length)
    {
        var digits = beginning;
        while (digits.Length < length - 1) digits += (char)('0' + random.Next(10));
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[digits.Length - 1 - i] - '0';
            sum += i % 2 == 1 ? digit : digit > 4 ? (2 * digit) - 9 : 2 * digit;
        }

        return digits + (char)('0' + ((10 - (sum % 10)) % 10));
    }
}
