using System.Globalization;

namespace PaymentOrchestrator.Benchmarks.Floor;

/// <summary>
/// Ids of rows that one run makes by SQL. They begin with the present time, so that they lie at the right edge of their indexes as the API's do, and end in a
/// number that pgbench can reckon out by itself: the server only puts the two together. Read as hexadecimal, the last four digits are the shard.
/// </summary>
internal sealed class RunIds
{
    /// <summary>The quote's own kind; others are the caller's.</summary>
    public const int QuoteKind = 1;

    /// <summary>Nine digits, so that the number and with it the id always has the same length.</summary>
    private const long FirstNumber = 800_000_000;

    // Ids are as exact as this, and no two runs may begin at the same.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(4096);
    private static DateTimeOffset last;

    private RunIds(DateTimeOffset beginning)
    {
        var digits = beginning.ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture);
        Prefix = $"{digits[..8]}-{digits[8]}000-7000-";
    }

    /// <summary>The part that all ids have.</summary>
    public string Prefix { get; }

    /// <summary>The run's ids are equal to it or greater; so are all that are made from some seconds after its beginning.</summary>
    public Guid FirstId => new($"{Prefix}0000-000000000000");

    /// <summary>A new run's, later than any id that is there.</summary>
    public static RunIds Next()
    {
        var now = DateTimeOffset.UtcNow + Step;
        last = now > last + Step ? now : last + Step;
        return new RunIds(last);
    }

    /// <summary>The number of id n of a kind, as an expression that SQL and pgbench both understand.</summary>
    public static string Number(string n, int kind, string buyer) => $"(({FirstNumber} + {n}) * 1000 + {kind}) * 10000 + {buyer}";

    public string Sql(string n, int kind, string buyer) => $"('{Prefix}' || ({Number($"({n})::bigint", kind, $"({buyer})")}))::uuid";

    public Guid Of(long n, int kind, int buyer)
    {
        var digits = ((((FirstNumber + n) * 1000) + kind) * 10000 + buyer).ToString(CultureInfo.InvariantCulture);
        return new Guid($"{Prefix}{digits[..4]}-{digits[4..]}");
    }
}
