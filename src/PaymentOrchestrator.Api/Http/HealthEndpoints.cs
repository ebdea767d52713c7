using Dapper;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Postgres;

namespace PaymentOrchestrator.Api.Http;

/// <summary>Whether the service lives, or can serve.</summary>
public sealed record Health
{
    /// <summary><c>live</c> or <c>ready</c>.</summary>
    public required string Status { get; init; }
}

internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", () => ((Result<Health>)new Health { Status = "live" }).Ok())
            .WithName("live").WithTags("Operations").WithMetadata(new KeylessAttribute(), new UnlimitedAttribute())
            .WithSummary("The process answers")
            .WithDescription("For an orchestrator that restarts what hangs. It looks at nothing else: a database that is down is no reason for a restart.")
            .Produces<Health>();
        app.MapGet("/health/ready", ReadyAsync)
            .WithName("ready").WithTags("Operations").WithMetadata(new KeylessAttribute(), new UnlimitedAttribute())
            .WithSummary("The process can serve: its database answers and is migrated")
            .WithDescription("For a load balancer: 503 keeps requests away until the database answers.")
            .Produces<Health>().Produces<ProblemDocument>(503, "application/problem+json");
    }

    private static async Task<IResult> ReadyAsync(Db db, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await db.OpenSharedAsync(cancellationToken);
            // Empty tables are fine; missing ones are not. One shard will do: each instance is asked every second.
            const string sql = "select exists (select from payments where id = '00000000-0000-0000-0000-000000000000' and shard_key = 0);";
            await connection.ExecuteScalarAsync(new CommandDefinition(sql, commandTimeout: 2, cancellationToken: cancellationToken));
            return ((Result<Health>)new Health { Status = "ready" }).Ok();
        }
        catch (Npgsql.NpgsqlException)
        {
            return ((Result<Health>)new Problem(ProblemType.NotReady, "The database does not answer or is not migrated.") { RetryAfter = 1 }).Ok();
        }
    }
}
