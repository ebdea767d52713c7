using System.Security.Cryptography;
using System.Text.Json;

namespace PaymentOrchestrator.AppHost;

/// <summary>An RSA-2048 pair as the providers exchange them: base64 of DER on one line, PKCS#8 private and SPKI public.</summary>
internal sealed record KeyPairText(string PrivateKey, string PublicKey)
{
    public static KeyPairText Generate()
    {
        using var rsa = RSA.Create(2048);
        return new KeyPairText(Convert.ToBase64String(rsa.ExportPkcs8PrivateKey()), Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>Generated records print all members; a key must not get into a log that way.</summary>
    public override string ToString() => nameof(KeyPairText);
}

/// <summary>
/// The keys that the API and the sandbox share, made once per data folder and kept in one file of mode 0600. They guard nothing
/// but this machine's demo data; they are random all the same, so that no default key can reach another place.
/// </summary>
internal sealed record LocalSecrets
{
    private const string FileName = "secrets.json";

    public required string WorldFirstClientId { get; init; }

    public required KeyPairText WorldFirstPlatform { get; init; }

    public required KeyPairText WorldFirstProvider { get; init; }

    public required string AlipayClientId { get; init; }

    public required KeyPairText AlipayPlatform { get; init; }

    public required KeyPairText AlipayProvider { get; init; }

    public required string MarketplaceAppKey { get; init; }

    public required string MarketplaceAppSecret { get; init; }

    public required string CardSecretKey { get; init; }

    public required string CardWebhookSecret { get; init; }

    /// <summary>32 bytes, base64.</summary>
    public required string DataProtectionKey { get; init; }

    /// <summary>The demo marketplace's key for the API.</summary>
    public required string ApiKey { get; init; }

    /// <summary>Reads the file, or makes it with fresh keys; <paramref name="newApiKey"/> knows the API's own key format.</summary>
    public static async Task<LocalSecrets> LoadOrCreateAsync(string dataFolder, Func<string> newApiKey, CancellationToken cancellationToken)
    {
        var file = Path.Combine(dataFolder, FileName);
        if (File.Exists(file))
            return await LoadAsync(file, cancellationToken);

        var created = Generate(newApiKey());
        await PrivateFile.WritePrivateAsync(file, JsonSerializer.Serialize(created, HostJson.Default.LocalSecrets) + "\n", cancellationToken);
        return created;
    }

    public static void Remove(string dataFolder) => File.Delete(Path.Combine(dataFolder, FileName));

    public override string ToString() => nameof(LocalSecrets);

    private static async Task<LocalSecrets> LoadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.Deserialize(await File.ReadAllTextAsync(file, cancellationToken), HostJson.Default.LocalSecrets)
                ?? throw new JsonException("the file holds null");
        }
        catch (JsonException e)
        {
            throw new HostException($"{file} cannot be read: {e.Message} Put the right file back, or start with --reset to make keys and data anew.", inner: e);
        }
    }

    private static LocalSecrets Generate(string apiKey)
    {
        // Finding primes is the slow part of a first start: all four pairs at once.
        var pairs = new KeyPairText[4];
        Parallel.For(0, pairs.Length, i => pairs[i] = KeyPairText.Generate());
        return new LocalSecrets
        {
            WorldFirstClientId = $"SANDBOX_{RandomNumberGenerator.GetString("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", 16)}",
            WorldFirstPlatform = pairs[0],
            WorldFirstProvider = pairs[1],
            AlipayClientId = $"SANDBOX_{RandomNumberGenerator.GetString("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", 16)}",
            AlipayPlatform = pairs[2],
            AlipayProvider = pairs[3],
            MarketplaceAppKey = RandomNumberGenerator.GetString("123456789", 7),
            MarketplaceAppSecret = Letters(12),
            CardSecretKey = $"sk_test_{Letters(32)}",
            CardWebhookSecret = $"whsec_{Letters(32)}",
            DataProtectionKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ApiKey = apiKey,
        };
    }

    private static string Letters(int length) =>
        RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", length);
}
