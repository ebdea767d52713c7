using Dapper;
using PaymentOrchestrator.Api.Postgres;

namespace PaymentOrchestrator.Api.Access;

/// <summary>Writes down when keys were last used: off the path of requests, and at most once a minute per key, whatever the number of instances.</summary>
internal sealed class KeyUse(ApiKeys keys, Db db, IConfiguration configuration, TimeProvider clock, ILogger<KeyUse> log) : BackgroundService
{
    private readonly TimeSpan interval = configuration.GetValue<TimeSpan?>("ApiKeys:UseInterval") ?? TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                keys.Sweep();
                await WriteAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        const string sql = """
            update api_keys set last_used_at = @at
            where id = @id and (last_used_at is null or last_used_at <= @at - interval '1 minute');
            """;
        try
        {
            foreach (var (id, at) in keys.TakeUses())
            {
                await using var connection = await db.OpenWorkerAsync(cancellationToken);
                await connection.ExecuteAsync(new CommandDefinition(sql, new { id, at = at.UtcDateTime }, cancellationToken: cancellationToken));
            }
        }
        catch (Npgsql.NpgsqlException e)
        {
            // A note for people; the next use makes the next one.
            log.LogWarning("When keys were last used could not be written down: {Reason}", e.SqlState ?? e.GetType().Name);
        }
    }
}
