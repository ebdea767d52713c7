using System.Text.Json;

namespace PaymentOrchestrator.Api.Tests.Providers;

/// <summary>
/// Signatures made by other programs (OpenSSL, the providers' own SDKs, an official worked example). The private key among them was made
/// for these files and protects nothing.
/// </summary>
internal static class Vectors
{
    public static JsonElement Ant { get; } = Load("ant-rsa256.json");

    public static JsonElement Alibaba { get; } = Load("alibaba-1688.json");

    public static JsonElement Stripe { get; } = Load("stripe-webhook.json");

    public static string PrivateKey => Ant.GetProperty("privateKeyPkcs8Base64").GetString()!;

    public static string PublicKey => Ant.GetProperty("publicKeySpkiBase64").GetString()!;

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static JsonElement Load(string name)
    {
        using var stream = typeof(Vectors).Assembly.GetManifestResourceStream("vectors/" + name)
            ?? throw new InvalidOperationException($"The test vectors {name} are not embedded.");
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
