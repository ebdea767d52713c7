using System.Text;
using System.Text.Json.Nodes;

namespace PaymentOrchestrator.Api.Tests.BadInput;

/// <summary>Writes a good body with one thing wrong in it, also such things as no JSON library would write.</summary>
internal static class JsonEdit
{
    /// <summary>The field at the path has another value, which is written as it is; null leaves the field out.</summary>
    public static string With(JsonObject good, string path, string? raw) => Write(good, "", (field, value) =>
        field != path ? $"{Name(field)}:{value}" : raw is null ? null : $"{Name(field)}:{raw}");

    public static string Twice(JsonObject good, string path) => Write(good, "", (field, value) =>
        field == path ? $"{Name(field)}:{value},{Name(field)}:{value}" : $"{Name(field)}:{value}");

    /// <summary>The object at the path (empty for the body) has one more field.</summary>
    public static string WithMore(JsonObject good, string path, string member)
    {
        if (path.Length == 0) return Add(good.ToJsonString(), member);
        return Write(good, "", (field, value) => $"{Name(field)}:{(field == path ? Add(value, member) : value)}");
    }

    private static string Add(string text, string member) => text == "{}" ? $"{{{member}}}" : $"{text[..^1]},{member}}}";

    private static string Write(JsonObject node, string prefix, Func<string, string, string?> edit)
    {
        var text = new StringBuilder("{");
        foreach (var (name, value) in node)
        {
            var path = prefix + name;
            var written = edit(path, value is JsonObject inner ? Write(inner, path + ".", edit) : value?.ToJsonString() ?? "null");
            if (written is null) continue;
            if (text.Length > 1) text.Append(',');
            text.Append(written);
        }

        return text.Append('}').ToString();
    }

    private static string Name(string path) => $"\"{path[(path.LastIndexOf('.') + 1)..]}\"";
}
