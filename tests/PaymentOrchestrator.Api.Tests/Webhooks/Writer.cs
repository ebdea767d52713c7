using Npgsql;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Tests.Webhooks;

/// <summary>Writes events as the slices do, with the rights that requests have, and in transactions that take their time.</summary>
internal sealed class Writer : IAsyncDisposable
{
    private readonly NpgsqlDataSource source;

    public Writer(string connectionString)
    {
        source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Options = "-c role=po_app", MaxPoolSize = 60 }.ConnectionString);
    }

    /// <summary>Events in one transaction, which is committed or undone after the delay; their ids as the wire has them.</summary>
    public async Task<IReadOnlyList<string>> WriteAsync(int count, TimeSpan delay = default, bool commit = true, string type = "payment.succeeded", int marketplace = 1, string mode = "test")
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var tell = new NpgsqlCommand("select set_config('app.marketplace_id', $1, true), set_config('app.mode', $2, true)", connection, transaction))
        {
            tell.Parameters.Add(new() { Value = marketplace.ToString(System.Globalization.CultureInfo.InvariantCulture) });
            tell.Parameters.Add(new() { Value = mode });
            await tell.ExecuteNonQueryAsync();
        }

        var ids = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var id = Id<EventResource>.New((short)Random.Shared.Next(short.MinValue, short.MaxValue + 1), DateTimeOffset.UtcNow);
            ids.Add(id.ToString());
            await using var insert = new NpgsqlCommand(
                NewEvent.Columns + " values ($1, $2, $3, $4, $5, 7, $6::jsonb, now(), $7)", connection, transaction)
            {
                Parameters =
                {
                    new() { Value = id.Value }, new() { Value = marketplace }, new() { Value = mode }, new() { Value = type }, new() { Value = "pay_of_" + id },
                    new() { Value = """{"id": "pay_1", "note": "Zoë → 订单 <&>", "total": {"currency": "USD", "value": 12345}}""" }, new() { Value = id.ShardKey },
                },
            };
            await insert.ExecuteNonQueryAsync();
        }

        if (delay > TimeSpan.Zero) await Task.Delay(delay);
        if (commit) await transaction.CommitAsync();
        else await transaction.RollbackAsync();
        return ids;
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
