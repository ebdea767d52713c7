using System.Globalization;

namespace PaymentOrchestrator.FaultTests;

/// <summary><c>--name value</c> pairs of one command.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string> given = [];

    public CommandLine(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == args.Count)
                throw new ArgumentException($"Expected --name value, found \"{args[i]}\".");
            given[args[i][2..]] = args[i + 1];
        }
    }

    public string? Text(string name) => given.GetValueOrDefault(name);

    public string Required(string name) => Text(name) ?? throw new ArgumentException($"--{name} is missing.");

    public int Number(string name, int usual) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;

    public long Number(string name, long usual) => Text(name) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : usual;

    public IReadOnlyList<string>? List(string name) => Text(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
