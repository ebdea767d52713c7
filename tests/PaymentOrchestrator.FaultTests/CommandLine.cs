using System.Globalization;

namespace PaymentOrchestrator.FaultTests;

/// <summary>Something on the command line that cannot be meant.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary><c>--name value</c> pairs of one command.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string> given = [];

    /// <param name="args">What follows the command.</param>
    /// <param name="known">The names that the command has.</param>
    /// <exception cref="UsageException">A name is unknown or stands there twice, or a value is missing.</exception>
    public CommandLine(IReadOnlyList<string> args, params IReadOnlyCollection<string> known)
    {
        for (var i = 0; i < args.Count; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal)) throw new UsageException($"Expected --name value, found \"{args[i]}\".");
            var name = args[i][2..];
            if (!known.Contains(name)) throw new UsageException($"--{name} is unknown here. There are: {string.Join(", ", known.Select(one => $"--{one}"))}.");
            if (i + 1 == args.Count) throw new UsageException($"--{name} has no value.");
            if (!given.TryAdd(name, args[i + 1])) throw new UsageException($"--{name} is there twice.");
        }
    }

    public bool Has(string name) => given.ContainsKey(name);

    public string? Text(string name) => given.GetValueOrDefault(name);

    public string Required(string name) => Text(name) ?? throw new UsageException($"--{name} is missing.");

    /// <summary>A file that will be written at the end of a long run: what stands in its way is said before.</summary>
    public string? Output(string name)
    {
        if (Text(name) is not { } file) return null;
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (!Directory.Exists(folder)) throw new UsageException($"--{name} {file}: there is no folder {folder}.");
        return Directory.Exists(file) ? throw new UsageException($"--{name} {file} is a folder.") : file;
    }

    public bool Flag(string name) => Text(name) switch
    {
        null or "false" => false,
        "true" => true,
        var other => throw new UsageException($"--{name} is true or false, not \"{other}\"."),
    };

    /// <summary>A whole number from 1 on.</summary>
    public int Count(string name, int usual) => Text(name) is not { } text ? usual
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw new UsageException($"--{name} is a whole number from 1 to {int.MaxValue}, not \"{text}\".");

    /// <summary>A whole number from 0 on.</summary>
    public long Number(string name, long usual) => Text(name) is not { } text ? usual
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < long.MaxValue - int.MaxValue ? number
        : throw new UsageException($"--{name} is a whole number from 0 on, not \"{text}\".");

    public IReadOnlyList<string>? List(string name) => Text(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
