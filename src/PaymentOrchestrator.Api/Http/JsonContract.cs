using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Http;

/// <summary>Holds a JSON value against the contract's types and names every fault by its path, instead of stopping at the first.</summary>
internal static class JsonContract
{
    public const int MaxArray = 100;
    private const int MaxErrors = 20;

    public static IReadOnlyList<FieldError> Check(JsonElement root, JsonTypeInfo type)
    {
        var errors = new List<FieldError>();
        Check(root, type, "", errors);
        return errors.Count <= MaxErrors ? errors : errors[..MaxErrors];
    }

    /// <summary>Feeds the value to a hash so that equal values give equal hashes, whatever their white space and order of fields.</summary>
    /// <param name="except">A field of the value itself that does not count.</param>
    public static void AppendByValue(IncrementalHash hash, JsonElement value, string? except = null)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                hash.AppendData("{"u8);
                foreach (var property in value.EnumerateObject().Where(property => property.Name != except).OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    AppendText(hash, property.Name);
                    AppendByValue(hash, property.Value);
                }

                hash.AppendData("}"u8);
                break;
            case JsonValueKind.Array:
                hash.AppendData("["u8);
                foreach (var item in value.EnumerateArray()) AppendByValue(hash, item);
                hash.AppendData("]"u8);
                break;
            case JsonValueKind.String:
                AppendText(hash, value.GetString()!);
                break;
            default:
                // Numbers of the contract are integers, which have one spelling; true, false and null have one as well.
                hash.AppendData(Encoding.UTF8.GetBytes(value.GetRawText() + ";"));
                break;
        }
    }

    private static void AppendText(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(Encoding.ASCII.GetBytes($"{bytes.Length}:"));
        hash.AppendData(bytes);
    }

    private static void Check(JsonElement value, JsonTypeInfo type, string path, List<FieldError> errors)
    {
        if (errors.Count > MaxErrors) return;
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                CheckObject(value, type, path, errors);
                break;
            case JsonTypeInfoKind.Enumerable:
                CheckArray(value, type, path, errors);
                break;
            case JsonTypeInfoKind.Dictionary:
                CheckDictionary(value, type, path, errors);
                break;
            default:
                CheckLeaf(value, type, path, errors);
                break;
        }
    }

    private static void CheckObject(JsonElement value, JsonTypeInfo type, string path, List<FieldError> errors)
    {
        if (!Is(value, JsonValueKind.Object, path, "an object", errors)) return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (!Name(property, path, errors, out var name)) continue;
            var field = Join(path, name);
            if (!seen.Add(name)) errors.Add(new FieldError(field, "duplicate_field", $"{field} is given twice; give it once."));
            var info = type.Properties.FirstOrDefault(candidate => candidate.Name == name);
            if (info is null) errors.Add(new FieldError(field, "unknown_field", $"{field} is not a field of this request; leave it out."));
            else if (property.Value.ValueKind == JsonValueKind.Null)
            {
                if (!info.IsSetNullable) errors.Add(new FieldError(field, "required", $"{field} must not be null."));
            }
            else if (type.Type == typeof(Amount) && info.PropertyType == typeof(long) && IsPastAnyAmount(property.Value))
            {
                errors.Add(new FieldError(
                    path, ProblemType.AmountTooLarge.Code,
                    $"{Label(path)} passes {Money.MaxValue} minor units, more than JSON clients read exactly. Use a smaller order or another currency."));
            }
            else Check(property.Value, type.Options.GetTypeInfo(info.PropertyType), field, errors);
        }

        foreach (var missing in type.Properties.Where(candidate => candidate.IsRequired && !seen.Contains(candidate.Name)))
        {
            var field = Join(path, missing.Name);
            errors.Add(new FieldError(field, "required", $"{field} is required."));
        }
    }

    /// <summary>A positive integer, spelt as one, that passes what JSON clients read exactly: too large an amount, whatever call it is in, rather than no number.</summary>
    private static bool IsPastAnyAmount(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.GetRawText().All(char.IsAsciiDigit) && (!value.TryGetInt64(out var number) || number > Money.MaxValue);

    private static void CheckArray(JsonElement value, JsonTypeInfo type, string path, List<FieldError> errors)
    {
        if (!Is(value, JsonValueKind.Array, path, "an array", errors)) return;
        if (value.GetArrayLength() > MaxArray) errors.Add(new FieldError(path, "too_many", $"{path} may hold at most {MaxArray} entries."));
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var field = $"{path}[{index++}]";
            if (item.ValueKind == JsonValueKind.Null) errors.Add(new FieldError(field, "required", $"{field} must not be null."));
            else Check(item, type.Options.GetTypeInfo(type.ElementType!), field, errors);
        }
    }

    private static void CheckDictionary(JsonElement value, JsonTypeInfo type, string path, List<FieldError> errors)
    {
        if (!Is(value, JsonValueKind.Object, path, "an object", errors)) return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (!Name(property, path, errors, out var name)) continue;
            var field = Join(path, name);
            if (!seen.Add(name)) errors.Add(new FieldError(field, "duplicate_field", $"{field} is given twice; give it once."));
            Check(property.Value, type.Options.GetTypeInfo(type.ElementType!), field, errors);
        }
    }

    private static void CheckLeaf(JsonElement value, JsonTypeInfo type, string path, List<FieldError> errors)
    {
        var (expected, kinds) = LeafKind(Nullable.GetUnderlyingType(type.Type) ?? type.Type);
        if (!kinds.Contains(value.ValueKind))
        {
            errors.Add(new FieldError(path, "wrong_type", $"{Label(path)} must be {expected}."));
            return;
        }

        if (value.ValueKind == JsonValueKind.String && !Text(value, path, errors)) return;
        try
        {
            _ = value.Deserialize(type);
        }
        catch (JsonException)
        {
            errors.Add(new FieldError(path, "invalid", $"{Label(path)} must be {expected}."));
        }
    }

    /// <summary>What a leaf of the contract looks like, in words that a caller understands.</summary>
    private static (string Expected, JsonValueKind[] Kinds) LeafKind(Type type) =>
        type == typeof(long) ? ("an integer, without decimals or exponent", [JsonValueKind.Number])
        : type == typeof(bool) ? ("true or false", [JsonValueKind.True, JsonValueKind.False])
        : (ApiJson.Describe(type), [JsonValueKind.String]);

    private static bool Is(JsonElement value, JsonValueKind kind, string path, string expected, List<FieldError> errors)
    {
        if (value.ValueKind == kind) return true;
        errors.Add(new FieldError(path, "wrong_type", $"{Label(path)} must be {expected}."));
        return false;
    }

    private static bool Name(JsonProperty property, string path, List<FieldError> errors, out string name)
    {
        name = "";
        try
        {
            name = property.Name;
        }
        catch (InvalidOperationException)
        {
            // An escape that is half of a surrogate pair: there is no such text.
        }

        if (name.Length > 0 && FieldErrors.Characters(name) <= 64 && !name.Any(char.IsControl)) return true;
        errors.Add(new FieldError(path, "unknown_field", $"A field name in {Label(path)} is not acceptable: use 1 to 64 characters of text."));
        return false;
    }

    private static bool Text(JsonElement value, string path, List<FieldError> errors)
    {
        string text;
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            errors.Add(new FieldError(path, "invalid_text", $"{Label(path)} holds half of a surrogate pair, which is not text."));
            return false;
        }

        if (!text.Contains('\0', StringComparison.Ordinal)) return true;
        errors.Add(new FieldError(path, "invalid_text", $"{Label(path)} holds a NUL character; leave it out."));
        return false;
    }

    private static string Label(string path) => path.Length == 0 ? "The body" : path;

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
