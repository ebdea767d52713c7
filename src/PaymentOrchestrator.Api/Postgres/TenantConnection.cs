using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Npgsql;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Postgres;

/// <summary>
/// A connection that speaks for one marketplace in one mode. Each of its commands and batches begins by telling the server whose rows it may touch, in the
/// same round trip and for its own transaction alone: nothing stays on a connection that goes back to a pool, ours or PgBouncer's.
/// A command of several statements is one transaction. PostgreSQL makes it so of itself; a Citus coordinator lets each statement commit alone on its shard unless it
/// is told, so there such a command says it, still in one round trip. One that fails leaves its connection in a transaction that nothing more can be done in: it is
/// closed, and who goes on opens another.
/// </summary>
/// <param name="inner">Open.</param>
/// <param name="owner">Whose rows.</param>
/// <param name="clustered">Whether the database is spread by Citus.</param>
internal sealed class TenantConnection(NpgsqlConnection inner, Caller owner, bool clustered) : DbConnection
{
    // Plans are made once per connection, perhaps while a table is empty; a sequential scan that was right then must not stay. Without one a plan can look so dear that
    // the server would compile it at each execution, hence no jit. Here, and not in the connection's options: PgBouncer passes none on.
    private const string Statement =
        "select set_config('app.marketplace_id', @tenant_marketplace, true), set_config('app.mode', @tenant_mode, true), set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)";

    private static readonly string StatementByPosition = Statement.Replace("@tenant_marketplace", "$1", StringComparison.Ordinal).Replace("@tenant_mode", "$2", StringComparison.Ordinal);

    [AllowNull]
    public override string ConnectionString
    {
        get => inner.ConnectionString;
        set => throw new NotSupportedException("The connection is open.");
    }

    public override string Database => inner.Database;

    public override string DataSource => inner.DataSource;

    public override string ServerVersion => inner.ServerVersion;

    public override ConnectionState State => inner.State;

    public override bool CanCreateBatch => true;

    private bool IsClustered => clustered;

    private string Marketplace => owner.MarketplaceId.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>
    /// A batch that has its first commands already, for <see cref="ExecuteAsync"/>. For what is executed, not read: the first result set is those commands'.
    /// </summary>
    public new NpgsqlBatch CreateBatch()
    {
        var batch = inner.CreateBatch();
        if (clustered) batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(StatementByPosition)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = Marketplace }, new NpgsqlParameter<string> { TypedValue = owner.Mode.Code() } },
        });
        return batch;
    }

    /// <summary>Executes a batch of <see cref="CreateBatch"/> as one transaction.</summary>
    public Task<int> ExecuteAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        if (clustered) batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        return batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException("A connection is to one database.");

    public override void Open() => throw new NotSupportedException("The connection is open.");

    public override void Close() => inner.Close();

    public override Task CloseAsync() => inner.CloseAsync();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    protected override DbBatch CreateDbBatch() => CreateBatch();

    protected override DbCommand CreateDbCommand() => new Command(this, inner.CreateCommand());

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => inner.BeginTransaction(isolationLevel);

    protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken) =>
        await inner.BeginTransactionAsync(isolationLevel, cancellationToken);

    private void AddParameters(NpgsqlParameterCollection parameters)
    {
        parameters.Add(new NpgsqlParameter<string>("tenant_marketplace", Marketplace));
        parameters.Add(new NpgsqlParameter<string>("tenant_mode", owner.Mode.Code()));
    }

    private sealed class Command(TenantConnection connection, NpgsqlCommand inner) : DbCommand
    {
        private string text = "";
        private bool bound;

        [AllowNull]
        public override string CommandText
        {
            get => text;
            set => text = value ?? "";
        }

        public override int CommandTimeout
        {
            get => inner.CommandTimeout;
            set => inner.CommandTimeout = value;
        }

        public override CommandType CommandType
        {
            get => inner.CommandType;
            set => inner.CommandType = value == CommandType.Text ? value : throw new NotSupportedException("Commands are SQL.");
        }

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource
        {
            get => inner.UpdatedRowSource;
            set => inner.UpdatedRowSource = value;
        }

        /// <summary>Npgsql's own: by it Dapper knows that arrays can be sent.</summary>
        protected override DbConnection? DbConnection
        {
            get => inner.Connection;
            set => throw new NotSupportedException("The command belongs to its connection.");
        }

        protected override DbParameterCollection DbParameterCollection => inner.Parameters;

        protected override DbTransaction? DbTransaction
        {
            get => inner.Transaction;
            set => inner.Transaction = (NpgsqlTransaction?)value;
        }

        public override void Cancel() => inner.Cancel();

        public override void Prepare() => throw new NotSupportedException("Statements are prepared by themselves.");

        public override int ExecuteNonQuery() => Bound().ExecuteNonQuery();

        // What the first statement selects is no row that was written.
        public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken) => Bound().ExecuteNonQueryAsync(cancellationToken);

        public override object? ExecuteScalar()
        {
            using var reader = ExecuteDbDataReader(CommandBehavior.Default);
            var value = reader.Read() ? reader.GetValue(0) : null;
            while (reader.NextResult()) continue;
            return value;
        }

        public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
        {
            await using var reader = await ExecuteDbDataReaderAsync(CommandBehavior.Default, cancellationToken);
            var value = await reader.ReadAsync(cancellationToken) ? reader.GetValue(0) : null;
            // A command has succeeded when all of it was read.
            while (await reader.NextResultAsync(cancellationToken)) continue;
            return value;
        }

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }

        protected override DbParameter CreateDbParameter() => inner.CreateParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
        {
            var reader = Bound().ExecuteReader(Whole(behavior));
            try
            {
                reader.NextResult();
                return reader;
            }
            catch
            {
                reader.Dispose();
                throw;
            }
        }

        protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
        {
            var reader = await Bound().ExecuteReaderAsync(Whole(behavior), cancellationToken);
            try
            {
                await reader.NextResultAsync(cancellationToken);
                return reader;
            }
            catch
            {
                await reader.DisposeAsync();
                throw;
            }
        }

        // The result that is meant is never the first.
        private static CommandBehavior Whole(CommandBehavior behavior) => behavior & ~(CommandBehavior.SingleResult | CommandBehavior.SingleRow);

        private NpgsqlCommand Bound()
        {
            inner.CommandText = connection.IsClustered && inner.Transaction is null && IsSeveral(text) ? $"begin;\n{Statement};\n{text.AsSpan().TrimEnd(" \r\n;")};\ncommit" : $"{Statement};\n{text}";
            if (bound) return inner;
            connection.AddParameters(inner.Parameters);
            bound = true;
            return inner;
        }

        // No statement of ours has a semicolon in a text of its own.
        private static bool IsSeveral(string text) => text.AsSpan().TrimEnd(" \r\n;").Contains(';');
    }
}
