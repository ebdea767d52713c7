using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PaymentOrchestrator.Api.Providers;

/// <summary>Reads text, a number or a truth value as text: the providers' own documents and answers disagree about which it is.</summary>
internal sealed class ScalarAsTextConverter : JsonConverter<string?>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        // As it was written: no number is parsed and rounded on the way.
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        _ => throw new JsonException("Expected a single value."),
    };

    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
