using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace PaymentOrchestrator.Api.Telemetry;

/// <summary>
/// What leaves the process: metrics for Prometheus at <c>Metrics:Url</c>, and metrics and traces by OTLP where the standard
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. Where neither is, nothing is collected and the database is not asked for figures.
/// </summary>
internal static class TelemetryServices
{
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var prometheus = configuration["Metrics:Url"] is { Length: > 0 };
        var otlp = configuration[OtlpEndpoint] is { Length: > 0 };
        if (!prometheus && !otlp) return;

        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("payment-orchestrator"))
            .WithMetrics(metrics =>
            {
                // The framework's own: requests by route, connections, the pool of each database role, the runtime.
                metrics.AddMeter(Instruments.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", "System.Runtime");
                if (prometheus) metrics.AddPrometheusExporter();
                if (otlp) metrics.AddOtlpExporter();
            });
        if (otlp)
        {
            telemetry.WithTracing(traces => traces
                .AddSource(Instruments.Name, "Npgsql")
                .AddAspNetCoreInstrumentation(options => options.Filter = context => !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
                .AddOtlpExporter());
        }

        services.AddSingleton<MetricsServer>();
        services.AddHostedService(provider => provider.GetRequiredService<MetricsServer>());
        services.AddHostedService<StateSampler>();
        services.AddHostedService<ProofSampler>();
    }

    /// <summary>
    /// One JSON object per line where nobody watches (a container, a pipe, a service), text on a terminal; <c>Logging:Console:FormatterName</c> decides
    /// otherwise. Each line of a request carries its ids.
    /// </summary>
    public static void AddLogFormat(this ILoggingBuilder logging, IConfiguration configuration)
    {
        if (configuration["Logging:Console:FormatterName"] is null && Console.IsOutputRedirected)
        {
            logging.AddJsonConsole(options =>
            {
                options.IncludeScopes = true;
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            });
        }

        // The host's own scope holds the path as it was sent; ours holds ids that we made.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
    }
}
