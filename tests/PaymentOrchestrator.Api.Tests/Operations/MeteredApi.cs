using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.AppHost;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Operations;

/// <summary>
/// An instance of the API as it is deployed: a process of its own (meters are the whole process's), whose metrics, traces and log lines are read from
/// outside. It reads its figures from the database every half second.
/// </summary>
public sealed class MeteredApi(TestSystem system) : IAsyncLifetime
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly ConcurrentQueue<string> log = [];
    private readonly ConcurrentQueue<byte[]> traces = [];
    private Process? process;
    private WebApplication? collector;

    public ApiClient Client { get; private set; } = null!;

    public Uri MetricsUrl { get; private set; } = null!;

    /// <summary>What it wrote to its output so far.</summary>
    public IReadOnlyList<string> Log => [.. log];

    /// <summary>The OTLP requests with traces so far; text in them is readable as it is.</summary>
    public string Traces => string.Concat(traces.Select(System.Text.Encoding.Latin1.GetString));

    public async ValueTask InitializeAsync()
    {
        var (apiPort, metricsPort, collectorPort) = (Ports.PickFree(), Ports.PickFree(), Ports.PickFree());
        await StartCollectorAsync(collectorPort);
        MetricsUrl = new Uri(Ports.PublicUrl(metricsPort));
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "PaymentOrchestrator.Api.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in system.ApiArguments)
        {
            var at = argument.IndexOf('=', StringComparison.Ordinal);
            start.Environment[argument[2..at].Replace(":", "__", StringComparison.Ordinal)] = argument[(at + 1)..];
        }

        foreach (var (key, value) in new (string, string)[]
        {
            ("urls", Ports.PublicUrl(apiPort)), ("Metrics__Url", MetricsUrl.AbsoluteUri), ("Logging__Console__FormatterName", ""),
            ("Telemetry__SampleInterval", "00:00:00.5"), ("Telemetry__ReviewInterval", "00:00:01"), ("Payments__Resolver__Interval", "00:00:00.5"),
            ("Logging__LogLevel__PaymentOrchestrator.Api.Telemetry", "Information"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", Ports.PublicUrl(collectorPort)), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_BSP_SCHEDULE_DELAY", "200"),
        })
        {
            start.Environment[key] = value;
        }

        start.Environment.Remove("Logging__Console__FormatterName");
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Client = system.ClientAt(new Uri(Ports.PublicUrl(apiPort)));
        for (var patience = 0; ; patience++)
        {
            try
            {
                if ((await Client.GetAsync("/health/ready")).Status == 200) return;
            }
            catch (Exception e) when (e is HttpRequestException or SocketException)
            {
                // Not listening yet.
            }

            Assert.True(patience < 200 && !process.HasExited, string.Join('\n', log));
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    internal async Task<Scrape> ScrapeAsync() => new(await http.GetStringAsync(new Uri(MetricsUrl, "/metrics"), TestContext.Current.CancellationToken));

    internal async Task<Scrape> UntilAsync(Func<Scrape, bool> condition)
    {
        for (var patience = 0; ; patience++)
        {
            var now = await ScrapeAsync();
            if (condition(now)) return now;
            Assert.True(patience < 100, now.Text);
            await Task.Delay(300, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (process is not null)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }

        if (collector is not null) await collector.DisposeAsync();
    }

    private void Note(string? line)
    {
        if (line is not null) log.Enqueue(line);
    }

    private async Task StartCollectorAsync(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(Ports.PublicUrl(port));
        collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            if (context.Request.Path == "/v1/traces") traces.Enqueue(body.ToArray());
        });
        await collector.StartAsync();
    }
}

/// <summary>What <c>/metrics</c> answered.</summary>
internal sealed record Scrape(string Text)
{
    private readonly IReadOnlyList<string> lines = [.. Text.Split('\n').Where(line => line.Length > 0 && line[0] != '#')];

    public bool Has(string name) => Of(name).Any();

    public bool HasWithLabels(string name, IReadOnlyList<string> labels) => Of(name).Any(line => labels.All(label => line.Contains($"{label}=\"", StringComparison.Ordinal)));

    /// <summary>Of all series of the name that have these labels, written as <c>label="value"</c>.</summary>
    public double Sum(string name, params string[] labels) => Of(name)
        .Where(line => labels.All(label => line.Contains(label, StringComparison.Ordinal)))
        .Sum(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));

    private IEnumerable<string> Of(string name) => lines.Where(line => line.StartsWith(name + "{", StringComparison.Ordinal));
}
