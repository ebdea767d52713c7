using System.Data;
using Dapper;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Ledger;

/// <summary>Runs all checks on one snapshot, so that what commits meanwhile breaks none of them.</summary>
internal sealed class LedgerProof(Db db, TimeProvider clock)
{
    // Everything is read: more than a request usually may take.
    private const int TimeoutSeconds = 300;

    private static readonly string[] Accounts = [.. Enum.GetValues<LedgerAccount>().Select(account => account.Code())];

    /// <param name="onCheck">Told each check as it ends: a large marketplace takes minutes.</param>
    public async Task<LedgerProofResource> RunAsync(Caller caller, CancellationToken cancellationToken, Action<LedgerCheckResource>? onCheck = null)
    {
        const string count = """
            select
                (select count(*) from ledger_transactions where marketplace_id = @marketplace and mode = @mode) as transactions,
                (select count(*) from ledger_entries where marketplace_id = @marketplace and mode = @mode) as entries;
            """;
        var parameters = new { marketplace = caller.MarketplaceId, mode = caller.Mode.Code(), accounts = Accounts };
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        CommandDefinition Command(string sql) => new(sql, parameters, snapshot, TimeoutSeconds, cancellationToken: cancellationToken);

        var now = clock.Now();
        var (transactions, entries) = await connection.QuerySingleAsync<(long, long)>(Command(count));
        var checks = new List<LedgerCheckResource>();
        foreach (var (name, sql) in LedgerChecks.All)
        {
            checks.Add(new LedgerCheckResource { Name = name, Violations = await connection.ExecuteScalarAsync<long>(Command(sql)) });
            onCheck?.Invoke(checks[^1]);
        }

        Telemetry.Instruments.LedgerProven(caller.MarketplaceId, caller.Mode, checks.Sum(check => check.Violations), now);
        return new LedgerProofResource
        {
            Transactions = transactions,
            Entries = entries,
            Violations = checks.Sum(check => check.Violations),
            Checks = checks,
            AsOf = now,
        };
    }
}
