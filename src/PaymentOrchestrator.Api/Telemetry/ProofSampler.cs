using Dapper;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Ledger;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Telemetry;

/// <summary>
/// Proves the books of one marketplace and mode each <c>Telemetry:ProofInterval</c>, in turn from a random one on, so that a fleet's instances share
/// the work without speaking to each other. Zero: never; the endpoint and the command line then are what reports.
/// </summary>
internal sealed class ProofSampler(Db db, LedgerProof proof, IConfiguration configuration, TimeProvider clock, ILogger<ProofSampler> log) : BackgroundService
{
    private readonly TimeSpan interval = configuration.GetValue<TimeSpan?>("Telemetry:ProofInterval") ?? TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (interval <= TimeSpan.Zero) return;
        var turn = Random.Shared.Next(int.MaxValue / 2);
        try
        {
            // A deployment starts many at once; they shall not prove at once.
            await Task.Delay(interval * Random.Shared.NextDouble(), clock, stoppingToken);
            using var timer = new PeriodicTimer(interval, clock);
            do await ProveAsync(turn++, stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task ProveAsync(int turn, CancellationToken cancellationToken)
    {
        try
        {
            var marketplaces = await MarketplacesAsync(cancellationToken);
            if (marketplaces.Count == 0) return;
            var modes = Enum.GetValues<Mode>();
            var whose = new Caller(marketplaces[turn / modes.Length % marketplaces.Count], modes[turn % modes.Length]);
            var found = await proof.RunAsync(whose, cancellationToken);
            if (found.Violations > 0)
            {
                log.LogCritical(
                    "The books of marketplace {MarketplaceId} in {Mode} mode do not add up: {Checks}.", whose.MarketplaceId, whose.Mode.Code(),
                    string.Join(", ", found.Checks.Where(check => check.Violations > 0).Select(check => $"{check.Name}: {check.Violations}")));
            }
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or TimeoutException)
        {
            log.LogWarning(e, "The books could not be proven; the next turn is in {Interval}.", interval);
        }
    }

    private async Task<IReadOnlyList<int>> MarketplacesAsync(CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        return [.. await connection.QueryAsync<int>(new CommandDefinition("select id from marketplaces order by id;", cancellationToken: cancellationToken))];
    }
}
