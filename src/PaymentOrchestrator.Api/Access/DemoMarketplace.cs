using Npgsql;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Access;

/// <summary>The marketplace that a local start offers to try things with. Made by the local host, never by the API itself.</summary>
public static class DemoMarketplace
{
    /// <summary>A fresh test key; it is the caller's to keep.</summary>
    public static string NewKey() => ApiKeys.Generate(Mode.Test);

    /// <summary>Makes the marketplace and its key if they are not there. The key may do everything.</summary>
    public static async Task EnsureAsync(string ownerConnectionString, string apiKey, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ownerConnectionString);
        await MarketplaceSetup.EnsureMarketplaceAsync(connection, 1, "Demo marketplace", cancellationToken);
        await MarketplaceSetup.EnsureKeyAsync(connection, 1, apiKey, "demo", Scope.Codes, cancellationToken);
    }
}
