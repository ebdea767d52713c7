using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>The keys that deliveries are signed with: made here, encrypted before they are stored, shown to their marketplace once.</summary>
internal sealed class WebhookSecrets(IDataProtectionProvider protection)
{
    public const string Prefix = "whsec_";

    // A purpose of its own: what protects providers' tokens cannot open these.
    private readonly IDataProtector protector = protection.CreateProtector("webhook-signing-secrets");

    /// <summary><c>whsec_</c> and 32 random bytes in base64; the standard asks for 24 to 64.</summary>
    public static string Generate() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public string Protect(string secret) => protector.Protect(secret);

    /// <summary>The key itself, without prefix and base64.</summary>
    public byte[] KeyOf(string protectedSecret) => Convert.FromBase64String(protector.Unprotect(protectedSecret)[Prefix.Length..]);
}
