using System.Globalization;

namespace PaymentOrchestrator.Benchmarks.EndToEnd;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchOptions
{
    /// <summary>Per phase and round.</summary>
    public int Seconds { get; init; } = 15;

    public int Clients { get; init; } = 16;

    public int Rounds { get; init; } = 3;

    public int WarmUpSeconds { get; init; } = 15;

    /// <summary>Where the figures are written as JSON; null for nowhere.</summary>
    public string? Json { get; init; }

    public static BenchOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new BenchOptions();
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length) throw new ArgumentException($"{args[i]} wants a value.");
            var value = args[i + 1];
            options = args[i] switch
            {
                "--seconds" => options with { Seconds = Number(value) },
                "--clients" => options with { Clients = Number(value) },
                "--rounds" => options with { Rounds = Number(value) },
                "--warm-up" => options with { WarmUpSeconds = Number(value) },
                "--json" => options with { Json = value },
                var name => throw new ArgumentException($"{name} is not known. There are --seconds, --clients, --rounds, --warm-up and --json."),
            };
        }

        return options;
    }

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw new ArgumentException($"{text} is no number above 0.");
}
