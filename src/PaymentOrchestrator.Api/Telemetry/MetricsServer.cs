using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OpenTelemetry.Metrics;

namespace PaymentOrchestrator.Api.Telemetry;

/// <summary>
/// Serves <c>/metrics</c> at <c>Metrics:Url</c>, by a server of its own: on the public port there is no such route that a slip could open, and on
/// this one there is nothing else.
/// </summary>
internal sealed class MetricsServer(IConfiguration configuration, MeterProvider meters) : IHostedService
{
    private WebApplication? server;

    /// <summary>Where it listens, with the port that was given for port 0; null while it does not.</summary>
    public string? Address => server?.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (configuration["Metrics:Url"] is not { Length: > 0 } url) return;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false).UseUrls(url);
        var app = builder.Build();
        app.UseOpenTelemetryPrometheusScrapingEndpoint(meters, predicate: null, path: "/metrics", configureBranchedPipeline: null, optionsName: null);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or FormatException or InvalidOperationException)
        {
            await app.DisposeAsync();
            throw new InvalidOperationException($"Metrics cannot be served at Metrics:Url {url}: {e.Message} Set another address, or leave it empty to serve none.", e);
        }

        server = app;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (server is null) return;
        await server.StopAsync(cancellationToken);
        await server.DisposeAsync();
        server = null;
    }
}
