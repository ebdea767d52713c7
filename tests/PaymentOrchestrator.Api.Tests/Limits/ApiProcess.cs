using System.Diagnostics;
using System.Net.Sockets;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.AppHost;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Limits;

/// <summary>The API as a process of its own on the tests' database, so that what it takes of the machine is its own.</summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    private readonly Process process;

    private ApiProcess(Process process, Uri url) => (this.process, Url) = (process, url);

    public Uri Url { get; }

    public bool Runs => !process.HasExited;

    /// <summary>Resident memory, bytes.</summary>
    public long Memory
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    public static async Task<ApiProcess> StartAsync(TestSystem system, params (string Key, string Value)[] settings)
    {
        var url = new Uri(Ports.PublicUrl(Ports.PickFree()));
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "PaymentOrchestrator.Api.dll")]);
        foreach (var argument in system.ApiArguments)
        {
            var at = argument.IndexOf('=', StringComparison.Ordinal);
            start.Environment[argument[2..at].Replace(":", "__", StringComparison.Ordinal)] = argument[(at + 1)..];
        }

        foreach (var (key, value) in settings.Append(("urls", url.AbsoluteUri)).Append(("Metrics:Url", "")))
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        var api = new ApiProcess(Process.Start(start)!, url);
        var client = system.ClientAt(url);
        for (var patience = 0; ; patience++)
        {
            try
            {
                if ((await client.GetAsync("/health/ready")).Status == 200) return api;
            }
            catch (Exception e) when (e is HttpRequestException or SocketException)
            {
                // Not listening yet.
            }

            Assert.True(patience < 300 && api.Runs, "The API does not start.");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }
}
