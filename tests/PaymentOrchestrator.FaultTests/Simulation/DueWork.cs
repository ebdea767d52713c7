using Npgsql;
using PaymentOrchestrator.FaultTests.Checking;

namespace PaymentOrchestrator.FaultTests.Simulation;

/// <summary>One of the provider's notifications, unsigned as it lies in its outbox.</summary>
internal sealed record Notification(long Number, string Provider, string Body);

/// <summary>
/// What waits for someone to do it: payments and refunds for a resolver, notifications for their delivery. Everything is named by the key of the request that
/// made it, or by its number: those are the same in each run, ids are not.
/// </summary>
internal sealed class DueWork(SimWorld world, SimBuyers buyers)
{
    private const string Keys = """
        from buyers b join idempotency_keys k on k.marketplace_id = b.marketplace_id and k.mode = b.mode and k.scope = b.id
        """;

    public Task<IReadOnlyList<string>> PaymentsAsync() => KeysAsync($"""
        select k.key {Keys} join inquiries i on i.payment_id = k.resource_id
        where b.id = any ($1) and k.key like 'pay-%' || $2 order by k.key collate "C"
        """);

    public Task<IReadOnlyList<string>> RefundsAsync() => KeysAsync($"""
        select k.key {Keys} join refunds r on r.id = k.resource_id
        where b.id = any ($1) and k.key like 'refund-%' || $2 and r.next_inquiry_at is not null order by k.key collate "C"
        """);

    /// <summary>This seed's, of whichever buyer.</summary>
    public async Task<IReadOnlyList<Notification>> NotificationsAsync()
    {
        await using var connection = await OpenAsync(world.SandboxConnection);
        await using var command = new NpgsqlCommand(
            "select notification_id, provider, body from notifications where buyer_id = any ($1) and notification_id > $2 order by notification_id", connection)
        {
            Parameters = { new() { Value = buyers.Names }, new() { Value = buyers.LastNotification } },
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
        const string subject = $"(select k.resource_id {Keys} where b.id = any ($1) and k.key = $2)";
        // Earlier seeds leave thousands of rows behind: what is not due already is not written again. And a row may be locked by an operation that waits for one that
        // stands, and so for us.
        const string due = "$3 - interval '100 days'", later = "$3 + interval '1000 years'";
        const string payments = $"""
            update inquiries set next_at = case when payment_id in {subject} then {due} else {later} end
            where payment_id = any (array(select payment_id from inquiries where next_at <= $3 or payment_id in {subject} for update skip locked))
            """;
        const string refunds = $"""
            update refunds set next_inquiry_at = case when id in {subject} then {due} else {later} end
            where id = any (array(select id from refunds where next_inquiry_at <= $3 or next_inquiry_at is not null and id in {subject} for update skip locked))
            """;
        await using var connection = await OpenAsync(world.Connection);
        await using var command = new NpgsqlCommand(payment ? payments : refunds, connection)
        {
            Parameters = { new() { Value = buyers.Ids }, new() { Value = key }, new() { Value = world.Clock.Now.UtcDateTime } },
        };
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Everything of this seed, and of no other.</summary>
    public async Task<Observation> ObserveAsync()
    {
        var seen = await ObservationReader.ReadAsync(world.Connection, new ObservationReader.Part(buyers.Ids, buyers.Mark));
        await using var connection = await OpenAsync(world.SandboxConnection);
        await using var command = new NpgsqlCommand(
            "select operation, provider, request_id, currency, value, order_id, payment from executions where buyer_id = any ($1) and execution_id > $2 order by execution_id", connection)
        {
            Parameters = { new() { Value = buyers.Names }, new() { Value = buyers.LastExecution } },
        };
        await using var row = await command.ExecuteReaderAsync();
        var executions = new List<Execution>();
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        while (await row.ReadAsync()) executions.Add(new Execution(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4), Text(5), Text(6)));
        return seen with { Executions = executions };
    }

    private async Task<IReadOnlyList<string>> KeysAsync(string sql)
    {
        await using var connection = await OpenAsync(world.Connection);
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = buyers.Ids }, new() { Value = buyers.Mark } } };
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
