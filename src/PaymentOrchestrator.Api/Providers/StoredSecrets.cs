using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers;

// What the adapters keep in AccountGrant.Secret, as JSON. Classes and not records: a record's ToString would print them.

internal sealed class OAuthSecret
{
    public required string AccessToken { get; init; }

    public string? RefreshToken { get; init; }

    public static OAuthSecret Of(AccountCredential account) => StoredSecrets.Read(account, StoredSecretsJson.Default.OAuthSecret);

    public string ToText() => JsonSerializer.Serialize(this, StoredSecretsJson.Default.OAuthSecret);
}

internal sealed class CardSecret
{
    public required string Customer { get; init; }

    public required string PaymentMethod { get; init; }

    public static CardSecret Of(AccountCredential account) => StoredSecrets.Read(account, StoredSecretsJson.Default.CardSecret);

    public string ToText() => JsonSerializer.Serialize(this, StoredSecretsJson.Default.CardSecret);
}

internal static class StoredSecrets
{
    /// <exception cref="InvalidOperationException">Not a secret that the adapter wrote. The message holds nothing of it.</exception>
    public static T Read<T>(AccountCredential account, JsonTypeInfo<T> type)
        where T : class
    {
        T? secret;
        try
        {
            secret = JsonSerializer.Deserialize(account.Secret, type);
        }
        catch (JsonException)
        {
            // Without the parser's exception, whose message could quote the secret.
            secret = null;
        }

        return secret ?? throw new InvalidOperationException($"The stored secret of account {account.ProviderAccountId} cannot be read.");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OAuthSecret))]
[JsonSerializable(typeof(CardSecret))]
internal sealed partial class StoredSecretsJson : JsonSerializerContext;
