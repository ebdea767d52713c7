using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Http;

/// <summary>The one set of JSON rules: snake_case, integers as integers, unknown fields refused, source-generated.</summary>
internal static class ApiJson
{
    public const int MaxDepth = 16;

    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions());

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.MaxDepth = MaxDepth;
        options.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.TypeInfoResolver = ApiJsonContext.Default;
        foreach (var converter in Converters) options.Converters.Add(converter);
        return options;
    }

    public static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, TypeInfo<T>());

    public static T Read<T>(string json) => JsonSerializer.Deserialize(json, TypeInfo<T>()) ?? throw new JsonException("A stored document is null.");

    /// <summary>A time as the contract writes it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What a text field of this type accepts, in words for callers.</summary>
    public static string Describe(Type type) =>
        type == typeof(Currency) ? "a currency code of three capital letters that we know"
        : type == typeof(PaymentMethod) ? "one of " + string.Join(", ", PaymentMethods.All.Select(method => method.Code()))
        : type == typeof(LinkProvider) ? "one of " + string.Join(", ", Enum.GetValues<LinkProvider>().Select(provider => provider.Code()))
        : "text";

    private static IEnumerable<JsonConverter> Converters =>
    [
        new TextConverter<Currency>(Parse<Currency>(Currency.TryParse), currency => currency.Code),
        new TextConverter<PaymentMethod>(text => PaymentMethods.FromCode(text) ?? throw new JsonException(), method => method.Code()),
        new TextConverter<LinkProvider>(text => LinkProviders.FromCode(text) ?? throw new JsonException(), provider => provider.Code()),
        new TextConverter<DateTimeOffset>(
            text => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture),
            Time),
        new IdConverterFactory(),
        new Eligibility.ObservationConverter(),
    ];

    private delegate bool TryParse<T>(string? text, [NotNullWhen(true)] out T? value) where T : class;

    private static Func<string, T> Parse<T>(TryParse<T> parse) where T : class =>
        text => parse(text, out var value) ? value : throw new JsonException();

    private sealed class TextConverter<T>(Func<string, T> read, Func<T, string> write) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String ? read(reader.GetString()!) : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(write(value));
    }

    /// <summary>A malformed id reads as the id of nothing: it is answered like an unknown one, with 404.</summary>
    private sealed class IdConverterFactory : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Id<>);

        [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "The few closed types are kept by the generated contexts.")]
        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(IdConverter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;
    }

    private sealed class IdConverter<T> : JsonConverter<Id<T>>
        where T : IResource
    {
        public override Id<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String ? Id<T>.ParseOrNone(reader.GetString()) : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, Id<T> value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
