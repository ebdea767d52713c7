using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PaymentOrchestrator.Api.Providers.CardAcquirer;

/// <summary>
/// <c>Stripe-Signature: t=…,v1=…</c>: HMAC-SHA256 with the webhook's secret over <c>t "." body</c>, lower-case hex. Checked here and not by
/// the SDK, which wants the body as text: what is signed are the bytes.
/// </summary>
internal static class StripeSignature
{
    /// <summary>How far the sender's clock and ours may lie apart, both ways.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(300);

    /// <summary>Several v1 occur while a secret is being changed; one that fits is enough.</summary>
    public static bool Verify(string secret, string? header, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        string? timestamp = null;
        var signatures = new List<string>();
        foreach (var pair in (header ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            if (pair.StartsWith("t=", StringComparison.Ordinal)) timestamp = pair[2..];
            else if (pair.StartsWith("v1=", StringComparison.Ordinal)) signatures.Add(pair[3..]);
        }

        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return false;
        // Compared as numbers of seconds: a date of any such number might not exist. The parsed one is not negative, so nothing overflows.
        if (Math.Abs(now.ToUnixTimeSeconds() - seconds) > (long)Tolerance.TotalSeconds) return false;

        var head = Encoding.ASCII.GetBytes(timestamp + ".");
        var content = new byte[head.Length + body.Length];
        head.CopyTo(content, 0);
        body.CopyTo(content.AsSpan(head.Length));
        var expected = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), content)));
        return signatures.Any(signature => CryptographicOperations.FixedTimeEquals(expected, Encoding.ASCII.GetBytes(signature)));
    }
}
