using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Dapper;
using Npgsql;
using PaymentOrchestrator.Api.Ledger;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Postgres;

/// <summary>That the database can be spread: every table that grows lies by its shard key, and every statement of a request says on which shard it looks.</summary>
public sealed class ShardKeyTests(TestSystem system)
{
    // Few rows, which every shard has. Whatever else is made grows with buyers, and has a shard key.
    private static readonly string[] ReferenceTables =
    [
        "api_keys", "data_protection_keys", "exchange_rate_decisions", "exchange_rates", "fee_schedules", "marketplaces", "rate_sources", "retention_marks",
        "schema_migrations", "webhook_endpoints",
    ];

    // Primary and unique keys (constraints or indexes alone) of growing tables, and foreign keys between them, that do not end with the shard key; growing tables
    // with no primary key at all; and tables without a shard key that nobody has named a reference table.
    private const string Unroutable = """
        with tables as (
            select c.oid, c.relname, (select a.attnum from pg_attribute a where a.attrelid = c.oid and a.attname = 'shard_key' and not a.attisdropped) as shard
            from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
                and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'))
        select t.relname || ': ' || i.indexrelid::regclass::text as fault
        from tables t join pg_index i on i.indrelid = t.oid
        where i.indisunique and t.shard is not null and i.indkey[i.indnkeyatts - 1] <> t.shard
        union all
        select t.relname || ': ' || f.conname
        from tables t join pg_constraint f on f.conrelid = t.oid and f.contype = 'f' join tables o on o.oid = f.confrelid
        where (t.shard is not null or o.shard is not null) and o.relname <> all (@reference)
            and (t.shard is null or o.shard is null or f.conkey[cardinality(f.conkey)] <> t.shard or f.confkey[cardinality(f.confkey)] <> o.shard)
        union all
        select t.relname || ': no primary key' from tables t
        where t.shard is not null and not exists (select from pg_index i where i.indrelid = t.oid and i.indisprimary)
        union all
        select t.relname || ': no shard key' from tables t where t.shard is null and t.relname <> all (@reference)
        order by 1
        """;

    [Fact]
    public async Task Every_key_of_a_growing_table_ends_with_its_shard_key_and_one_that_does_not_is_found()
    {
        await using var owner = new NpgsqlConnection(system.Database.ConnectionString);
        await owner.OpenAsync(TestContext.Current.CancellationToken);
        Assert.Equal([], await owner.QueryAsync<string>(Unroutable, new { reference = ReferenceTables }));

        // Never committed: no other test sees them.
        await using var transaction = await owner.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await owner.ExecuteAsync("""
            create table planted (id uuid not null, name text not null, shard_key smallint not null, primary key (id, shard_key), unique (shard_key, name));
            create unique index planted_alone on planted (name);
            create table planted_below (id uuid primary key, planted_id uuid not null, planted_shard smallint not null, marketplace_id int references marketplaces,
                shard_key smallint not null, foreign key (planted_id, planted_shard) references planted);
            create table planted_heap (id uuid not null, shard_key smallint not null);
            create table planted_nowhere (id uuid primary key);
            """);
        Assert.Equal(
            [
                "planted: planted_alone", "planted: planted_shard_key_name_key", "planted_below: planted_below_pkey", "planted_below: planted_below_planted_id_planted_shard_fkey",
                "planted_heap: no primary key", "planted_nowhere: no shard key",
            ],
            await owner.QueryAsync<string>(Unroutable, new { reference = ReferenceTables }));
    }

    [Fact]
    public async Task Every_statement_names_the_shard_of_each_growing_table_but_those_that_are_listed()
    {
        var growing = await GrowingTablesAsync();
        var texts = Texts();
        Assert.True(texts.Sum(text => ShardedStatements.Count(text, growing)) > 200, "The application's statements were not found.");
        var proof = LedgerChecks.All.SelectMany(check => ShardedStatements.Unrouted(check.CountViolations, growing)).ToHashSet();
        var unrouted = texts.SelectMany(text => ShardedStatements.Unrouted(text, growing)).Where(statement => !proof.Contains(statement)).Distinct().ToList();
        static bool IsThat(string statement, string known) => statement.StartsWith(known, StringComparison.Ordinal) || statement.EndsWith(known, StringComparison.Ordinal);
        Assert.Equal([], unrouted.Where(statement => !AcrossShards.Statements.Keys.Any(known => IsThat(statement, known))));
        // What is gone, or routed since, needs no exception.
        Assert.Equal([], AcrossShards.Statements.Keys.Where(known => !unrouted.Any(statement => IsThat(statement, known))));
    }

    [Theory]
    [InlineData("select id from payments where id = @id;")]
    [InlineData("select id from payments where id = @id and shard_key > @shard;")]
    [InlineData("select p.id from payments p join quotes q on q.id = p.quote_id where p.id = @id and p.shard_key = @shard;")]
    [InlineData("select p.id from payments p join quotes q on q.id = p.quote_id and q.shard_key = p.shard_key where p.id = @id;")]
    [InlineData("select 1 from payments p where p.shard_key = @shard and exists (select from refunds r where r.payment_id = p.id);")]
    [InlineData("select 1 from payments p where p.shard_key = @shard; update payments set status = 'failed' where id = @id")]
    [InlineData("insert into refunds (id, payment_id) values (@id, @payment);")]
    [InlineData("insert into refunds (id, shard_key) select id, shard_key from payments where id = @id;")]
    [InlineData("delete from inquiries i using payments p where p.id = @id and p.shard_key = @shard and i.payment_id = p.id;")]
    [InlineData("with late as (select p.id from payments p where p.created_at < @then) select id from late;")]
    [InlineData("select id from payments -- where shard_key = @shard\n where id = @id and note <> 'shard_key = @shard';")]
    public async Task A_statement_that_does_not_is_found(string sql) => Assert.Single(ShardedStatements.Unrouted(sql, await GrowingTablesAsync()));

    [Theory]
    [InlineData("select id from payments where id = @id and shard_key = @shard;")]
    [InlineData("select p.id from payments p join quotes q on q.id = p.quote_id and q.shard_key = p.shard_key where p.id = @id and p.shard_key = @shard;")]
    [InlineData("select 1 from payments p where p.shard_key = @shard and exists (select from refunds r where r.payment_id = p.id and r.shard_key = p.shard_key);")]
    [InlineData("insert into refunds (id, shard_key) values (@id, @shard) on conflict (id, shard_key) do nothing;")]
    [InlineData("select url from webhook_endpoints where id = @id;")]
    [InlineData("Payments are listed from payments that were made before.")]
    public async Task A_statement_that_does_is_left_alone(string sql) => Assert.Empty(ShardedStatements.Unrouted(sql, await GrowingTablesAsync()));

    private async Task<IReadOnlyList<string>> GrowingTablesAsync() => await system.Database.RowsAsync(
        "select table_name from information_schema.columns where table_schema = 'public' and column_name = 'shard_key' and table_name not like '%\\_0%' order by 1");

    /// <summary>Every text that the application's code holds, constants put together as the compiler did.</summary>
    private static IReadOnlyList<string> Texts()
    {
        using var file = new PEReader(File.OpenRead(typeof(ApiApp).Assembly.Location));
        var metadata = file.GetMetadataReader();
        var texts = new List<string>();
        for (var handle = metadata.GetNextHandle(default(UserStringHandle)); !handle.IsNil; handle = metadata.GetNextHandle(handle)) texts.Add(metadata.GetUserString(handle));
        return texts;
    }
}
