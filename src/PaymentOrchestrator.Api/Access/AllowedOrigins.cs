using Dapper;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

/// <summary>
/// The origins on any publishable key that works. A browser's preflight names no key, so all that can be asked then is whether anyone lists the origin; the call that
/// follows is held against its own key.
/// </summary>
internal sealed class AllowedOrigins(Db db, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim reading = new(1);
    private (HashSet<string> Origins, long At)? last;

    /// <summary>An origin as browsers write it: https, or in test mode http on this machine; small letters, no path, no default port.</summary>
    public static bool IsOrigin(string text, Mode mode) =>
        text.Length <= 255 && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority) == text && uri.UserInfo.Length == 0
        && uri.HostNameType != UriHostNameType.Basic
        && (uri.Scheme == Uri.UriSchemeHttps || (mode == Mode.Test && uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    /// <summary>Up to five seconds behind.</summary>
    public async ValueTask<bool> ContainAsync(string origin, CancellationToken cancellationToken)
    {
        if (Fresh() is { } known) return known.Contains(origin);
        await reading.WaitAsync(cancellationToken);
        try
        {
            if (Fresh() is { } meanwhile) return meanwhile.Contains(origin);
            const string sql = """
                select distinct unnest(allowed_origins) from api_keys
                where kind = 'publishable' and revoked_at is null and (expires_at is null or expires_at > @now);
                """;
            await using var connection = await db.OpenWorkerAsync(cancellationToken);
            var rows = await connection.QueryAsync<string>(new CommandDefinition(sql, new { now = clock.GetUtcNow().UtcDateTime }, cancellationToken: cancellationToken));
            var origins = rows.ToHashSet(StringComparer.Ordinal);
            last = (origins, clock.GetTimestamp());
            return origins.Contains(origin);
        }
        finally
        {
            reading.Release();
        }
    }

    public void Dispose() => reading.Dispose();

    private HashSet<string>? Fresh() => last is var (origins, at) && clock.GetElapsedTime(at) < ReadEvery ? origins : null;
}
