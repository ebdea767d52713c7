using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PaymentOrchestrator.Api.Tests.Rates;

/// <summary>A server on a real socket in the place of the ECB's: publishes a file with its tag, or answers as it is told.</summary>
internal sealed class EcbServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private EcbServer(WebApplication app) => this.app = app;

    public ConcurrentQueue<(string IfNoneMatch, string IfModifiedSince)> Requests { get; } = [];

    public Func<HttpContext, Task> Answer { get; set; } = context => Task.CompletedTask;

    public string Setting => $"--Rates:Ecb:Url={app.Urls.Single()}/stats/eurofxref/eurofxref-daily.xml";

    public static async Task<EcbServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new EcbServer(app);
        app.Run(async context =>
        {
            server.Requests.Enqueue((context.Request.Headers.IfNoneMatch.ToString(), context.Request.Headers.IfModifiedSince.ToString()));
            await server.Answer(context);
        });
        await app.StartAsync();
        return server;
    }

    public static string File(string day, string usd = "1.1684", string cny = "7.9827", string jpy = "186.75") => Envelope(
        $"<Cube><Cube time='{day}'><Cube currency='USD' rate='{usd}'/><Cube currency='JPY' rate='{jpy}'/><Cube currency='CNY' rate='{cny}'/></Cube></Cube>");

    public static string Envelope(string cubes) =>
        "<?xml version='1.0' encoding='UTF-8'?><gesmes:Envelope xmlns:gesmes='http://www.gesmes.org/xml/2002-08-01' xmlns='http://www.ecb.int/vocabulary/2002-08-01/eurofxref'>"
        + $"<gesmes:subject>Reference rates</gesmes:subject>{cubes}</gesmes:Envelope>";

    /// <summary>As web servers do: 304 to whoever names the tag.</summary>
    public void Publish(string file, string tag) => Answer = async context =>
    {
        context.Response.Headers.ETag = $"\"{tag}\"";
        context.Response.Headers.LastModified = "Mon, 13 Apr 2026 14:10:00 GMT";
        if (context.Request.Headers.IfNoneMatch == $"\"{tag}\"")
        {
            context.Response.StatusCode = 304;
            return;
        }

        context.Response.ContentType = "text/xml";
        await context.Response.WriteAsync(file);
    };

    public void AnswerWith(int status, string body) => Answer = async context =>
    {
        context.Response.StatusCode = status;
        if (status != 304) await context.Response.WriteAsync(body);
    };

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
