using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;

namespace PaymentOrchestrator.Api.Tests.Harness;

/// <summary>
/// Holds JSON against the schemas of our own document: the keywords that it uses, and no others. A keyword that is not known here is a fault of the
/// check, so that nothing is passed over in silence.
/// </summary>
public sealed class SchemaCheck
{
    private static readonly string[] WithoutEffect = ["description", "examples", "title", "default", "deprecated", "readOnly"];

    private SchemaCheck(JsonNode document) => Document = document;

    /// <summary>The whole document, as JSON.</summary>
    public JsonNode Document { get; }

    public static async Task<SchemaCheck> OfDocumentAsync()
    {
        await using var app = ApiApp.BuildForDocument();
        var document = app.Services.GetRequiredService<ISwaggerProvider>().GetSwagger("v1");
        return new SchemaCheck(JsonNode.Parse(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1))!);
    }

    /// <summary>What is wrong with the value, by path; empty when it fits the component.</summary>
    public IReadOnlyList<string> Faults(JsonNode? value, string schema) => [.. Check(value, Component(schema), "$")];

    private JsonNode Component(string name) => Document["components"]!["schemas"]![name] ?? throw new InvalidOperationException($"The document has no schema {name}.");

    private IEnumerable<string> Check(JsonNode? value, JsonNode schema, string path)
    {
        foreach (var (keyword, rule) in schema.AsObject())
        {
            if (WithoutEffect.Contains(keyword)) continue;
            var faults = keyword switch
            {
                "$ref" => Check(value, Component(rule!.GetValue<string>()["#/components/schemas/".Length..]), path),
                "allOf" => rule!.AsArray().SelectMany(part => Check(value, part!, path)),
                "oneOf" => rule!.AsArray().Count(part => !Check(value, part!, path).Any()) == 1 ? [] : [$"{path} fits not exactly one of its schemas"],
                "type" => Types(rule!).Any(type => IsOf(value, type)) ? [] : [$"{path} is no {string.Join(" or ", Types(rule!))}: {value?.ToJsonString() ?? "null"}"],
                "enum" => rule!.AsArray().Any(one => JsonNode.DeepEquals(one, value)) ? [] : [$"{path} is none of {rule.ToJsonString()}: {value?.ToJsonString()}"],
                "pattern" => Text(value) is not { } text || Regex.IsMatch(text, rule!.GetValue<string>()) ? [] : [$"{path} does not match {rule}: {text}"],
                "const" => value is null || JsonNode.DeepEquals(rule, value) ? [] : [$"{path} is not {rule}: {value.ToJsonString()}"],
                "maxLength" => Text(value) is not { } text || text.EnumerateRunes().Count() <= rule!.GetValue<int>() ? [] : [$"{path} has {text.EnumerateRunes().Count()} characters, more than {rule}"],
                "minLength" => Text(value) is not { } text || text.Length >= rule!.GetValue<int>() ? [] : [$"{path} has {text.Length} characters, fewer than {rule}"],
                "maxProperties" => value is not JsonObject entries || entries.Count <= rule!.GetValue<int>() ? [] : [$"{path} has {entries.Count} fields, more than {rule}"],
                "maxItems" => value is not JsonArray list || list.Count <= rule!.GetValue<int>() ? [] : [$"{path} has {list.Count} entries, more than {rule}"],
                "minimum" => Number(value) is not { } number || number >= rule!.GetValue<long>() ? [] : [$"{path} is below {rule}: {number}"],
                "maximum" => Number(value) is not { } number || number <= rule!.GetValue<long>() ? [] : [$"{path} is above {rule}: {number}"],
                "format" => Formats(value, rule!.GetValue<string>(), path),
                "required" => value is JsonObject fields ? rule!.AsArray().Where(name => !fields.ContainsKey(name!.GetValue<string>())).Select(name => $"{path}.{name} is missing") : [],
                "properties" => value is JsonObject fields
                    ? rule!.AsObject().Where(property => fields.ContainsKey(property.Key)).SelectMany(property => Check(fields[property.Key], property.Value!, $"{path}.{property.Key}"))
                    : [],
                "additionalProperties" => value is JsonObject fields ? Others(fields, schema).SelectMany(field => rule is JsonObject others
                    ? Check(field.Value, others, $"{path}.{field.Key}")
                    : rule!.GetValue<bool>() ? [] : [$"{path}.{field.Key} is not in the schema"]) : [],
                "items" => value is JsonArray items ? items.SelectMany((item, index) => Check(item, rule!, $"{path}[{index}]")) : [],
                _ => throw new NotSupportedException($"The schema at {path} uses {keyword}, which this check does not know."),
            };
            foreach (var fault in faults) yield return fault;
        }
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Others(JsonObject fields, JsonNode schema) =>
        fields.Where(field => schema["properties"] is not JsonObject known || !known.ContainsKey(field.Key));

    private static IEnumerable<string> Types(JsonNode rule) => rule is JsonArray several ? several.Select(one => one!.GetValue<string>()) : [rule.GetValue<string>()];

    private static bool IsOf(JsonNode? value, string type) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => Text(value) is not null,
        "boolean" => value is JsonValue one && one.TryGetValue<bool>(out _),
        "integer" => value is JsonValue one && one.ToJsonString().All(digit => char.IsAsciiDigit(digit) || digit == '-'),
        "number" => value is JsonValue one && one.TryGetValue<decimal>(out _),
        _ => throw new NotSupportedException(type),
    };

    private static string[] Formats(JsonNode? value, string format, string path) => format switch
    {
        "date-time" => Text(value) is not { } text || Regex.IsMatch(text, @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$") ? [] : [$"{path} is no time: {text}"],
        "int32" => value is null || int.TryParse(value.ToJsonString(), CultureInfo.InvariantCulture, out _) ? [] : [$"{path} is no int32"],
        "int64" => value is null || long.TryParse(value.ToJsonString(), CultureInfo.InvariantCulture, out _) ? [] : [$"{path} is no int64"],
        _ => throw new NotSupportedException($"The schema at {path} has the format {format}, which this check does not know."),
    };

    private static long? Number(JsonNode? value) => value is JsonValue one && one.TryGetValue<long>(out var number) ? number : null;

    private static string? Text(JsonNode? value) => value is JsonValue one && one.TryGetValue<string>(out var text) ? text : null;
}
