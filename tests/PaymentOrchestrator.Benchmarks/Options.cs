using System.Globalization;

namespace PaymentOrchestrator.Benchmarks;

/// <summary>What the command line asks for: pairs of a name and a value.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    /// <param name="known">The names that there are.</param>
    /// <exception cref="ArgumentException">A name is not known, or has no value.</exception>
    public Options(ReadOnlySpan<string> args, params string[] known)
    {
        for (var i = 0; i < args.Length; i += 2)
        {
            if (!known.Contains(args[i])) throw new ArgumentException($"{args[i]} is not known here. There are {string.Join(", ", known)}.");
            if (i + 1 == args.Length) throw new ArgumentException($"{args[i]} wants a value.");
            values[args[i]] = args[i + 1];
        }
    }

    public string? Text(string name) => values.GetValueOrDefault(name);

    /// <exception cref="ArgumentException">It is no whole number above 0.</exception>
    public int Number(string name, int usual) => values.TryGetValue(name, out var text) ? Number(text) : usual;

    public IReadOnlyList<int> Numbers(string name, params int[] usual) => values.TryGetValue(name, out var text) ? Array.ConvertAll(text.Split(','), Number) : usual;

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw new ArgumentException($"{text} is no whole number above 0.");
}
