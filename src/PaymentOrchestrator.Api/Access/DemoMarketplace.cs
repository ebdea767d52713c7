using Dapper;
using Npgsql;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

/// <summary>The marketplace that a local start offers to try things with. Made by the local host, never by the API itself.</summary>
public static class DemoMarketplace
{
    /// <summary>A fresh test key; it is the caller's to keep.</summary>
    public static string NewKey() => ApiKeys.Generate(Mode.Test);

    /// <summary>Makes the marketplace and its key if they are not there.</summary>
    public static async Task EnsureAsync(string ownerConnectionString, string apiKey, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into marketplaces (id, name, created_at) values (1, 'Demo marketplace', now()) on conflict do nothing;
            insert into api_keys (key_hash, marketplace_id, mode, created_at) values (@hash, 1, 'test', now()) on conflict do nothing;
            """;
        await using var connection = new NpgsqlConnection(ownerConnectionString);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { hash = ApiKeys.Hash(apiKey) }, cancellationToken: cancellationToken));
    }
}
