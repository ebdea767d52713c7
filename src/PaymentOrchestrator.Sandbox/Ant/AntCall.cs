using System.Globalization;
using System.Text.Json;

namespace PaymentOrchestrator.Sandbox.Ant;

/// <summary>A verified request: its parameters, each of which Ant wants as text.</summary>
internal sealed class AntCall(JsonElement body, string? accessToken, string origin)
{
    /// <summary>Scheme and host under which the caller found us; consent pages are made from it.</summary>
    public string Origin { get; } = origin;

    /// <summary>The Access-Token header of a call on a buyer's account.</summary>
    public string AccessToken => accessToken ?? throw AntRefusalException.InvalidToken();

    public string Text(string name, int maxLength = 256) =>
        OptionalText(name, maxLength) ?? throw AntRefusalException.ParamIllegal($"{name} is missing.");

    public string? OptionalText(string name, int maxLength = 256) => OptionalText(body, name, maxLength);

    public string OneOf(string name, params IReadOnlyList<string> allowed)
    {
        var text = Text(name);
        return allowed.Contains(text) ? text : throw AntRefusalException.ParamIllegal($"{name} is not one of {string.Join(", ", allowed)}.");
    }

    public IReadOnlyList<string> Texts(string name)
    {
        if (!body.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array)
            throw AntRefusalException.ParamIllegal($"{name} is missing or no list.");
        return [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String
            ? item.GetString()!
            : throw AntRefusalException.ParamIllegal($"{name} holds something other than text."))];
    }

    /// <summary>An object inside the body, read by the same rules.</summary>
    public AntCall Part(string name)
    {
        if (!body.TryGetProperty(name, out var part) || part.ValueKind != JsonValueKind.Object)
            throw AntRefusalException.ParamIllegal($"{name} is missing or no object.");
        return new AntCall(part, accessToken, Origin);
    }

    /// <summary>A text that holds JSON, as extendInfo does; null if it isn't sent.</summary>
    public AntCall? JsonText(string name)
    {
        if (OptionalText(name, 2048) is not { } text)
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new AntCall(document.RootElement.Clone(), accessToken, Origin)
                : throw AntRefusalException.ParamIllegal($"{name} is no JSON object.");
        }
        catch (JsonException)
        {
            throw AntRefusalException.ParamIllegal($"{name} is no JSON.");
        }
    }

    /// <summary>An amount above zero.</summary>
    public AntAmount Amount(string name)
    {
        var part = Part(name);
        return new AntAmount(part.Text("currency"), part.OptionalValue()
            ?? throw AntRefusalException.ParamIllegal($"{name}.value is missing."));
    }

    /// <summary>The value of an amount whose number the provider is asked for may be absent.</summary>
    public long? OptionalValue()
    {
        if (OptionalText("value") is not { } text)
            return null;
        return text.Length <= 16 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value
            : throw AntRefusalException.ParamIllegal("value must be a whole number above 0 of at most 16 digits, as text.");
    }

    private static string? OptionalText(JsonElement from, string name, int maxLength)
    {
        if (!from.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw AntRefusalException.ParamIllegal($"{name} must be text.");
        var text = value.GetString()!;
        if (text.Length > maxLength)
            throw AntRefusalException.ParamIllegal($"{name} is longer than {maxLength} characters.");
        return text.Length == 0 ? null : text;
    }
}
