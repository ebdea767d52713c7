using Dapper;
using Microsoft.Extensions.Configuration;
using Npgsql;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests;

public sealed class DbTests(TestSystem system)
{
    [Fact]
    public async Task Statements_that_return_are_prepared_by_themselves_unless_the_deployment_says_otherwise()
    {
        Assert.Equal(1, await PreparedAsync(""));
        Assert.Equal(0, await PreparedAsync(";Max Auto Prepare=0"));
    }

    [Fact]
    public async Task A_burst_of_requests_does_not_take_a_second_connection_each_for_their_keys()
    {
        await using var db = Make("");
        await using var worker = await db.OpenWorkerAsync(TestContext.Current.CancellationToken);
        Assert.Equal(20, new NpgsqlConnectionStringBuilder(worker.ConnectionString).MaxPoolSize);
        await using var given = Make(";Maximum Pool Size=7");
        await using var other = await given.OpenWorkerAsync(TestContext.Current.CancellationToken);
        Assert.Equal(7, new NpgsqlConnectionStringBuilder(other.ConnectionString).MaxPoolSize);
    }

    private async Task<int> PreparedAsync(string settings)
    {
        await using var db = Make(settings);
        await using var connection = await db.OpenSharedAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 10; i++) await connection.ExecuteScalarAsync<long>("select count(*) from marketplaces where id = @i", new { i });
        await using var count = new NpgsqlCommand("select count(*) from pg_prepared_statements where statement like '%from marketplaces%'", connection);
        return (int)(long)(await count.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private Db Make(string settings)
    {
        var plain = new NpgsqlConnectionStringBuilder(system.Database.ConnectionString);
        plain.Remove("Maximum Pool Size");
        return new Db(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("ConnectionStrings:Postgres", (string?)(plain.ConnectionString + settings))])
            .Build());
    }
}
