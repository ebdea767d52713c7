using Microsoft.AspNetCore.Builder;
using PaymentOrchestrator.AppHost.Postgres;

namespace PaymentOrchestrator.AppHost;

/// <summary>What the stack is composed of, besides PostgreSQL.</summary>
/// <param name="BuildSandbox">From configuration arguments to an application that is not started yet.</param>
/// <param name="BuildApi">Likewise.</param>
/// <param name="NewApiKey">Makes a random test key in the API's format.</param>
/// <param name="EnsureDemoMarketplace">Connection string and API key → the marketplace with that key exists.</param>
internal sealed record LocalStackParts(
    Func<string[], WebApplication> BuildSandbox,
    Func<string[], WebApplication> BuildApi,
    Func<string> NewApiKey,
    Func<string, string, CancellationToken, Task> EnsureDemoMarketplace);

internal sealed record LocalStackOptions
{
    public required string DataFolder { get; init; }

    /// <summary>0 for a free one.</summary>
    public int ApiPort { get; init; }

    /// <summary>0 for a free one.</summary>
    public int SandboxPort { get; init; }

    /// <summary>Where the API serves its metrics; null: nowhere.</summary>
    public string? MetricsUrl { get; init; }

    /// <summary>A running server to use instead of starting one; null to start one.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>See <see cref="PostgresServerOptions.Durable"/>.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>Start from nothing.</summary>
    public bool Reset { get; init; }

    /// <summary>See <see cref="PostgresServerOptions.DeleteAtEnd"/>.</summary>
    public bool DeleteAtEnd { get; init; }

    public Action<string> Log { get; init; } = static _ => { };
}
