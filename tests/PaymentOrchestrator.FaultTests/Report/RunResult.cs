using System.Text.Json;
using System.Text.Json.Serialization;

namespace PaymentOrchestrator.FaultTests.Report;

/// <summary>What a long run came to, as it is written and as the report reads it.</summary>
internal sealed record RunResult
{
    private const string Longest = "longest_";

    /// <summary>Seeds, or kills.</summary>
    public required int Runs { get; init; }

    public required long Operations { get; init; }

    /// <summary>How often each kind of fault happened.</summary>
    public required IReadOnlyDictionary<string, long> Faults { get; init; }

    public required int Violations { get; init; }

    public IReadOnlyList<string> Details { get; init; } = [];

    public required double Seconds { get; init; }

    /// <summary>The first seed; null for kills.</summary>
    public long? From { get; init; }

    /// <summary>Payments that clients were told of, and the like. What begins with "longest" is the most that there was of it.</summary>
    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();

    /// <summary>Several runs as one.</summary>
    public static RunResult Merge(IReadOnlyList<RunResult> runs) => new()
    {
        Runs = runs.Sum(run => run.Runs),
        Operations = runs.Sum(run => run.Operations),
        Faults = Merge(runs.SelectMany(run => run.Faults), _ => false),
        Violations = runs.Sum(run => run.Violations),
        Details = [.. runs.SelectMany(run => run.Details)],
        Seconds = runs.Sum(run => run.Seconds),
        From = runs.Min(run => run.From),
        Counts = Merge(runs.SelectMany(run => run.Counts), name => name.StartsWith(Longest, StringComparison.Ordinal)),
    };

    public async Task WriteAsync(string? file)
    {
        await SaveAsync(file);
        Console.WriteLine(JsonSerializer.Serialize(this, ResultJson.Default.RunResult));
    }

    public async Task SaveAsync(string? file)
    {
        if (file is not null) await File.WriteAllTextAsync(file, JsonSerializer.Serialize(this, ResultJson.Default.RunResult) + "\n");
    }

    public static async Task<RunResult> ReadAsync(string file) =>
        JsonSerializer.Deserialize(await File.ReadAllTextAsync(file), ResultJson.Default.RunResult) ?? throw new InvalidDataException($"{file} holds no result.");

    private static SortedDictionary<string, long> Merge(IEnumerable<KeyValuePair<string, long>> counts, Func<string, bool> isMost) =>
        new(counts.GroupBy(count => count.Key).ToDictionary(group => group.Key, group => isMost(group.Key) ? group.Max(count => count.Value) : group.Sum(count => count.Value)), StringComparer.Ordinal);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunResult))]
internal sealed partial class ResultJson : JsonSerializerContext;
