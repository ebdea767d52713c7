using System.Data;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Reconciliations;

/// <summary>Writes a reconciliation with its lines, differences and their events in one transaction; and finds it again by its content.</summary>
internal sealed class ReconciliationStore(Db db)
{
    private const int Chunk = 5_000;
    private const int TimeoutSeconds = 300;

    // As much of its name as a shard's has: 63 characters are cut to make room for the shard's number.
    private const string OncePerContent = "reconciliations_marketplace_id_mode_provider_";

    /// <summary>All of a marketplace and mode lies together; see the migration.</summary>
    public static short ShardOf(Caller caller) => System.Buffers.Binary.BinaryPrimitives.ReadInt16BigEndian(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{caller.MarketplaceId}\n{caller.Mode.Code()}\nreconciliations")));

    public async Task<ReconciliationResource?> FindByContentAsync(Caller caller, string provider, byte[] hash, CancellationToken cancellationToken)
    {
        const string sql = "select " + ReconciliationRow.Columns + """

            from reconciliations c
            where c.marketplace_id = @marketplace and c.mode = @mode and c.provider = @provider and c.content_hash = @hash and c.shard_key = @shard;
            """;
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        return (await connection.QuerySingleOrDefaultAsync<ReconciliationRow>(new CommandDefinition(
            sql, new { marketplace = caller.MarketplaceId, mode = caller.Mode.Code(), provider, hash, shard = ShardOf(caller) }, cancellationToken: cancellationToken)))?.ToResource();
    }

    /// <summary>Which of the objects an earlier statement had matched, with the type of the movement.</summary>
    public async Task<IReadOnlySet<(string ObjectId, string Type)>> FindMatchedAsync(Caller caller, IReadOnlyCollection<string> objects, CancellationToken cancellationToken)
    {
        const string sql = """
            select distinct l.object_id, l.type
            from reconciliation_lines l
            where l.object_id = any (@objects) and l.result = 'matched' and l.marketplace_id = @marketplace and l.mode = @mode and l.shard_key = @shard;
            """;
        if (objects.Count == 0) return new HashSet<(string, string)>();
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        return (await connection.QueryAsync<(string, string)>(new CommandDefinition(
            sql, new { objects = objects.ToArray(), marketplace = caller.MarketplaceId, mode = caller.Mode.Code(), shard = ShardOf(caller) }, cancellationToken: cancellationToken))).ToHashSet();
    }

    /// <summary>What an Idempotency-Key of these calls stands for; null when it is unused.</summary>
    public Task<IdempotencyRow?> FindKeyAsync(Caller caller, string? key, CancellationToken cancellationToken) => db.FindKeyAsync(caller, key, cancellationToken);

    /// <summary>False when the same statement was written meanwhile, or the key was taken; then nothing was written.</summary>
    public async Task<bool> WriteAsync(
        Caller caller, ReconciliationResource made, byte[] contentHash, IReadOnlyList<ReconciliationEntry> entries, KeyedRequest key, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenAsync(caller, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        try
        {
            await InsertAsync(connection, transaction, caller, made, contentHash, key, cancellationToken);
            var differences = new Dictionary<string, Guid>(StringComparer.Ordinal);
            // In one order whatever the statement's, so that two that show the same wait for each other and never both.
            foreach (var chunk in entries.Where(entry => entry.Difference is not null).DistinctBy(Identity).OrderBy(Identity, StringComparer.Ordinal).Chunk(Chunk))
                await InsertDifferencesAsync(connection, transaction, caller, made, chunk, differences, cancellationToken);
            for (var first = 0; first < entries.Count; first += Chunk)
                await InsertLinesAsync(connection, transaction, caller, made, first, [.. entries.Skip(first).Take(Chunk)], differences, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        }
        catch (PostgresException e) when (Idempotency.IsTaken(e) || Idempotency.Violates(e, OncePerContent))
        {
            return false;
        }
    }

    private static string Identity(ReconciliationEntry entry) => Convert.ToHexString(entry.Difference!.Value.Identity);

    private static Task InsertAsync(
        TenantConnection connection, DbTransaction transaction, Caller caller, ReconciliationResource made, byte[] contentHash, KeyedRequest key, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into reconciliations (
                id, marketplace_id, mode, provider, source, from_at, to_at, content_hash, lines, matched, missing_here, missing_there, amount_differs, currency_differs,
                settled_late, created_at, shard_key)
            values (
                @id, @marketplace, @mode, @provider, @source, @from, @to, @contentHash, @lines, @matched, @missingHere, @missingThere, @amountDiffers, @currencyDiffers,
                @settledLate, @now, @shard);

            insert into idempotency_keys (marketplace_id, mode, scope, key, fingerprint, resource_id, created_at, shard_key)
            select @marketplace, @mode, @scope, @key, @fingerprint, @id, @now, @keyShard where @key::text is not null;

            """ + AuditEntry.Insert + ";";
        var parameters = new DynamicParameters(new
        {
            id = made.Id.Value,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            shard = made.Id.ShardKey,
            provider = made.Provider,
            source = made.Source,
            from = made.From.UtcDateTime,
            to = made.To.UtcDateTime,
            contentHash,
            lines = made.Counts.Lines,
            matched = made.Counts.Matched,
            missingHere = made.Counts.MissingHere,
            missingThere = made.Counts.MissingThere,
            amountDiffers = made.Counts.AmountDiffers,
            currencyDiffers = made.Counts.CurrencyDiffers,
            settledLate = made.Counts.SettledLate,
            now = made.CreatedAt.UtcDateTime,
            scope = Guid.Empty,
            key = key.Key,
            fingerprint = key.Fingerprint,
            keyShard = key.Key is null ? (short)0 : ShardKey.OfIdempotencyKey(caller, key.Key),
        });
        AuditEntry.Of(caller, made.Id.ToString(), made.Id.ShardKey, made.CreatedAt).AddTo(parameters);
        return connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken));
    }

    /// <summary>What no statement had shown before is written, each with its one event, in one statement; all of them are named by their identity afterwards.</summary>
    private static async Task InsertDifferencesAsync(
        TenantConnection connection, DbTransaction transaction, Caller caller, ReconciliationResource made, IReadOnlyList<ReconciliationEntry> chunk,
        Dictionary<string, Guid> ids, CancellationToken cancellationToken)
    {
        const string insert = """
            with shown as (
                insert into reconciliation_differences (
                    id, marketplace_id, mode, reconciliation_id, provider, kind, identity, type, provider_reference, request_id, currency, amount, occurred_at, object_id,
                    payment_id, our_currency, our_amount, owner_action, state, version, created_at, shard_key)
                select d.id, @marketplace, @mode, @reconciliation, @provider, d.kind, d.identity, d.type, d.provider_reference, d.request_id, d.currency, d.amount, d.occurred_at,
                    d.object_id, d.payment_id, d.our_currency, d.our_amount, d.owner_action, 'open', 1, @now, @shard
                from unnest(
                    @ids, @kinds, @identities, @types, @references, @requests, @currencies, @amounts, @times, @objects, @payments, @ourCurrencies, @ourAmounts, @actions)
                    as d (id, kind, identity, type, provider_reference, request_id, currency, amount, occurred_at, object_id, payment_id, our_currency, our_amount, owner_action)
                on conflict (marketplace_id, mode, identity, shard_key) do nothing
                returning id, identity, marketplace_id, mode, shard_key),
            told as (
                insert into events (id, marketplace_id, mode, type, object_id, object_version, data, created_at, shard_key)
                select e.id, s.marketplace_id, s.mode, 'reconciliation.difference_found', e.object_id, 1, e.data::jsonb, @now, s.shard_key
                from unnest(@ids, @eventIds, @eventObjects, @eventDatas) as e (difference, id, object_id, data) join shown s on s.id = e.difference)
            select id, identity from shown;
            """;
        const string known = """
            select f.id, f.identity
            from reconciliation_differences f
            where f.marketplace_id = @marketplace and f.mode = @mode and f.identity = any (@identities) and f.shard_key = @shard;
            """;
        var now = made.CreatedAt;
        var shard = made.Id.ShardKey;
        var opened = chunk.Select(entry => Opened(entry, made)).ToList();
        // Of those that turn out to be known nothing is told.
        var events = opened.Select(one => NewEvent.Of("reconciliation.difference_found", one.Id.ToString(), 1, one, shard, now)).ToList();
        var parameters = new DynamicParameters(new
        {
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            reconciliation = made.Id.Value,
            provider = made.Provider,
            now = now.UtcDateTime,
            shard,
            ids = opened.Select(one => one.Id.Value).ToArray(),
            kinds = chunk.Select(one => one.Result.Code()).ToArray(),
            identities = chunk.Select(one => one.Difference!.Value.Identity).ToArray(),
            types = chunk.Select(one => one.Type).ToArray(),
            references = chunk.Select(one => one.ProviderReference).ToArray(),
            requests = chunk.Select(one => one.RequestId).ToArray(),
            currencies = chunk.Select(one => one.Theirs?.Currency.Code).ToArray(),
            amounts = chunk.Select(one => one.Theirs?.Value).ToArray(),
            times = chunk.Select(one => one.OccurredAt?.UtcDateTime).ToArray(),
            objects = chunk.Select(one => one.ObjectId).ToArray(),
            payments = chunk.Select(one => one.PaymentId).ToArray(),
            ourCurrencies = chunk.Select(one => one.Ours?.Currency.Code).ToArray(),
            ourAmounts = chunk.Select(one => one.Ours?.Value).ToArray(),
            actions = chunk.Select(one => one.Difference!.Value.OwnerAction).ToArray(),
            eventIds = events.Select(one => one.Id).ToArray(),
            eventObjects = events.Select(one => one.ObjectId).ToArray(),
            eventDatas = events.Select(one => one.Data).ToArray(),
        });
        await NameAsync(insert);
        if (chunk.Any(entry => !ids.ContainsKey(Identity(entry)))) await NameAsync(known);

        async Task NameAsync(string sql)
        {
            foreach (var row in await connection.QueryAsync<NamedRow>(new CommandDefinition(sql, parameters, transaction, TimeoutSeconds, cancellationToken: cancellationToken)))
                ids[Convert.ToHexString(row.Identity)] = row.Id;
        }
    }

    private static ReconciliationDifferenceResource Opened(ReconciliationEntry entry, ReconciliationResource made) => new()
    {
        Id = Id<ReconciliationDifferenceResource>.New(made.Id.ShardKey, made.CreatedAt),
        ReconciliationId = made.Id,
        Provider = made.Provider,
        Kind = entry.Result.Code(),
        Type = entry.Type,
        ProviderReference = entry.ProviderReference,
        RequestId = entry.RequestId,
        ProviderAmount = entry.Theirs is { } theirs ? (Amount)theirs : null,
        OccurredAt = entry.OccurredAt,
        ObjectId = entry.ObjectId,
        PaymentId = entry.PaymentId,
        BooksAmount = entry.Ours is { } ours ? (Amount)ours : null,
        OwnerAction = entry.Difference!.Value.OwnerAction,
        State = "open",
        Resolution = null,
        Livemode = made.Livemode,
        CreatedAt = made.CreatedAt,
    };

    // Not by COPY: PostgreSQL has no policies for it.
    private static Task InsertLinesAsync(
        TenantConnection connection, DbTransaction transaction, Caller caller, ReconciliationResource made, int first, IReadOnlyList<ReconciliationEntry> chunk,
        IReadOnlyDictionary<string, Guid> differences, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into reconciliation_lines (
                reconciliation_id, number, marketplace_id, mode, result, line_number, type, provider_reference, request_id, currency, amount, occurred_at, object_id, payment_id,
                our_currency, our_amount, difference_id, shard_key)
            select @reconciliation, @first + l.position, @marketplace, @mode, l.result, l.line_number, l.type, l.provider_reference, l.request_id, l.currency, l.amount, l.occurred_at,
                l.object_id, l.payment_id, l.our_currency, l.our_amount, l.difference_id, @shard
            from unnest(
                @results, @lineNumbers, @types, @references, @requests, @currencies, @amounts, @times, @objects, @payments, @ourCurrencies, @ourAmounts, @differences)
                with ordinality as l (
                    result, line_number, type, provider_reference, request_id, currency, amount, occurred_at, object_id, payment_id, our_currency, our_amount, difference_id, position);
            """;
        return connection.ExecuteAsync(new CommandDefinition(sql, new
        {
            reconciliation = made.Id.Value,
            first,
            marketplace = caller.MarketplaceId,
            mode = caller.Mode.Code(),
            shard = made.Id.ShardKey,
            results = chunk.Select(one => one.Result.Code()).ToArray(),
            lineNumbers = chunk.Select(one => one.LineNumber).ToArray(),
            types = chunk.Select(one => one.Type).ToArray(),
            references = chunk.Select(one => one.ProviderReference).ToArray(),
            requests = chunk.Select(one => one.RequestId).ToArray(),
            currencies = chunk.Select(one => one.Theirs?.Currency.Code).ToArray(),
            amounts = chunk.Select(one => one.Theirs?.Value).ToArray(),
            times = chunk.Select(one => one.OccurredAt?.UtcDateTime).ToArray(),
            objects = chunk.Select(one => one.ObjectId).ToArray(),
            payments = chunk.Select(one => one.PaymentId).ToArray(),
            ourCurrencies = chunk.Select(one => one.Ours?.Currency.Code).ToArray(),
            ourAmounts = chunk.Select(one => one.Ours?.Value).ToArray(),
            differences = chunk.Select(one => one.Difference is null ? (Guid?)null : differences[Identity(one)]).ToArray(),
        }, transaction, TimeoutSeconds, cancellationToken: cancellationToken));
    }

    private sealed class NamedRow
    {
        public Guid Id { get; init; }

        public byte[] Identity { get; init; } = [];
    }
}
