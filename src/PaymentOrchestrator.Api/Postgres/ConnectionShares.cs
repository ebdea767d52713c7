using System.Data;
using System.Threading.RateLimiting;
using Npgsql;

namespace PaymentOrchestrator.Api.Postgres;

/// <summary>
/// How many of an instance's connections for requests one marketplace may hold at once. The rest of its requests wait in its own line and not in the pool's, so
/// that slow commands of one marketplace leave connections to the others. Providers are waited for with no connection held, and count for nothing here.
/// </summary>
internal sealed class ConnectionShares : IDisposable
{
    // As long as Npgsql itself waits for a connection of its pool.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly PartitionedRateLimiter<int>? shares;

    public ConnectionShares(IConfiguration configuration)
    {
        var share = configuration.GetValue<int>("Postgres:ConnectionsPerMarketplace", 16);
        if (share < 0) throw new InvalidOperationException("Postgres:ConnectionsPerMarketplace must be 1 or more, or 0 for no bound.");
        if (share == 0) return;
        shares = PartitionedRateLimiter.Create<int, int>(marketplace => RateLimitPartition.GetConcurrencyLimiter(
            marketplace, _ => new ConcurrencyLimiterOptions { PermitLimit = share, QueueLimit = int.MaxValue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst }));
    }

    /// <exception cref="TimeoutException">The marketplace's connections were all in use for as long as one waits for them.</exception>
    public async ValueTask<NpgsqlConnection> OpenAsync(NpgsqlDataSource source, int marketplace, CancellationToken cancellationToken)
    {
        if (shares is null) return await source.OpenConnectionAsync(cancellationToken);
        var lease = shares.AttemptAcquire(marketplace);
        if (!lease.IsAcquired)
        {
            lease.Dispose();
            lease = await WaitAsync(shares, marketplace, cancellationToken);
        }

        try
        {
            var connection = await source.OpenConnectionAsync(cancellationToken);
            connection.StateChange += (_, change) =>
            {
                if (change.CurrentState == ConnectionState.Closed) lease.Dispose();
            };
            return connection;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    public void Dispose() => shares?.Dispose();

    private static async Task<RateLimitLease> WaitAsync(PartitionedRateLimiter<int> shares, int marketplace, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            return await shares.AcquireAsync(marketplace, 1, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("All connections of the marketplace were in use for too long.");
        }
    }
}
