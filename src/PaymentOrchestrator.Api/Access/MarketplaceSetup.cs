using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

/// <summary>What is done with the owner's login, before a marketplace has a key to do anything with.</summary>
internal static class MarketplaceSetup
{
    public static Task EnsureMarketplaceAsync(NpgsqlConnection owner, int id, string name, CancellationToken cancellationToken) => owner.ExecuteAsync(new CommandDefinition(
        "insert into marketplaces (id, name, created_at) values (@id, @name, now()) on conflict do nothing;", new { id, name }, cancellationToken: cancellationToken));

    /// <summary>Stores the key with these scopes; a key that is there already gets them.</summary>
    public static async Task EnsureKeyAsync(
        NpgsqlConnection owner, int marketplace, string key, string name, IReadOnlyList<string> scopes, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into api_keys (key_hash, id, marketplace_id, mode, name, prefix, scopes, created_at)
            values (@hash, @id, @marketplace, @mode, @name, @prefix, @scopes, now())
            on conflict (key_hash) do update set scopes = excluded.scopes, name = excluded.name;
            """;
        await owner.ExecuteAsync(new CommandDefinition(sql, new
        {
            hash = ApiKeys.Hash(key),
            id = Guid.CreateVersion7(),
            marketplace,
            mode = key.StartsWith("po_live_", StringComparison.Ordinal) ? "live" : "test",
            name,
            prefix = ApiKeys.ShownPart(key),
            scopes = scopes.ToArray(),
        }, cancellationToken: cancellationToken));
    }

    /// <summary>The marketplace of this name, made if there is none. Null when several have it.</summary>
    public static async Task<int?> FindOrCreateAsync(NpgsqlConnection owner, string name, CancellationToken cancellationToken)
    {
        const string sql = """
            select pg_advisory_xact_lock(hashtextextended('marketplaces', 0));
            insert into marketplaces (id, name, created_at)
            select coalesce((select max(id) from marketplaces), 0) + 1, @name, now() where not exists (select from marketplaces where name = @name);
            select id from marketplaces where name = @name order by id;
            """;
        await using var rows = await owner.QueryMultipleAsync(new CommandDefinition(sql, new { name }, cancellationToken: cancellationToken));
        await rows.ReadAsync<object>();
        var found = (await rows.ReadAsync<int>()).ToList();
        return found.Count == 1 ? found[0] : null;
    }

    /// <summary>Makes a key that may manage keys, and writes that into the audit log with the same commit. The answer is the key itself.</summary>
    public static async Task<string> CreateKeyAsync(
        NpgsqlConnection owner, Caller marketplace, string name, IReadOnlyList<string> scopes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into api_keys (key_hash, id, marketplace_id, mode, name, prefix, scopes, created_at)
            values (@hash, @id, @marketplace, @mode, @name, @prefix, @scopes, @now);
            """ + AuditEntry.Insert + ";";
        var key = ApiKeys.Generate(marketplace.Mode);
        var id = ApiKeyStore.NewId(now);
        var parameters = new DynamicParameters(new
        {
            hash = ApiKeys.Hash(key),
            id = id.Value,
            marketplace = marketplace.MarketplaceId,
            mode = marketplace.Mode.Code(),
            name,
            prefix = ApiKeys.ShownPart(key),
            scopes = scopes.ToArray(),
            now = now.UtcDateTime,
        });
        AuditEntry.Of(marketplace with { Origin = RequestOrigin.OfCommand(Commands.CreateAdminKey.Name) }, id.ToString(), id.ShardKey, now).AddTo(parameters);
        await owner.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        return key;
    }
}
