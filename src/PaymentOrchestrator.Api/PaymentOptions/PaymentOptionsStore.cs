using Dapper;
using Npgsql;
using NpgsqlTypes;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Fees;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.PaymentOptions;

internal sealed class PaymentOptionsStore(Db db)
{
    internal sealed record Known(
        bool BuyerExists, LivePayment? Live, IReadOnlyList<LinkedAccount> Accounts, FeeSchedule Schedule, IdempotencyRow? Key,
        StoredAnswer<PaymentOptionsResource>? Earlier);

    /// <summary>All that a list of options needs of the database, in one round trip.</summary>
    public async Task<Known> LoadAsync(
        Caller caller, Id<BuyerResource> buyer, string orderId, string? key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string present = "select exists (select from buyers where id = @buyer and marketplace_id = @marketplace and mode = @mode and shard_key = @shard);"
            + LivePayment.Find + LinkedAccountStore.FindActive + FeeSchedules.FindInForce;
        // Without a key nothing is looked up: to PostgreSQL a comparison with null is so cheap a plan that it would make a new one each time.
        const string presentAndKey = present + Idempotency.Find + """
            select o.answer
            from idempotency_keys k join payment_options o on o.id = k.resource_id and o.shard_key = k.shard_key
            where k.marketplace_id = @marketplace and k.mode = @mode and k.scope = @scope and k.key = @key and k.shard_key = @shard;
            """;
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(key is null ? present : presentAndKey, new
        {
            buyer = buyer.Value,
            scope = buyer.Value,
            orderId,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            key,
            now = now.UtcDateTime,
            shard = buyer.ShardKey,
        }, cancellationToken: cancellationToken));
        var exists = await rows.ReadSingleAsync<bool>();
        var live = await rows.ReadSingleOrDefaultAsync<LivePayment>();
        IReadOnlyList<LinkedAccount> accounts = [.. (await rows.ReadAsync<LinkedAccountRow>()).Select(row => row.ToAccount())];
        var schedule = (await rows.ReadSingleAsync<FeeScheduleRow>()).ToSchedule();
        var used = key is null ? null : await rows.ReadSingleOrDefaultAsync<IdempotencyRow>();
        var earlier = key is null ? null : await rows.ReadSingleOrDefaultAsync<string>();
        return new Known(exists, live, accounts, schedule, used, earlier is null ? null : new(new(used!.ResourceId), earlier));
    }

    /// <summary>Writes the answer and its quotes, in one round trip and one commit. Null when the key was taken; then nothing was written.</summary>
    public async Task<StoredAnswer<PaymentOptionsResource>?> TryInsertAsync(
        Caller caller, PaymentOptionsResource options, IEnumerable<Quote> quotes, KeyedRequest key, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into payment_options (id, marketplace_id, mode, buyer_id, answer, created_at, shard_key)
            values (@id, @marketplace, @mode, @buyer, @answer, @now, @shard)
            """;
        var answer = new StoredAnswer<PaymentOptionsResource>(options.Id, ApiJson.Write(options));
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.TakeKey(key, caller, options.BuyerId.Value, options.Id.Value, options.Id.ShardKey, options.CreatedAt);
        foreach (var quote in quotes) batch.BatchCommands.Add(QuoteInsert.Of(quote));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(sql)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid>("id", options.Id.Value),
                new NpgsqlParameter<int>("marketplace", caller.MarketplaceId),
                new NpgsqlParameter<string>("mode", caller.Mode.Code()),
                new NpgsqlParameter<Guid>("buyer", options.BuyerId.Value),
                new NpgsqlParameter<string>("answer", NpgsqlDbType.Json) { TypedValue = answer.Json },
                new NpgsqlParameter<DateTime>("now", options.CreatedAt.UtcDateTime),
                new NpgsqlParameter<short>("shard", options.Id.ShardKey),
            },
        });
        try
        {
            await connection.ExecuteAsync(batch, cancellationToken);
            Telemetry.Instruments.OptionsGiven(caller.Mode);
            return answer;
        }
        catch (PostgresException e) when (Idempotency.IsTaken(e))
        {
            return null;
        }
    }

    public async Task<StoredAnswer<PaymentOptionsResource>?> FindAsync(Caller caller, Id<PaymentOptionsResource> id, CancellationToken cancellationToken)
    {
        const string sql = """
            select answer from payment_options
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
