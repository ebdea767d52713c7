using Dapper;
using PaymentOrchestrator.Api.Background;
using PaymentOrchestrator.Api.Postgres;

namespace PaymentOrchestrator.Api.Access;

/// <summary>Writes down when keys were last used: off the path of requests, and at most once a minute per key, whatever the number of instances.</summary>
internal sealed class KeyUse(ApiKeys keys, Db db, IConfiguration configuration, TimeProvider clock, ILogger<KeyUse> log)
    : Poller(configuration.GetValue<TimeSpan?>("ApiKeys:UseInterval") ?? TimeSpan.FromMinutes(1), clock, log)
{
    /// <summary>A note for people: what could not be written down is passed over, and the next use makes the next one.</summary>
    internal override async Task RunOnceAsync(CancellationToken stoppingToken)
    {
        const string sql = """
            update api_keys set last_used_at = @at
            where id = @id and (last_used_at is null or last_used_at <= @at - interval '1 minute');
            """;
        keys.Sweep();
        foreach (var (id, at) in keys.TakeUses())
        {
            await using var connection = await db.OpenWorkerAsync(stoppingToken);
            await connection.ExecuteAsync(new CommandDefinition(sql, new { id, at = at.UtcDateTime }, cancellationToken: stoppingToken));
        }
    }
}
