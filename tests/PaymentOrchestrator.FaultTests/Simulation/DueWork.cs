using Npgsql;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.FaultTests.Simulation;

/// <summary>One of the provider's notifications, unsigned as it lies in its outbox.</summary>
internal sealed record Notification(long Number, string Provider, string Body);

/// <summary>
/// What waits for someone to do it: payments and refunds for a resolver, notifications for their delivery. Everything is named by the key of the request that
/// made it, or by its number: those are the same in each run, ids are not.
/// </summary>
internal sealed class DueWork(SimWorld world, string[] buyers)
{
    public Guid[] BuyerIds { get; } = [.. buyers.Select(buyer => Id<BuyerResource>.Parse(buyer, null).Value)];

    public Task<IReadOnlyList<string>> PaymentsAsync() => KeysAsync("""
        select k.key
        from inquiries i join idempotency_keys k on k.resource_id = i.payment_id and k.key like 'pay-%'
        where k.scope = any ($1) order by k.key collate "C"
        """);

    public Task<IReadOnlyList<string>> RefundsAsync() => KeysAsync("""
        select k.key
        from refunds r join idempotency_keys k on k.resource_id = r.id and k.key like 'refund-%'
        where r.next_inquiry_at is not null and k.scope = any ($1) order by k.key collate "C"
        """);

    public async Task<IReadOnlyList<Notification>> NotificationsAsync()
    {
        await using var connection = await OpenAsync(world.SandboxConnection);
        await using var command = new NpgsqlCommand("select notification_id, provider, body from notifications where buyer_id = any ($1) order by notification_id", connection)
        {
            Parameters = { new() { Value = buyers } },
        };
        await using var row = await command.ExecuteReaderAsync();
        var rows = new List<Notification>();
        while (await row.ReadAsync()) rows.Add(new Notification(row.GetInt64(0), row.GetString(1), row.GetString(2)));
        return rows;
    }

    /// <summary>Time is the scheduler's: what a resolver is to find is due now, and nothing else is.</summary>
    /// <param name="payment">Whether it is a payment; else a refund.</param>
    public async Task MakeDueAsync(bool payment, string key)
    {
        const string payments = """
            update inquiries i set next_at = case when exists (
                select from idempotency_keys k where k.resource_id = i.payment_id and k.scope = any ($1) and k.key = $2) then $3 - interval '100 days' else $3 + interval '100 days' end
            """;
        const string refunds = """
            update refunds i set next_inquiry_at = case when exists (
                select from idempotency_keys k where k.resource_id = i.id and k.scope = any ($1) and k.key = $2) then $3 - interval '100 days' else $3 + interval '100 days' end
            where next_inquiry_at is not null
            """;
        await using var connection = await OpenAsync(world.Connection);
        await using var command = new NpgsqlCommand(payment ? payments : refunds, connection)
        {
            Parameters = { new() { Value = BuyerIds }, new() { Value = key }, new() { Value = world.Clock.Now.UtcDateTime } },
        };
        await command.ExecuteNonQueryAsync();
    }

    private async Task<IReadOnlyList<string>> KeysAsync(string sql)
    {
        await using var connection = await OpenAsync(world.Connection);
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = BuyerIds } } };
        await using var row = await command.ExecuteReaderAsync();
        var keys = new List<string>();
        while (await row.ReadAsync()) keys.Add(row.GetString(0));
        return keys;
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }
}
