using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace PaymentOrchestrator.Api.Tests.Limits;

/// <summary>One request as bytes, and what a reader of a failure needs.</summary>
internal sealed record FuzzRequest(byte[] Bytes, string Operation, bool IsHead)
{
    public override string ToString() => $"{Operation}: {Encoding.Latin1.GetString(Bytes.AsSpan(0, Math.Min(Bytes.Length, 2000)))}";
}

/// <summary>
/// Requests after the contract's document, and more or less beside it: what it asks for with values of the wrong type, size, encoding, nesting and order, broken
/// JSON, odd headers, methods and framing. The same seed gives the same requests, for the same ids.
/// </summary>
/// <param name="document">openapi.yaml as JSON.</param>
/// <param name="key">What requests are made with, mostly.</param>
/// <param name="ids">Ids of things that exist, by their prefix.</param>
internal sealed class ApiFuzzer(JsonNode document, string key, ILookup<string, string> ids, int seed)
{
    private static readonly string[] Fragments =
    [
        "null", "true", "false", "0", "-1", "1", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e999", "-1e-999", "1.5", "1E2", "00", "+1", "NaN", "0x10",
        new string('9', 400), "\"\"", "\" \"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udfff\\ud800\"", "\"\\ud83d\\ude00\"", "\"\u202e\u200b\ufeff\"", "\"\u4e2d\u6587\"", "\"e\u0301\"",
        "\"' or 1=1; drop table payments; --\"", "\"{{7*7}}${jndi:ldap://x}\"", "\"../../etc/passwd\"", "\"<script>\"", "\"\\r\\nX-Injected: 1\"", "\"%00%ff%n%s\"", "\"1970-01-01T00:00:00Z\"",
        "\"9999-12-31T23:59:59Z\"", "\"0000-00-00T00:00:00Z\"", "\"2026-02-30T25:61:61+99:99\"", "\"::ffff:8.8.8.8\"", "\"http://[::1\"", "\"javascript:alert(1)\"", "\"https://user:pw@shop.example:99999/\"",
        "[]", "{}", "[[]]", "[null]", "[1,\"a\",{}]", "{\"a\":1,\"a\":2}", "{\"\":1}", "{\"\\u0000\":1}", "{\"__proto__\":{}}", "{\"\\ud800\":1}", "{\"$type\":\"System.Object\"}",
        $"[{string.Join(',', Enumerable.Repeat("1", 101))}]", $"\"{new string('x', 300)}\"", $"\"{new string('\u00e9', 30_000)}\"", $"{{{string.Join(',', Enumerable.Range(0, 150).Select(i => $"\"k{i}\":\"v\""))}}}",
        new string('[', 15) + new string(']', 15), new string('[', 17) + new string(']', 17), string.Concat(Enumerable.Repeat("{\"a\":", 2000)) + "1" + new string('}', 2000), new string('[', 30_000),
        "\"unterminated", "tru", "//comment\n1", "1,", "'single'", "\"\t\"", "\"\\x\"", "\"\\u12\"",
    ];

    private static readonly string[] Texts =
    [
        "", "x", "0", "-1", "999999999999999999999", "%00", "%", "%zz", "%c0%af", "%ff%fe", "..%2f..%2f", "%20", "%F0%9F%98%80", "a%0d%0ab", "null", "true", "1.5", "2026-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z",
        "%27%20or%201=1", "pay_00000000000000000000000000", "pay_7zzzzzzzzzzzzzzzzzzzzzzzzz", "PAY_00000000000000000000000000", "*", "{id}", new('a', 300), new('9', 1000),
    ];

    private static readonly string[] HeaderValues =
    [
        "", " ", "x", "a,b", ";;;", "q=1;q=2", "*", "\u0001", "\u007f", "\u00e9", "\u00ff\u00fe", new('h', 256), new('h', 4000), "en;q=NaN", "zh-CN, *;q=-1", "\"", "\"1\"", "W/\"1\"", "\"99999999999999999999\"", "none", "2099-01-01",
    ];

    private static readonly string[] HeaderNames =
    [
        "Idempotency-Key", "Accept-Language", "Accept", "Accept-Encoding", "If-Match", "If-None-Match", "Origin", "Buyer-Session", "X-Forwarded-For", "X-Forwarded-Proto", "traceparent", "tracestate", "baggage",
        "Content-Encoding", "Content-Language", "Expect", "Range", "Cookie", "X-HTTP-Method-Override", "Access-Control-Request-Method", "User-Agent", "Via", "Date", "Upgrade", "TE",
    ];

    private static readonly string[] ContentTypes =
        ["application/json", "application/json", "application/json", "application/json; charset=utf-8", "application/json; charset=utf-16", "application/json;charset", "text/csv", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "", "/", "application/json, text/plain", "application/problem+json"];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get", "XYZZY"];

    private static readonly string[] Currencies = ["CNY", "USD", "EUR", "JPY", "GBP", "KRW", "CNH", "BHD"];

    private readonly Random random = new(seed);
    private readonly List<(string Method, string Path, JsonObject Operation)> operations =
    [
        .. from path in document["paths"]!.AsObject()
           from operation in path.Value!.AsObject()
           where operation.Value is JsonObject
           select (operation.Key.ToUpperInvariant(), path.Key, operation.Value!.AsObject()),
    ];

    private readonly List<string> raw = [];

    public IReadOnlyList<string> Operations => [.. operations.Select(one => $"{one.Method} {one.Path}")];

    public FuzzRequest Next()
    {
        var (method, path, operation) = Pick(operations);
        var name = $"{method} {path}";
        if (Chance(0.03)) method = Pick(Methods);
        var parameters = (operation["parameters"] as JsonArray ?? []).Select(one => Resolve(one!)).ToList();
        var target = new StringBuilder(path);
        foreach (var parameter in parameters.Where(one => (string)one["in"]! == "path"))
            target.Replace("{" + (string)parameter["name"]! + "}", PathValue((string)parameter["name"]!, path, Resolve(parameter["schema"]!)));
        var query = parameters.Where(one => (string)one["in"]! == "query" && Chance(one["required"] is not null ? 0.95 : 0.3))
            .Select(one => $"{(string)one["name"]!}={QueryValue((string)one["name"]!, Resolve(one["schema"]!))}").ToList();
        if (Chance(0.05)) query.Add($"{Pick(Texts)}={Pick(Texts)}");
        if (Chance(0.03) && query.Count > 0) query.Add(query[0]);
        if (query.Count > 0) target.Append('?').Append(string.Join('&', query));

        var headers = Headers(parameters);
        var body = Body(operation, headers);
        return new FuzzRequest(Assemble(method, target.ToString(), headers, body), name, method == "HEAD");
    }

    private List<(string Name, string Value)> Headers(List<JsonObject> parameters)
    {
        var headers = new List<(string, string)> { ("Host", "api.example") };
        if (!Chance(0.03)) headers.Add(("Authorization", Chance(0.02) ? $"Bearer {Pick(HeaderValues)}" : $"Bearer {key}"));
        foreach (var parameter in parameters.Where(one => (string)one["in"]! == "header" && Chance(0.9)))
        {
            var name = (string)parameter["name"]!;
            headers.Add((name, Chance(0.05) ? Pick(HeaderValues) : name switch
            {
                "Idempotency-Key" => Chance(0.1) ? $"again-{random.Next(50)}" : $"fuzz-{seed}-{random.NextInt64()}",
                "If-Match" => $"\"{random.Next(1, 4)}\"",
                _ => "en",
            }));
        }

        while (Chance(0.08)) headers.Add((Pick(HeaderNames), Pick(HeaderValues)));
        if (Chance(0.01)) headers.Add((Pick(HeaderNames) + " ", "x"));
        if (Chance(0.005)) headers.AddRange(Enumerable.Range(0, 70).Select(i => ($"X-Many-{i}", "x")));
        if (Chance(0.005)) headers.AddRange(Enumerable.Range(0, 5).Select(i => ($"X-Large-{i}", new string('x', 4000))));
        return headers;
    }

    private byte[] Body(JsonObject operation, List<(string Name, string Value)> headers)
    {
        if (operation["requestBody"]?["content"] is not JsonObject content)
        {
            if (!Chance(0.05)) return [];
            headers.Add(("Content-Type", Pick(ContentTypes)));
            return Encoding.UTF8.GetBytes(Pick(Fragments));
        }

        var (type, media) = Pick(content.ToList());
        headers.Add(("Content-Type", Chance(0.05) ? Pick(ContentTypes) : type));
        var text = type == "text/csv" ? Csv() : Json(media!["schema"]!);
        var bytes = Encoding.UTF8.GetBytes(text);
        if (Chance(0.9)) return bytes;
        return random.Next(8) switch
        {
            0 => bytes[..random.Next(bytes.Length + 1)],
            1 => [0xEF, 0xBB, 0xBF, .. bytes],
            2 => Encoding.Unicode.GetBytes(text),
            3 => [.. bytes, .. bytes],
            4 => [.. bytes, .. new byte[random.Next(1, 70_000)]],
            5 => [.. bytes.AsSpan(0, bytes.Length / 2), 0xC3, 0x28, 0xFF, .. bytes.AsSpan(bytes.Length / 2)],
            6 => Flip(bytes),
            _ => [],
        };
    }

    private byte[] Flip(byte[] bytes)
    {
        var flipped = bytes.ToArray();
        for (var i = 0; i < 3 && flipped.Length > 0; i++) flipped[random.Next(flipped.Length)] = (byte)random.Next(256);
        return flipped;
    }

    private string Csv()
    {
        string[] cells = ["payment", "refund", "dispute", "x", "USD", "CNY", "1", "-1", "1.5", "=1+1", "\"a\"\"b\"", "\"", "2026-11-22T10:00:00Z", "", "\u0000", "pay_00000000000000000000000000", new('9', 30)];
        var text = new StringBuilder("type,provider_reference,request_id,payment_id,currency,amount,occurred_at\n");
        for (var i = random.Next(5); i > 0; i--) text.Append(string.Join(',', Enumerable.Range(0, Chance(0.9) ? 7 : random.Next(12)).Select(_ => Pick(cells)))).Append('\n');
        return text.ToString();
    }

    /// <summary>A value that the schema asks for, with up to a few places in it replaced, added or taken away.</summary>
    private string Json(JsonNode schema)
    {
        raw.Clear();
        var value = Value(schema, "", 0);
        for (var left = Chance(0.5) ? 0 : random.Next(1, 4); left > 0; left--) value = Mutate(value);
        var text = value?.ToJsonString() ?? "null";
        for (var i = 0; i < raw.Count; i++) text = text.Replace($"\"@@{i}@@\"", raw[i], StringComparison.Ordinal);
        return text;
    }

    private JsonNode? Mutate(JsonNode? root)
    {
        if (root is not JsonObject top || Chance(0.05)) return Raw();
        var at = top;
        while (Chance(0.5) && at.Select(one => one.Value).OfType<JsonObject>().ToList() is { Count: > 0 } inner) at = Pick(inner);
        var name = at.Count > 0 ? Pick(at.Select(one => one.Key).ToList()) : null;
        switch (random.Next(6))
        {
            case 0 when name is not null:
                at.Remove(name);
                break;
            case 1:
                at[Pick(["x", "ID", "", "\u0000", "toString", "order", new string('n', 100), "cvv"])] = Raw();
                break;
            case 2 when name is not null:
                // The same value again, one level deeper, or in a list.
                var held = at[name]?.DeepClone();
                at[name] = Chance(0.5) ? new JsonObject { [name] = held } : new JsonArray(held, held?.DeepClone());
                break;
            case 3 when name is not null:
                // In another order.
                var moved = at[name]?.DeepClone();
                at.Remove(name);
                at.Insert(0, name, moved);
                break;
            default:
                if (name is not null) at[name] = Raw();
                break;
        }

        return root;
    }

    /// <summary>A mark in whose place the text of a fragment is written, which need not be JSON.</summary>
    private JsonValue Raw()
    {
        raw.Add(Pick(Fragments));
        return JsonValue.Create($"@@{raw.Count - 1}@@");
    }

    private JsonNode? Value(JsonNode reference, string name, int depth)
    {
        var schema = Resolve(reference);
        if (schema["enum"] is JsonArray choices) return Pick(choices.ToList())?.DeepClone();
        if (schema["oneOf"] is JsonArray ways) return depth > 6 ? null : Value(Pick(ways.ToList())!, name, depth);
        var types = schema["type"] switch { JsonArray many => [.. many.Select(one => (string)one!)], JsonNode one => [(string)one!], _ => new List<string> { "object" } };
        switch (Pick(types))
        {
            case "null": return null;
            case "boolean": return Chance(0.5);
            case "integer" or "number": return Chance(0.8) ? random.Next(1, 2_000_000) : random.NextInt64(-10, long.MaxValue);
            case "array": return new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => depth > 6 ? null : Value(schema["items"]!, name, depth + 1))]);
            case "string": return Text(name, schema);
        }

        var made = new JsonObject();
        var required = (schema["required"] as JsonArray ?? []).Select(one => (string)one!).ToHashSet();
        foreach (var (property, of) in schema["properties"] as JsonObject ?? [])
            if (depth < 7 && (required.Contains(property) || Chance(0.4))) made[property] = Value(of!, property, depth + 1);
        if (schema["additionalProperties"] is JsonObject more)
            for (var i = random.Next(3); i > 0; i--) made[$"name{i}"] = Value(more, "", depth + 1);
        return made;
    }

    private string Text(string name, JsonObject schema)
    {
        if ((string?)schema["pattern"] is { } pattern && pattern.Length > 5 && pattern[0] == '^' && pattern.IndexOf('_', StringComparison.Ordinal) is > 0 and var line && pattern.EndsWith("{26}$", StringComparison.Ordinal))
            return KnownId(pattern[1..line]);
        if ((string?)schema["pattern"] == "^[A-Z]{3}$") return Chance(0.5) ? "CNY" : Pick(Currencies);
        return name switch
        {
            "country" => Pick(["US", "DE", "CN", "GB", "ZZ"]),
            "buyer_ip" => Pick(["8.8.8.8", "2001:4860:4860::8888", "10.0.0.1", "114.114.114.114"]),
            "return_url" or "url" => Pick(["https://shop.example/back", "http://localhost:1/x", "https://10.0.0.1/"]),
            "provider" => Pick(["worldfirst", "alipay", "marketplace1688", "card"]),
            "lock" => Pick(["15m", "1h", "PT15M", "24h"]),
            "outcome" => Pick(["moved", "not_moved", "x"]),
            "from" or "to" or "since" or "expires_at" or "effective_from" or "effective_at" or "at" => Pick(["2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z", "2027-01-01T00:00:00Z"]),
            "reference" => $"fuzz-{random.Next(1_000_000)}",
            _ => (string?)schema["examples"]?[0] ?? Pick(["text", "order-1", "x y", "0"]),
        };
    }

    private string PathValue(string name, string path, JsonObject schema)
    {
        if (Chance(0.1)) return Pick(Texts) is { Length: > 0 } text ? text : "%20";
        if (name == "provider") return Pick(["worldfirst", "alipay", "marketplace1688", "1688", "card", "nobody"]);
        if ((string?)schema["pattern"] is { } pattern && pattern.IndexOf('_', StringComparison.Ordinal) is > 1 and var line) return KnownId(pattern[1..line]);
        var noun = path.Split('/')[2];
        var prefix = ids.Select(group => group.Key).FirstOrDefault(one => noun.StartsWith(one[..2], StringComparison.Ordinal));
        return prefix is null ? "x" : KnownId(prefix);
    }

    private string QueryValue(string name, JsonObject schema)
    {
        if (Chance(0.25)) return Pick(Texts);
        if (name == "limit") return random.Next(1, 101).ToString(CultureInfo.InvariantCulture);
        return Value(schema, name, 0) switch { JsonValue value => Uri.EscapeDataString(value.ToString()), _ => "x" };
    }

    private string KnownId(string prefix)
    {
        var known = ids[prefix].ToList();
        if (known.Count > 0 && Chance(0.7)) return Pick(known);
        if (ids.Count > 0 && Chance(0.2)) return Pick(Pick(ids.ToList()).ToList());
        return $"{prefix}_{random.Next(8)}{string.Concat(Enumerable.Range(0, 25).Select(_ => "0123456789abcdefghjkmnpqrstvwxyz"[random.Next(32)]))}";
    }

    private byte[] Assemble(string method, string target, List<(string Name, string Value)> headers, byte[] body)
    {
        var head = new StringBuilder();
        if (Chance(0.01)) target = Pick(["*", "//", "/v1/../v1/payments", "/V1/PAYMENTS", "/v1//payments", "http://other.example/v1/payments", target + "#x", "/" + new string('a', 5000)]);
        head.Append(CultureInfo.InvariantCulture, $"{method} {target} HTTP/{(Chance(0.005) ? "1.0" : "1.1")}\r\n");
        foreach (var (name, value) in headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (body.Length > 0 && Chance(0.05))
        {
            head.Append(CultureInfo.InvariantCulture, $"Transfer-Encoding: chunked\r\n\r\n{(Chance(0.9) ? body.Length.ToString("x", CultureInfo.InvariantCulture) : "zz")}\r\n");
            return [.. Encoding.Latin1.GetBytes(head.ToString()), .. body, .. "\r\n0\r\n\r\n"u8];
        }

        if (body.Length > 0 || method is "POST" or "PUT" or "PATCH") head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        head.Append("\r\n");
        return [.. Encoding.Latin1.GetBytes(head.ToString()), .. body];
    }

    private JsonObject Resolve(JsonNode node)
    {
        var schema = node.AsObject();
        while (true)
        {
            if ((string?)schema["$ref"] is { } reference) schema = reference[2..].Split('/').Aggregate(document, (at, part) => at[part]!).AsObject();
            else if (schema["allOf"] is JsonArray { Count: 1 } one) schema = one[0]!.AsObject();
            else return schema;
        }
    }

    private bool Chance(double share) => random.NextDouble() < share;

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
