using Dapper;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.LinkedAccounts;

/// <summary>Accounts that somebody has to see to, and what changes of them without anybody outside noticing.</summary>
internal sealed class UpkeepStore(Db db, UpkeepSchedule schedule)
{
    /// <summary>An account that is due.</summary>
    internal sealed class Due : OwnerRow
    {
        public Guid Id { get; init; }

        public short ShardKey { get; init; }

        public int UpkeepTries { get; init; }

        public override string ToString() => new Id<LinkedAccountResource>(Id).ToString();
    }

    /// <summary>What is due now, of all marketplaces and shards: background work, no tenant's.</summary>
    public async Task<IReadOnlyList<Due>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        const string sql = "select id, marketplace_id, mode, shard_key, upkeep_tries from linked_accounts where upkeep_at <= @now order by upkeep_at limit @limit;";
        await using var connection = await db.OpenWorkerAsync(cancellationToken);
        return [.. await connection.QueryAsync<Due>(new CommandDefinition(sql, new { now = now.UtcDateTime, limit }, cancellationToken: cancellationToken))];
    }

    /// <summary>Takes a due account until <paramref name="until"/>; null when somebody else has it, or has seen to it already.</summary>
    public async Task<LinkedAccount?> ClaimAsync(Due due, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
    {
        const string sql = """
            update linked_accounts set upkeep_at = @until, upkeep_tries = upkeep_tries + 1
            where id = @id and shard_key = @shard and upkeep_tries = @tries and upkeep_at <= @now
            returning id, marketplace_id, mode, buyer_id, provider, status, login, parent_id, return_url, state_hash, session, next_action_url, provider_account_id,
               display_name, secret, secret_expires_at, failure_code, failure_message, created_at, updated_at, version;
            """;
        await using var connection = await db.OpenAsync(due.Owner, cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<LinkedAccountRow>(new CommandDefinition(
            sql, new { id = due.Id, shard = due.ShardKey, tries = due.UpkeepTries, now = now.UtcDateTime, until = until.UtcDateTime }, cancellationToken: cancellationToken));
        return row?.ToAccount();
    }

    public async Task PostponeAsync(LinkedAccount account, DateTimeOffset nextAt, CancellationToken cancellationToken)
    {
        const string sql = """
            update linked_accounts set upkeep_at = @nextAt
            where id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and version = @version;
            """;
        await ExecuteAsync(sql, account, new { nextAt = nextAt.UtcDateTime }, cancellationToken);
    }

    /// <summary>
    /// Stores a renewed authorisation. Nothing that anybody is shown has changed, so there is no event; the version rises all the same, so that whoever
    /// unlinks the account takes back the authorisation that it has now. False when the account has changed meanwhile.
    /// </summary>
    public async Task<bool> TryRenewAsync(LinkedAccount account, string secret, DateTimeOffset? expiresAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update linked_accounts
            set secret = @secret, secret_expires_at = @expiresAt, version = version + 1, upkeep_at = @nextAt, upkeep_tries = 0
            where id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and version = @version and status = 'active';
            """;
        return await ExecuteAsync(sql, account, new
        {
            secret,
            expiresAt = expiresAt?.UtcDateTime,
            nextAt = UpkeepSchedule.Utc(schedule.NextAt(account with { SecretExpiresAt = expiresAt }, now)),
        }, cancellationToken);
    }

    /// <summary>Keeps an authorisation that came too late, until it has been given back. False when the account is in use after all.</summary>
    public async Task<bool> TryKeepToGiveBackAsync(LinkedAccount ended, string providerAccountId, string secret, DateTimeOffset nextAt, CancellationToken cancellationToken)
    {
        const string sql = """
            update linked_accounts set provider_account_id = @providerAccountId, secret = @secret, upkeep_at = @nextAt, upkeep_tries = 0
            where id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and status in ('revoked', 'failed');
            """;
        return await ExecuteAsync(sql, ended, new { providerAccountId, secret, nextAt = nextAt.UtcDateTime }, cancellationToken);
    }

    /// <summary>An ended account that nobody has to see to any more.</summary>
    public async Task ForgetSecretAsync(LinkedAccount ended, CancellationToken cancellationToken)
    {
        const string sql = """
            update linked_accounts set secret = null, secret_expires_at = null, upkeep_at = null
            where id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and status in ('revoked', 'failed');
            """;
        await ExecuteAsync(sql, ended, new { }, cancellationToken);
    }

    private async Task<bool> ExecuteAsync(string sql, LinkedAccount account, object more, CancellationToken cancellationToken)
    {
        var parameters = new DynamicParameters(more);
        parameters.AddDynamicParams(new
        {
            id = account.Id.Value,
            marketplace = account.Owner.MarketplaceId,
            mode = account.Owner.Mode.Code(),
            shard = account.Id.ShardKey,
            version = account.Version,
        });
        await using var connection = await db.OpenAsync(account.Owner, cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)) == 1;
    }
}
