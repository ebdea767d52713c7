using System.Globalization;
using System.Threading.RateLimiting;

namespace PaymentOrchestrator.Api.Access;

/// <summary>
/// So many requests in ten seconds for each of those who share the policy's name: a bucket that holds ten seconds' worth, filled steadily. Whoever was
/// quiet may burst, and nobody passes the rate for long. Buckets that are full again are let go of.
/// </summary>
internal sealed class RateLimitPolicy<TOwner>(string name, int perSecond) : IDisposable
    where TOwner : notnull
{
    private const int Window = 10;

    // What is filled in each second is one token at least.
    private const int NextWithin = 1;

    private readonly int quota = checked(perSecond * Window);

    private readonly PartitionedRateLimiter<TOwner> buckets = PartitionedRateLimiter.Create<TOwner, TOwner>(owner => RateLimitPartition.GetTokenBucketLimiter(
        owner, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perSecond * Window,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));

    public bool IsSpent(TOwner owner) => buckets.GetStatistics(owner)?.CurrentAvailablePermits == 0;

    public RateLimitStand Take(TOwner owner)
    {
        using var lease = buckets.AttemptAcquire(owner);
        var left = buckets.GetStatistics(owner)?.CurrentAvailablePermits ?? 0;
        var reset = lease.IsAcquired ? (quota - left + perSecond - 1) / perSecond : NextWithin;
        return new RateLimitStand(
            lease.IsAcquired,
            string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={quota};w={Window}"),
            string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={left};t={reset}"),
            NextWithin);
    }

    public void Dispose() => buckets.Dispose();
}

/// <summary>Where a caller stands with one policy, in the syntax of draft-ietf-httpapi-ratelimit-headers.</summary>
/// <param name="Passes">Whether the request may go on.</param>
/// <param name="Policy">The item of RateLimit-Policy: <c>q</c> requests in <c>w</c> seconds.</param>
/// <param name="Limit">The item of RateLimit: <c>r</c> requests are left, and in <c>t</c> seconds all of them will be there again; after a refusal, the next.</param>
/// <param name="RetryAfter">Seconds after which a request can pass that did not.</param>
internal readonly record struct RateLimitStand(bool Passes, string Policy, string Limit, int RetryAfter);
