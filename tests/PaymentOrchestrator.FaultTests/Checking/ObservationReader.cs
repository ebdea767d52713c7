using System.Text.Json;
using Npgsql;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.FaultTests.Checking;

/// <summary>Reads our own database with the owner's rights, and the providers' truth over the sandbox's control.</summary>
internal static class ObservationReader
{
    private sealed class Any : IResource
    {
        public static string Prefix => "any";
    }

    /// <summary>An id as the contract writes it.</summary>
    public static string Name(string prefix, Guid id) => prefix + new Id<Any>(id).ToString()[3..];

    /// <param name="Mark">At the end of the keys, and in the orders, that are meant.</param>
    internal sealed record Part(IReadOnlyCollection<Guid> Buyers, string Mark);

    /// <param name="part">Null for everything.</param>
    public static async Task<Observation> ReadAsync(string ownerConnectionString, Part? part)
    {
        await using var connection = new NpgsqlConnection(ownerConnectionString);
        await connection.OpenAsync();
        // One snapshot: background work may be going on that is of no matter here, such as deliveries.
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        Task<List<T>> Rows<T>(string sql, Func<NpgsqlDataReader, T> read) => ReadAsync(connection, sql, part, read);
        var ours = part is null ? "true" : "buyer_id = any ($1) and order_id like '%' || $2 || '-%'";
        var itsPayments = part is null ? "true" : $"payment_id in (select id from payments where {ours})";

        var payments = await Rows(
            $"select id, buyer_id, quote_id, order_id, method, source_currency, order_amount, source_amount, markup_amount, total, amount_refunded, status, settlement_status = 'settled' from payments where {ours} order by id",
            row => new PaymentFact(
                Name("pay", row.GetGuid(0)), Name("byr", row.GetGuid(1)), Name("quo", row.GetGuid(2)), row.GetString(3), row.GetString(4), row.GetString(5), row.GetInt64(6), row.GetInt64(7),
                row.GetInt64(8), row.GetInt64(9), row.GetInt64(10), row.GetString(11), row.GetBoolean(12)));
        var refunds = await Rows(
            $"select id, payment_id, order_amount, source_amount, markup_amount, fee_amount, status from refunds where {itsPayments} order by id",
            row => new RefundFact(Name("ref", row.GetGuid(0)), Name("pay", row.GetGuid(1)), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetString(6)));
        var keys = await Rows(
            "select k.scope, k.key, k.resource_id from buyers b join idempotency_keys k on k.marketplace_id = b.marketplace_id and k.mode = b.mode and k.scope = b.id "
            + (part is null ? "" : "where b.id = any ($1) and k.key like '%' || $2"),
            row => new KeyFact(Name("byr", row.GetGuid(0)), row.GetString(1), row.GetGuid(2)));
        var ledger = await Rows(
            $"""
            select e.transaction_id, t.payment_id, t.cause_id, t.kind, e.account, e.currency, e.amount
            from ledger_transactions t join ledger_entries e on e.transaction_id = t.id and e.shard_key = t.shard_key
            where {itsPayments}
            """,
            row => new LedgerFact(
                row.GetGuid(0).ToString(), Name("pay", row.GetGuid(1)), row.GetGuid(2).ToString(), row.GetString(3), row.GetString(4), row.GetString(5), row.GetInt64(6)));
        var about = payments.Select(payment => payment.Id).Concat(payments.Select(payment => payment.Quote)).Concat(refunds.Select(refund => refund.Id)).ToArray();
        var events = new List<EventFact>();
        await using (var command = new NpgsqlCommand("select id, type, object_id, object_version from events where object_id = any ($1)", connection) { Parameters = { new() { Value = about } } })
        await using (var row = await command.ExecuteReaderAsync())
            while (await row.ReadAsync()) events.Add(new EventFact(Name("evt", row.GetGuid(0)), row.GetString(1), row.GetString(2), row.GetInt32(3)));
        return new Observation { Payments = payments, Refunds = refunds, Keys = keys, Ledger = ledger, Events = events };
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlConnection connection, string sql, Part? part, Func<NpgsqlDataReader, T> read)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        if (part is not null)
        {
            command.Parameters.Add(new() { Value = part.Buyers.ToArray() });
            command.Parameters.Add(new() { Value = part.Mark });
        }

        await using var row = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await row.ReadAsync()) rows.Add(read(row));
        return rows;
    }

    /// <summary>What the providers really executed, for whomever.</summary>
    public static async Task<IReadOnlyList<Execution>> ExecutionsAsync(HttpClient http, Uri sandbox)
    {
        var found = new List<Execution>();
        using var answer = JsonDocument.Parse(await http.GetStringAsync(new Uri(sandbox, "/sandbox/executions")));
        foreach (var one in answer.RootElement.GetProperty("data").EnumerateArray())
        {
            string? Text(string name) => one.GetProperty(name).GetString();
            var amount = one.GetProperty("amount");
            found.Add(new Execution(
                Text("operation")!, Text("provider")!, Text("request_id")!, amount.GetProperty("currency").GetString()!, amount.GetProperty("value").GetInt64(), Text("order_id"), Text("payment")));
        }

        return found;
    }
}
