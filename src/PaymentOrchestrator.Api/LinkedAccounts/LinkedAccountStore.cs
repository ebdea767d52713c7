using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Eligibility;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.LinkedAccounts;

/// <summary>Accounts in the database. A change here ends what is remembered of the buyer, see <see cref="FactsCache"/>.</summary>
internal sealed class LinkedAccountStore(Db db, UpkeepSchedule schedule, FactsCache facts)
{
    /// <summary>A buyer's active accounts, for a command that reads them among other things. Parameters: marketplace, mode, buyer, shard.</summary>
    public const string FindActive = Select + """
        where buyer_id = @buyer and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and status = 'active'
        order by id;
        """;

    private const string Select = """
        select id, marketplace_id, mode, buyer_id, provider, status, login, parent_id, return_url, state_hash, session, next_action_url, provider_account_id,
               display_name, secret, secret_expires_at, failure_code, failure_message, created_at, updated_at, version
        from linked_accounts

        """;

    /// <summary>Whether the buyer exists, what the key stands for, and the parent account, in one round trip.</summary>
    public async Task<(bool BuyerExists, IdempotencyRow? Key, LinkedAccount? Earlier, LinkedAccount? Parent)> FindForLinkingAsync(
        Caller caller, Id<BuyerResource> buyer, string key, Id<LinkedAccountResource>? parent, CancellationToken cancellationToken)
    {
        const string sql = "select exists (select from buyers where id = @scope and marketplace_id = @marketplace and mode = @mode and shard_key = @shard);"
            + Idempotency.Find + Select + """
            where id = (
                    select resource_id from idempotency_keys
                    where marketplace_id = @marketplace and mode = @mode and scope = @scope and key = @key and shard_key = @shard)
                and buyer_id = @scope and marketplace_id = @marketplace and mode = @mode and shard_key = @shard;
            """ + Select + """
            where id = @parent and buyer_id = @scope and marketplace_id = @marketplace and mode = @mode and shard_key = @shard;
            """;
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(sql, new
        {
            scope = buyer.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            key,
            parent = parent?.Value ?? Guid.Empty,
            shard = buyer.ShardKey,
        }, cancellationToken: cancellationToken));
        var exists = await rows.ReadSingleAsync<bool>();
        var used = await rows.ReadSingleOrDefaultAsync<IdempotencyRow>();
        var earlier = (await rows.ReadSingleOrDefaultAsync<LinkedAccountRow>())?.ToAccount();
        var found = (await rows.ReadSingleOrDefaultAsync<LinkedAccountRow>())?.ToAccount();
        return (exists, used, earlier, found);
    }

    public async Task<LinkedAccount?> FindAsync(Caller caller, Id<LinkedAccountResource> id, CancellationToken cancellationToken)
    {
        const string sql = Select + "where id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard;";
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<LinkedAccountRow>(new CommandDefinition(sql, new
        {
            id = id.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            shard = id.ShardKey,
        }, cancellationToken: cancellationToken));
        return row?.ToAccount();
    }

    /// <summary>The buyer's accounts in the order they were made; null when there is no such buyer.</summary>
    public async Task<IReadOnlyList<LinkedAccount>?> ListAsync(Caller caller, Id<BuyerResource> buyer, bool activeOnly, CancellationToken cancellationToken)
    {
        const string sql = "select exists (select from buyers where id = @buyer and marketplace_id = @marketplace and mode = @mode and shard_key = @shard);" + Select + """
            where buyer_id = @buyer and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and (status = 'active' or not @activeOnly)
            order by id;
            """;
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(sql, new
        {
            buyer = buyer.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            activeOnly,
            shard = buyer.ShardKey,
        }, cancellationToken: cancellationToken));
        return await rows.ReadSingleAsync<bool>() ? [.. (await rows.ReadAsync<LinkedAccountRow>()).Select(row => row.ToAccount())] : null;
    }

    /// <summary>Writes a new account with its event, and the key if there is one. False when the key was taken; then nothing was written.</summary>
    public async Task<bool> TryInsertAsync(LinkedAccount account, KeyedRequest? key, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into idempotency_keys (marketplace_id, mode, scope, key, fingerprint, resource_id, created_at, shard_key)
            select @marketplace, @mode, @buyer, @key, @fingerprint, @id, @now, @shard where @key is not null;
            insert into linked_accounts (
                id, marketplace_id, mode, buyer_id, provider, status, login, parent_id, return_url, state_hash, session, next_action_url, provider_account_id,
                display_name, secret, secret_expires_at, failure_code, failure_message, created_at, updated_at, version, upkeep_at, shard_key)
            values (
                @id, @marketplace, @mode, @buyer, @provider, @status, @login, @parent, @returnUrl, @stateHash, @session, @nextActionUrl, @providerAccountId,
                @displayName, @secret, @secretExpiresAt, @failureCode, @failureMessage, @createdAt, @now, @version, @upkeepAt, @shard);
            """ + NewEvent.Columns + " values (" + NewEvent.Values + ");";
        await using var connection = await db.OpenAsync(account.Owner, cancellationToken);
        try
        {
            await connection.ExecuteAsync(new CommandDefinition(sql, Parameters(account, key), cancellationToken: cancellationToken));
            facts.Forget(account.BuyerId);
            return true;
        }
        catch (PostgresException e) when (Idempotency.IsTaken(e))
        {
            return false;
        }
    }

    /// <summary>Whether a payment from the account may still take money, or is under review.</summary>
    public async Task<bool> HasOpenPaymentAsync(LinkedAccount account, CancellationToken cancellationToken)
    {
        const string sql = """
            select exists (
                select from payments p join attempts a on a.payment_id = p.id and a.shard_key = p.shard_key
                where p.buyer_id = @buyer and p.marketplace_id = @marketplace and p.mode = @mode and p.shard_key = @shard
                    and p.status in ('processing', 'requires_action', 'under_review') and a.linked_account_id = @id);
            """;
        await using var connection = await db.OpenAsync(account.Owner, cancellationToken);
        return await connection.QuerySingleAsync<bool>(new CommandDefinition(sql, new
        {
            id = account.Id.Value,
            buyer = account.BuyerId.Value,
            marketplace = account.Owner.MarketplaceId,
            mode = account.Owner.Mode.Code(),
            shard = account.Id.ShardKey,
        }, cancellationToken: cancellationToken));
    }

    /// <summary>Records that a key was used on an account. False when it was taken; then nothing was written.</summary>
    public async Task<bool> TryRecordKeyAsync(Caller caller, LinkedAccount account, KeyedRequest key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into idempotency_keys (marketplace_id, mode, scope, key, fingerprint, resource_id, created_at, shard_key)
            values (@marketplace, @mode, @buyer, @key, @fingerprint, @id, @now, @shard)
            on conflict do nothing;
            """;
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, new
        {
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            buyer = account.BuyerId.Value,
            key = key.Key,
            fingerprint = key.Fingerprint,
            id = account.Id.Value,
            now = now.UtcDateTime,
            shard = account.Id.ShardKey,
        }, cancellationToken: cancellationToken)) == 1;
    }

    /// <summary>Replaces the stored version by the next one, with its event. False when someone else did so first; then nothing was written.</summary>
    public async Task<bool> TryUpdateAsync(LinkedAccount account, CancellationToken cancellationToken)
    {
        const string sql = """
            with changed as (
                update linked_accounts
                set status = @status, session = @session, state_hash = case when @status = 'pending' then state_hash end, next_action_url = @nextActionUrl, provider_account_id = @providerAccountId,
                    display_name = @displayName, secret = @secret, secret_expires_at = @secretExpiresAt, failure_code = @failureCode,
                    failure_message = @failureMessage, updated_at = @now, version = @version, upkeep_at = @upkeepAt, upkeep_tries = 0
                where id = @id and marketplace_id = @marketplace and mode = @mode and shard_key = @shard and version = @version - 1
                returning id)
            """ + NewEvent.Columns + " select " + NewEvent.Values + " from changed;";
        await using var connection = await db.OpenAsync(account.Owner, cancellationToken);
        if (await connection.ExecuteAsync(new CommandDefinition(sql, Parameters(account, null), cancellationToken: cancellationToken)) != 1) return false;
        facts.Forget(account.BuyerId);
        return true;
    }

    /// <summary>
    /// Takes the single-use state of a linking and returns the account; null when the state is wrong, used or too old. The state itself names
    /// the account and so its shard: nobody is signed in when a provider sends a buyer back.
    /// </summary>
    public async Task<LinkedAccount?> TakeStateAsync(
        Id<LinkedAccountResource> id, LinkProvider provider, byte[] stateHash, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        const string sql = """
            update linked_accounts set state_hash = null
            where id = @id and shard_key = @shard and provider = @provider and status = 'pending' and state_hash = @stateHash and created_at > @notBefore
            returning id, marketplace_id, mode, buyer_id, provider, status, login, parent_id, return_url, state_hash, session, next_action_url, provider_account_id,
               display_name, secret, secret_expires_at, failure_code, failure_message, created_at, updated_at, version;
            """;
        if (await db.OwnerOfLinkedAccountAsync(id.Value, id.ShardKey, cancellationToken) is not { } owner) return null;
        await using var connection = await db.OpenAsync(owner, cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<LinkedAccountRow>(new CommandDefinition(
            sql, new { id = id.Value, shard = id.ShardKey, provider = provider.Code(), stateHash, notBefore = notBefore.UtcDateTime }, cancellationToken: cancellationToken));
        return row?.ToAccount();
    }

    /// <summary>Whose buyer this is in the mode; null when there is none. For notifications, which come from providers and carry no key.</summary>
    public async Task<Caller?> FindOwnerAsync(Id<BuyerResource> buyer, Mode mode, CancellationToken cancellationToken) =>
        await db.OwnerOfBuyerAsync(buyer.Value, buyer.ShardKey, cancellationToken) is { } owner && owner.Mode == mode ? owner : null;

    private DynamicParameters Parameters(LinkedAccount account, KeyedRequest? key)
    {
        var happened = NewEvent.Of("linked_account." + account.Status, account.Id.ToString(), account.Version, account.ToResource(), account.Id.ShardKey, account.UpdatedAt);
        var parameters = new DynamicParameters(new
        {
            id = account.Id.Value,
            marketplace = account.Owner.MarketplaceId,
            mode = account.Owner.Mode.Code(),
            buyer = account.BuyerId.Value,
            provider = account.Provider.Code(),
            status = account.Status,
            login = account.Login,
            parent = account.ParentId?.Value,
            returnUrl = account.ReturnUrl,
            session = account.Session,
            nextActionUrl = account.NextActionUrl,
            providerAccountId = account.ProviderAccountId,
            displayName = account.DisplayName,
            secret = account.Secret,
            secretExpiresAt = account.SecretExpiresAt?.UtcDateTime,
            failureCode = account.FailureCode,
            failureMessage = account.FailureMessage,
            createdAt = account.CreatedAt.UtcDateTime,
            now = account.UpdatedAt.UtcDateTime,
            version = account.Version,
            upkeepAt = UpkeepSchedule.Utc(schedule.NextAt(account, account.UpdatedAt)),
            shard = account.Id.ShardKey,
            key = key?.Key,
            eventId = happened.Id,
            eventType = happened.Type,
            objectId = happened.ObjectId,
            objectVersion = happened.ObjectVersion,
            eventData = happened.Data,
        });
        parameters.Add("stateHash", account.StateHash, System.Data.DbType.Binary);
        parameters.Add("fingerprint", key?.Fingerprint, System.Data.DbType.Binary);
        return parameters;
    }
}
