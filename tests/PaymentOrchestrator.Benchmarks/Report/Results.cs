using System.Globalization;
using System.Text.Json;

namespace PaymentOrchestrator.Benchmarks.Report;

/// <summary>A file of figures that a command wrote.</summary>
internal sealed class Results(string file)
{
    private readonly JsonElement root = JsonDocument.Parse(File.ReadAllBytes(file)).RootElement;

    public string Text(string name) => root.TryGetProperty(name, out var value) ? value.ToString() : "-";

    /// <summary>Null where it was not measured in that run.</summary>
    /// <param name="path">Names, with a point where one is within another.</param>
    public double? Find(string path)
    {
        var at = root;
        foreach (var name in path.Split('.'))
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) return null;
        return at.ValueKind == JsonValueKind.Number ? at.GetDouble() : null;
    }

    /// <exception cref="InvalidOperationException">It was not measured.</exception>
    public double Number(string path) => Find(path) ?? throw new InvalidOperationException($"{file} has no {path}: run the command with all its phases.");

    public IReadOnlyList<JsonElement> List(string name) => root.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];

    /// <summary>For people: three significant digits, thousands apart.</summary>
    public static string Show(double? number) => number switch
    {
        null => "not measured",
        { } large when Math.Abs(large) >= 100 => large.ToString("N0", CultureInfo.InvariantCulture),
        { } middle when Math.Abs(middle) >= 10 => middle.ToString("0.#", CultureInfo.InvariantCulture),
        { } small => small.ToString("0.##", CultureInfo.InvariantCulture),
    };
}
