using System.Text;

namespace PaymentOrchestrator.Api.Tests.BadInput;

/// <summary>Everything that can be wrong with a body, derived from its fields.</summary>
internal static class Faults
{
    public static IEnumerable<Fault> Of(Endpoint endpoint) =>
        OfAnyBody(endpoint).Concat(endpoint.Objects.SelectMany(path => OfObject(endpoint, path))).Concat(endpoint.Fields.SelectMany(field => OfField(endpoint, field)));

    /// <summary>Faults that need no field to be known.</summary>
    public static IEnumerable<Fault> OfAnyBody(Endpoint endpoint)
    {
        var good = endpoint.Good.ToJsonString();
        foreach (var text in new[] { " ", "{", "}", "{]", good + "x", good[..^1], good[..^1] + ",}", "/**/" + good, "{'a':1}", "{\"a\"}", "{\"a\":01}", "{\"a\":NaN}", "\uFEFF" + good })
            yield return new Fault($"no JSON: {Short(text)}", Utf8(text), Code: "malformed_json");
        yield return new Fault("not UTF-8", [.. Utf8("{\"a\":\""), 0xC3, 0x28, .. Utf8("\"}")], Code: "malformed_json");
        yield return new Fault("UTF-16", Encoding.Unicode.GetBytes(good), Code: "malformed_json");
        yield return new Fault("deep arrays", Utf8(new string('[', 20_000)), Code: "malformed_json");
        yield return new Fault("deep objects", Utf8(string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100)), Code: "malformed_json");
        foreach (var root in new[] { "[]", "null", "1", "\"text\"", "true", $"[{good}]", "[" + string.Join(',', Enumerable.Repeat("1", 20_000)) + "]" })
            yield return new Fault($"root {Short(root)}", Utf8(root), Named: "");
        yield return new Fault("too large", Utf8(good[..^1] + new string(' ', 64 * 1024) + "}"), 413, "payload_too_large");
        foreach (var type in new[] { null, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "application/jsonx", "nonsense" })
            yield return new Fault($"content type {type}", Utf8(good), 415, "unsupported_media_type", ContentType: type);
    }

    private static IEnumerable<Fault> OfObject(Endpoint endpoint, string path)
    {
        Fault More(string name, string member, string named) => new($"{path}: {name}", Utf8(JsonEdit.WithMore(endpoint.Good, path, member)), Named: named);
        yield return More("unknown field", "\"unexpected\":1", Join(path, "unexpected"));
        yield return More("unknown field in other letters", "\"Amount\":null", Join(path, "Amount"));
        yield return More("NUL in a name", "\"a\\u0000b\":1", path);
        yield return More("half a surrogate in a name", "\"\\ud800\":1", path);
        yield return More("empty name", "\"\":1", path);
        yield return More("long name", $"\"{new string('n', 5_000)}\":1", path);
    }

    private static IEnumerable<Fault> OfField(Endpoint endpoint, Field field)
    {
        Fault Raw(string raw, int status = 400, string code = "validation_failed", string? named = null) =>
            new($"{field.Path}={Short(raw)}", Utf8(JsonEdit.With(endpoint.Good, field.Path, raw)), status, code, named ?? field.Path);

        yield return new Fault($"{field.Path} twice", Utf8(JsonEdit.Twice(endpoint.Good, field.Path)), Named: field.Path);
        if (field.Required)
        {
            yield return new Fault($"{field.Path} missing", Utf8(JsonEdit.With(endpoint.Good, field.Path, null)), Named: field.Path);
            yield return Raw("null");
        }

        foreach (var raw in WrongTypes(field.Kind)) yield return Raw(raw);
        if (field.Kind is FieldKind.Text or FieldKind.Id or FieldKind.Choice or FieldKind.Currency)
        {
            foreach (var raw in new[] { "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udfff x\"" }) yield return Raw(raw);
        }

        switch (field.Kind)
        {
            case FieldKind.Text:
                foreach (var raw in new[] { "\"\"", "\"  \"", $"\"{new string('x', 5_000)}\"", "\"line\\nbreak\"" }) yield return Raw(raw);
                break;
            case FieldKind.Choice:
                foreach (var raw in new[] { "\"\"", "\"nonsense\"", $"\"{new string('x', 5_000)}\"" }) yield return Raw(raw);
                break;
            case FieldKind.Currency:
                foreach (var raw in new[] { "\"\"", "\"cny\"", "\"XXX\"", "\"US\"", "\"USDT\"", "\"BTC\"" }) yield return Raw(raw);
                break;
            case FieldKind.Integer:
                foreach (var raw in new[] { "1.0", "0.5", "1e5", "1E0", "-1", "0", "-0", "-0.0", "1e400", "-9223372036854775808" }) yield return Raw(raw);
                foreach (var raw in new[] { "9007199254740992", "9223372036854775807", "9223372036854775808", "99999999999999999999", new string('9', 400) }) yield return Raw(raw, 422, "amount_too_large", field.Path[..field.Path.LastIndexOf('.')]);
                break;
            case FieldKind.Choices:
                foreach (var raw in new[] { "[]", "[" + string.Join(',', Enumerable.Repeat("\"card\"", 200)) + "]" }) yield return Raw(raw);
                foreach (var raw in new[] { "[null]", "[1]", "[[]]", "[{}]" }) yield return Raw(raw, named: $"{field.Path}[0]");
                yield return Raw("[\"card\",\"nonsense\"]", named: $"{field.Path}[1]");
                break;
        }
    }

    private static string[] WrongTypes(FieldKind kind) => kind switch
    {
        FieldKind.Integer => ["\"1\"", "true", "[]", "{}", "[1]"],
        FieldKind.Object or FieldKind.Amount => ["\"text\"", "1", "true", "[]", "1.5"],
        FieldKind.Choices => ["\"card\"", "1", "{}", "true"],
        _ => ["1", "true", "[]", "{}", "1.5", "[\"x\"]"],
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Short(string text) => text.Length <= 40 ? text : $"{text[..40]}… ({text.Length})";
}
