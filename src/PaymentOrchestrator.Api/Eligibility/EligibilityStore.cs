using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Fees;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Eligibility;

internal sealed class EligibilityStore(Db db)
{
    internal sealed record Known(
        bool BuyerExists, IReadOnlyList<LinkedAccount> Accounts, FeeSchedule Schedule, IdempotencyRow? Key, StoredAnswer<EligibilityCheckResource>? Earlier);

    /// <summary>All that a check needs of the database, in one round trip.</summary>
    public async Task<Known> LoadAsync(Caller caller, Id<BuyerResource> buyer, string? key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string present = "select exists (select from buyers where id = @buyer and marketplace_id = @marketplace and mode = @mode and shard_key = @shard);"
            + LinkedAccountStore.FindActive + FeeSchedules.FindInForce;
        // Without a key nothing is looked up: to PostgreSQL a comparison with null is so cheap a plan that it would make a new one each time.
        const string presentAndKey = present + Idempotency.Find + """
            select c.answer
            from idempotency_keys k join eligibility_checks c on c.id = k.resource_id and c.shard_key = k.shard_key
            where k.marketplace_id = @marketplace and k.mode = @mode and k.scope = @scope and k.key = @key and k.shard_key = @shard;
            """;
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(key is null ? present : presentAndKey, new
        {
            buyer = buyer.Value,
            scope = buyer.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            key,
            now = now.UtcDateTime,
            shard = buyer.ShardKey,
        }, cancellationToken: cancellationToken));
        var exists = await rows.ReadSingleAsync<bool>();
        IReadOnlyList<LinkedAccount> accounts = [.. (await rows.ReadAsync<LinkedAccountRow>()).Select(row => row.ToAccount())];
        var schedule = (await rows.ReadSingleAsync<FeeScheduleRow>()).ToSchedule();
        var used = key is null ? null : await rows.ReadSingleOrDefaultAsync<IdempotencyRow>();
        var earlier = key is null ? null : await rows.ReadSingleOrDefaultAsync<string>();
        return new Known(exists, accounts, schedule, used, earlier is null ? null : new(new(used!.ResourceId), earlier));
    }

    /// <summary>The answer as it is to be given from now on; null when the key was taken, and then nothing was written.</summary>
    public async Task<StoredAnswer<EligibilityCheckResource>?> TryInsertAsync(
        Caller caller, EligibilityCheckResource check, KeyedRequest key, CancellationToken cancellationToken)
    {
        const string takeKey = """
            insert into idempotency_keys (marketplace_id, mode, scope, key, fingerprint, resource_id, created_at, shard_key)
            values (@marketplace, @mode, @buyer, @key, @fingerprint, @id, @now, @shard);

            """;
        const string store = """
            insert into eligibility_checks (id, marketplace_id, mode, buyer_id, answer, created_at, shard_key)
            values (@id, @marketplace, @mode, @buyer, @answer::json, @now, @shard);
            """;
        var answer = new StoredAnswer<EligibilityCheckResource>(check.Id, ApiJson.Write(check));
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        try
        {
            await connection.ExecuteAsync(new CommandDefinition(key.Key is null ? store : takeKey + store, new
            {
                id = check.Id.Value,
                marketplace = caller.MarketplaceId,
                mode = caller.Mode.Code(),
                buyer = check.BuyerId.Value,
                key = key.Key,
                fingerprint = key.Fingerprint,
                answer = answer.Json,
                now = check.CreatedAt.UtcDateTime,
                shard = check.Id.ShardKey,
            }, cancellationToken: cancellationToken));
            return answer;
        }
        catch (PostgresException e) when (Idempotency.IsTaken(e))
        {
            return null;
        }
    }

    public async Task<StoredAnswer<EligibilityCheckResource>?> FindAsync(Caller caller, Id<EligibilityCheckResource> id, CancellationToken cancellationToken)
    {
        const string sql = """
            select answer from eligibility_checks
            where id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and (@onlyBuyer is null or buyer_id = @onlyBuyer);
            """;
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var answer = await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(sql, new
        {
            id = id.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            shard = id.ShardKey,
            onlyBuyer = caller.Session?.BuyerId.Value,
        }, cancellationToken: cancellationToken));
        return answer is null ? null : new(id, answer);
    }
}
