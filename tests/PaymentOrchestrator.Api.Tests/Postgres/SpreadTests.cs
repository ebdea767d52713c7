using Dapper;
using Microsoft.Extensions.Configuration;
using Npgsql;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Postgres;

/// <summary>What has to hold wherever the tables lie, and by whatever way they are reached; and where they lie.</summary>
public sealed class SpreadTests(TestSystem system)
{
    private const string Insert = "insert into buyers (id, marketplace_id, mode, reference, country, created_at, shard_key) values (@id, 1, 'test', @reference, 'DE', now(), @shard)";

    [Fact]
    public async Task A_command_whose_last_statement_fails_leaves_nothing_of_its_first()
    {
        await using var db = new Db(new ConfigurationBuilder().AddCommandLine([.. system.ApiArguments]).Build());
        foreach (var otherShard in new[] { false, true })
        {
            var (id, other, reference) = (Guid.NewGuid(), Guid.NewGuid(), $"undone {Guid.NewGuid():N}");
            await using (var connection = await db.OpenAsync(new Caller(1, Mode.Test), TestContext.Current.CancellationToken))
            {
                var failed = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(
                    $"{Insert}; {Insert.Replace("@id", "@other", StringComparison.Ordinal).Replace("@shard", "@otherShard", StringComparison.Ordinal)}; {Insert};",
                    new { id, other, reference, shard = (short)7, otherShard = (short)(otherShard ? -30_000 : 7) }));
                Assert.Equal(PostgresErrorCodes.UniqueViolation, failed.SqlState);
            }

            await using (var connection = await db.OpenAsync(new Caller(1, Mode.Test), TestContext.Current.CancellationToken))
            {
                await using var batch = connection.CreateBatch();
                for (var i = 0; i < 2; i++)
                {
                    batch.BatchCommands.Add(new NpgsqlBatchCommand(Insert)
                    {
                        Parameters = { new NpgsqlParameter<Guid>("id", id), new NpgsqlParameter<string>("reference", reference), new NpgsqlParameter<short>("shard", 7) },
                    });
                }

                Assert.Equal(PostgresErrorCodes.UniqueViolation, (await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(batch, TestContext.Current.CancellationToken))).SqlState);
            }

            Assert.Equal([], await system.Database.RowsAsync("select id from buyers where reference = $1", reference));
            // What failed went back to the pool, and serves the next.
            await using (var connection = await db.OpenAsync(new Caller(1, Mode.Test), TestContext.Current.CancellationToken))
                Assert.Equal(1, await connection.ExecuteAsync($"{Insert}; select 1;", new { id, reference, shard = (short)7 }));
            Assert.Equal([$"{id}"], await system.Database.RowsAsync("select id from buyers where reference = $1", reference));
        }
    }

    [Fact]
    public async Task On_a_cluster_every_table_is_spread_and_what_grows_lies_with_its_buyer()
    {
        Assert.SkipUnless(system.IsCitus, "PostgreSQL without Citus.");
        Assert.Equal(
            await system.Database.RowsAsync("select table_name, 'distributed', 'shard_key' from information_schema.columns where table_schema = 'public' and column_name = 'shard_key' and table_name !~ '_[0-9]+$' order by 1"),
            await system.Database.RowsAsync("""
                select table_name::text, citus_table_type, distribution_column from citus_tables
                where citus_table_type = 'distributed' and colocation_id = (select colocation_id from citus_tables where table_name = 'buyers'::regclass) order by 1
                """));
        Assert.Equal([], await system.Database.RowsAsync("""
            select c.relname from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname not like 'schema\_migrations' and c.relname !~ '_[0-9]+$'
                and not exists (select from pg_dist_partition p where p.logicalrelid = c.oid)
            """));
        // A policy would hide every row: what it asks for is not told to the workers.
        Assert.Equal([], await system.Database.RowsAsync("select relname from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity"));

        await Migrator.RunAsync(system.Database.ConnectionString, TestContext.Current.CancellationToken);
    }
}
