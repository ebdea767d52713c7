namespace PaymentOrchestrator.Api.Commands;

/// <summary>A command's arguments: its options, each once, and settings of the server, which are told by the colon in their names.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> options = new(StringComparer.Ordinal);
    private readonly List<string> settings = [];

    private Arguments()
    {
    }

    /// <summary>What there was of <c>--Name:Part=value</c>, for the server's configuration.</summary>
    public IReadOnlyList<string> Settings => settings;

    /// <summary>The option's value; null when it was not given.</summary>
    public string? this[string option] => options.GetValueOrDefault(option);

    /// <param name="args">What stands behind the command's name.</param>
    /// <param name="known">The options that have a value.</param>
    /// <param name="flags">Those that have none.</param>
    public static (Arguments? Read, string? Fault) Read(string[] args, string[] known, params string[] flags)
    {
        var read = new Arguments();
        for (var i = 0; i < args.Length; i++)
        {
            var parts = args[i].Split('=', 2);
            var name = parts[0];
            if (!name.StartsWith("--", StringComparison.Ordinal)) return (null, $"{args[i]} is not an option.");
            var setting = name.Contains(':', StringComparison.Ordinal);
            var flag = flags.Contains(name);
            if (!setting && !flag && !known.Contains(name)) return (null, $"There is no option {name}.");
            if (flag && parts.Length == 2) return (null, $"{name} takes no value.");
            if (!flag && parts.Length == 1 && i + 1 == args.Length) return (null, $"{name} needs a value.");
            var value = flag ? "" : parts.Length == 2 ? parts[1] : args[++i];
            if (setting) read.settings.Add($"{name}={value}");
            else if (!read.options.TryAdd(name, value)) return (null, $"{name} is given twice.");
        }

        return (read, null);
    }

    public bool Has(string flag) => options.ContainsKey(flag);
}
