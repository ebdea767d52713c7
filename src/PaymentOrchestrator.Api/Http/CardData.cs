using System.Globalization;
using System.Text.Json;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Http;

/// <summary>Card data in requests: found before anything is logged or stored, and refused by its place, never by its value.</summary>
internal static class CardData
{
    /// <summary>Where 1688's order numbers stand: undivided, they are as long as some card numbers, and pass.</summary>
    private const string OrderIdField = "order.id";
    private const string OrderIdParameter = "order_id";

    private const string NamePlace = "(name)";

    /// <summary>Every place in the body that holds card data.</summary>
    public static IReadOnlyList<FieldError> In(JsonElement body)
    {
        var errors = new List<FieldError>();
        Search(body, "", errors);
        return errors;
    }

    /// <summary>Card data in the address and the headers.</summary>
    public static IReadOnlyList<FieldError> In(HttpRequest request)
    {
        var errors = new List<FieldError>();
        if (request.Path.Value is { } path && CardNumbers.Contains(path)) Add(errors, "path");
        foreach (var (name, values) in request.Query)
        {
            if (CardNumbers.Contains(name)) Add(errors, "query");
            else if (CardFields.IsForbidden(name) || values.Any(value => CardNumbers.Contains(value, orderNumbersPass: name == OrderIdParameter))) Add(errors, name);
        }

        foreach (var (name, values) in request.Headers)
        {
            if (TracingHeaders.MayHold(name, values)) continue;
            if (CardNumbers.Contains(name)) Add(errors, "headers");
            else if (CardFields.IsForbidden(name) || values.Any(value => CardNumbers.Contains(value))) Add(errors, name);
        }

        return errors;
    }

    public static Problem Refusal(IReadOnlyList<FieldError> places) => new(
        ProblemType.CardDataRefused,
        "errors names where card data is. Never send card numbers, security codes or track data here: cards are linked on the acquirer's page, or by the acquirer's token.")
    {
        Errors = places,
    };

    private static void Search(JsonElement value, string path, List<FieldError> errors)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject()) SearchProperty(property, path, errors);
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray()) Search(item, $"{path}[{index++}]", errors);
                break;
            case JsonValueKind.String:
                if (TextOf(value) is { } text && CardNumbers.Contains(text, orderNumbersPass: path == OrderIdField)) Add(errors, path);
                break;
            case JsonValueKind.Number:
                if (CardNumbers.Contains(DigitsOf(value))) Add(errors, path);
                break;
        }
    }

    private static void SearchProperty(JsonProperty property, string path, List<FieldError> errors)
    {
        var name = NameOf(property);
        if (name is null || CardNumbers.Contains(name))
        {
            // A name that is a card number cannot be named, and what is under it need not be.
            if (name is not null) Add(errors, Join(path, NamePlace));
            Search(property.Value, Join(path, NamePlace), errors);
            return;
        }

        if (CardFields.IsForbidden(name)) Add(errors, Join(path, name));
        else Search(property.Value, Join(path, name), errors);
    }

    private static void Add(List<FieldError> errors, string place)
    {
        if (errors.Count < 20 && errors.All(error => error.Field != place))
            errors.Add(new FieldError(place, ProblemType.CardDataRefused.Code, $"{(place.Length == 0 ? "The body" : place)} holds card data."));
    }

    /// <summary>4.242424242424242e15 is the same number as its sixteen digits.</summary>
    private static string DigitsOf(JsonElement number)
    {
        var raw = number.GetRawText();
        return decimal.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && decimal.Truncate(value) == value
            ? decimal.Truncate(value).ToString(CultureInfo.InvariantCulture)
            : raw;
    }

    // Half of a surrogate pair is no text; the contract refuses it in its own words.
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
