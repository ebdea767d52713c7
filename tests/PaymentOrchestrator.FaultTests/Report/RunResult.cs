using System.Text.Json;
using System.Text.Json.Serialization;

namespace PaymentOrchestrator.FaultTests.Report;

/// <summary>What a long run came to, as it is written and as the report reads it.</summary>
internal sealed record RunResult
{
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

    /// <summary>Payments that clients were told of, and the like.</summary>
    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();

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
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunResult))]
internal sealed partial class ResultJson : JsonSerializerContext;
