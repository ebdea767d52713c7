using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PaymentOrchestrator.Api.Tests.PaymentOptions;

/// <summary>Stands between the API and the sandbox: passes everything on, slowly or not at all where a test says so. Signatures do not cover the host.</summary>
internal sealed class Middleman : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient onward = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false });

    private Middleman(WebApplication app) => this.app = app;

    /// <summary>How long a call is held up before it is passed on; for ever where it is infinite.</summary>
    public Func<string, string, TimeSpan> Delay { get; set; } = (_, _) => TimeSpan.Zero;

    /// <summary>What a call waits for before it is passed on, by its path.</summary>
    public Func<string, Task> Hold { get; set; } = _ => Task.CompletedTask;

    /// <summary>The paths that were called.</summary>
    public ConcurrentQueue<string> Calls { get; } = [];

    /// <summary>From when to when each of them was under way here.</summary>
    public ConcurrentQueue<(DateTime From, DateTime To)> Times { get; } = [];

    /// <summary>The configuration that leads the API's calls to WorldFirst this way.</summary>
    public string WorldFirst => $"--Providers:Test:WorldFirst:BaseUrl={app.Urls.Single()}/amsin/api/v1";

    /// <summary>The configuration that leads the API's calls to Alipay this way.</summary>
    public string Alipay => $"--Providers:Test:Alipay:BaseUrl={app.Urls.Single()}/ams/api/v1";

    /// <summary>The configuration that leads the API's calls to every provider this way.</summary>
    public string[] All => [WorldFirst, Alipay, $"--Providers:Test:Marketplace1688:GatewayUrl={app.Urls.Single()}", $"--Providers:Test:Card:BaseUrl={app.Urls.Single()}"];

    public static async Task<Middleman> StartAsync(Uri sandbox)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var middleman = new Middleman(app);
        app.Run(async context =>
        {
            var from = DateTime.UtcNow;
            await middleman.PassOnAsync(context, sandbox);
            middleman.Times.Enqueue((from, DateTime.UtcNow));
        });
        await app.StartAsync();
        return middleman;
    }

    public async ValueTask DisposeAsync()
    {
        onward.Dispose();
        await app.DisposeAsync();
    }

    private async Task PassOnAsync(HttpContext context, Uri sandbox)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        Calls.Enqueue(context.Request.Path);
        try
        {
            await Hold(context.Request.Path).WaitAsync(context.RequestAborted);
            await Task.Delay(Delay(context.Request.Path, body), context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(sandbox, context.Request.Path + context.Request.QueryString))
        {
            Content = new StringContent(body),
        };
        request.Content.Headers.Remove("Content-Type");
        foreach (var (name, value) in context.Request.Headers)
        {
            if (name is "Host" or "Content-Length") continue;
            if (!request.Headers.TryAddWithoutValidation(name, value.ToArray())) request.Content.Headers.TryAddWithoutValidation(name, value.ToArray());
        }

        using var response = await onward.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            if (name is not ("Transfer-Encoding" or "Content-Length")) context.Response.Headers[name] = values.ToArray();
        await context.Response.WriteAsync(await response.Content.ReadAsStringAsync(context.RequestAborted), context.RequestAborted);
    }
}
