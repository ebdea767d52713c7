using PaymentOrchestrator.Api.Background;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Ledger;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Telemetry;

/// <summary>
/// Proves the books of one marketplace and mode each <c>Telemetry:ProofInterval</c>, in turn from a random one on, so that a fleet's instances share
/// the work without speaking to each other. Zero: never; the endpoint and the command line then are what reports.
/// </summary>
internal sealed class ProofSampler(Db db, LedgerProof proof, IConfiguration configuration, TimeProvider clock, ILogger<ProofSampler> log)
    // A deployment starts many at once; they shall not prove at once.
    : Poller(IntervalOf(configuration), clock, log, IntervalOf(configuration) > TimeSpan.Zero, IntervalOf(configuration) * Random.Shared.NextDouble())
{
    private readonly ILogger<ProofSampler> log = log;
    private int turn = Random.Shared.Next(int.MaxValue / 2);

    internal override async Task RunOnceAsync(CancellationToken stoppingToken)
    {
        var marketplaces = await db.MarketplacesAsync(stoppingToken);
        if (marketplaces.Count == 0) return;
        var modes = Enum.GetValues<Mode>();
        var now = turn++;
        var whose = new Caller(marketplaces[now / modes.Length % marketplaces.Count].Id, modes[now % modes.Length]);
        var found = await proof.RunAsync(whose, stoppingToken);
        if (found.Violations == 0) return;
        log.LogCritical(
            "The books of marketplace {MarketplaceId} in {Mode} mode do not add up: {Checks}.", whose.MarketplaceId, whose.Mode.Code(),
            string.Join(", ", found.Checks.Where(check => check.Violations > 0).Select(check => $"{check.Name}: {check.Violations}")));
    }

    private static TimeSpan IntervalOf(IConfiguration configuration) => configuration.GetValue<TimeSpan?>("Telemetry:ProofInterval") ?? TimeSpan.FromHours(1);
}
