using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PaymentOrchestrator.Benchmarks;

/// <summary>What was measured, in the order in which it is shown, and written as JSON with the same names.</summary>
internal sealed class Figures
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly JsonObject root = [];

    public void Add(string name, double value) => root[name] = Number(value);

    public void Add(string name, string value) => root[name] = value;

    public void Add(string name, JsonNode value) => root[name] = value;

    /// <summary>p50, p99 and p999 of sorted milliseconds.</summary>
    public void AddLatency(string name, double[] sorted) => root[name] = new JsonObject
    {
        ["p50"] = Number(Percentile(sorted, 0.5)),
        ["p99"] = Number(Percentile(sorted, 0.99)),
        ["p999"] = Number(Percentile(sorted, 0.999)),
    };

    /// <summary>How many of the sorted milliseconds lie up to each bound; bounds grow by a tenth.</summary>
    public void AddHistogram(string name, double[] sorted)
    {
        var buckets = new JsonArray();
        var at = 0;
        for (var bound = 0.1; at < sorted.Length; bound *= 1.1)
        {
            var from = at;
            while (at < sorted.Length && sorted[at] <= bound) at++;
            if (at > 0) buckets.Add((JsonNode)new JsonObject { ["up_to_ms"] = Number(bound), ["count"] = at - from });
        }

        root[name] = buckets;
    }

    public static double Percentile(double[] sorted, double share) => sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>JSON has no number for what could not be measured.</summary>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(Math.Round(value, 4)) : null;

    /// <param name="file">Null to print only.</param>
    public void Show(string? file)
    {
        Console.WriteLine();
        foreach (var (name, value) in root.SelectMany(pair => Rows(pair.Key, pair.Value))) Console.WriteLine($"{name,-44} {value,16}");
        if (file is null) return;
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder) Directory.CreateDirectory(folder);
        File.WriteAllText(file, root.ToJsonString(Indented) + "\n");
    }

    // Lists are for the report.
    private static IEnumerable<(string Name, string Value)> Rows(string name, JsonNode? value) => value switch
    {
        JsonArray => [],
        JsonObject inner => inner.SelectMany(pair => Rows($"{name}.{pair.Key}", pair.Value)),
        JsonValue number when number.TryGetValue<double>(out var real) => [(name, real.ToString("N3", CultureInfo.InvariantCulture))],
        _ => [(name, value?.ToString() ?? "-")],
    };
}
