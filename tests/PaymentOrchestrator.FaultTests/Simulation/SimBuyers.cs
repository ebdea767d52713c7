using Npgsql;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Domain;
using PaymentOrchestrator.FaultTests.World;

namespace PaymentOrchestrator.FaultTests.Simulation;

/// <summary>
/// The two buyers of a seed. To make them takes longer than to run a seed, so that the next seeds have them as well: what is one seed's is told from what
/// is another's by the mark in its keys and orders, and by where the provider's numbers stood when it began.
/// </summary>
internal sealed class SimBuyers
{
    /// <summary>Whoever has bought a lot is no longer like a fresh buyer.</summary>
    private const int Seeds = 40;

    private int run;

    private SimBuyers(string[] names) => (Names, Ids) = (names, [.. names.Select(name => Id<BuyerResource>.Parse(name, null).Value)]);

    public static IReadOnlyDictionary<string, long> Plenty { get; } =
        new Dictionary<string, long> { ["USD"] = 100_000_000_000, ["JPY"] = 100_000_000_000, ["EUR"] = 100_000_000_000 };

    public string[] Names { get; }

    public Guid[] Ids { get; }

    /// <summary>At the end of every key, and in every order.</summary>
    public string Mark => $"@{run}";

    public long LastNotification { get; private set; }

    public long LastExecution { get; private set; }

    /// <summary>Those that there are, for one seed more; new ones when they have served.</summary>
    public static async Task<SimBuyers> ForNextSeedAsync(SimBuyers? present, Shop shop, string database, string sandbox)
    {
        if (present is null || present.run == Seeds)
        {
            await RetireAsync(database);
            var name = Guid.NewGuid().ToString("N");
            present = new SimBuyers(await Task.WhenAll(Enumerable.Range(0, 2).Select(buyer => shop.ReadyBuyerAsync($"sim-{name}-{buyer}", Plenty))));
        }

        present.run++;
        await using var connection = new NpgsqlConnection(sandbox);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select coalesce((select max(notification_id) from notifications), 0), coalesce((select max(execution_id) from executions), 0)", connection);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        (present.LastNotification, present.LastExecution) = (row.GetInt64(0), row.GetInt64(1));
        return present;
    }

    /// <summary>Nobody renews any more what those are authorised to who have bought enough.</summary>
    private static async Task RetireAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("update linked_accounts set upkeep_at = null where upkeep_at is not null", connection);
        await command.ExecuteNonQueryAsync();
    }
}
