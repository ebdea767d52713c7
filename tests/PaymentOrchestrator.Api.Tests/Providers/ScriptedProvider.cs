using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Tests.Providers;

/// <summary>A provider on a real socket that answers what a test tells it, with our adapters configured towards it.</summary>
internal sealed class ScriptedProvider : IAsyncDisposable
{
    private static readonly AntKey Key = AntKey.ParsePrivate(Vectors.PrivateKey);

    private readonly WebApplication app;
    private readonly ServiceProvider services;

    private ScriptedProvider(WebApplication app, ServiceProvider services)
    {
        this.app = app;
        this.services = services;
    }

    public ConcurrentQueue<Received> Requests { get; } = [];

    public RequestDelegate Answer { get; set; } = context =>
    {
        context.Response.StatusCode = 501;
        return Task.CompletedTask;
    };

    public Uri Url => new(app.Urls.Single());

    public ProviderSet Set => services.GetRequiredService<ProviderDirectory>().For(Mode.Test);

    public static async Task<ScriptedProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        ScriptedProvider? provider = null;
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            var body = await reader.ReadToEndAsync(context.RequestAborted);
            provider!.Requests.Enqueue(new Received(
                context.Request.Method, context.Request.Path + context.Request.QueryString,
                context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body));
            await provider.Answer(context);
        });
        await app.StartAsync();
        var configuration = ProviderOptionsTests.Configuration(ProviderOptionsTests.Whole(Mode.Test, app.Urls.Single()));
        return provider = new ScriptedProvider(app, new ServiceCollection().AddLogging().AddProviders(configuration).BuildServiceProvider());
    }

    /// <summary>Answers every call with this body, signed as Ant signs.</summary>
    public void AnswerAnt(string body, string clientId = "WF_CLIENT") => Answer = context => WriteAnt(context, body, body, clientId);

    /// <param name="context">The call.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="signedBody">What the signature is made over.</param>
    /// <param name="clientId">Whom the answer is for.</param>
    public static Task WriteAnt(HttpContext context, string body, string signedBody, string clientId = "WF_CLIENT")
    {
        const string time = "2026-04-13T08:00:00Z";
        var signature = AntSignature.Sign(Key, context.Request.Method, context.Request.Path, clientId, time, Encoding.UTF8.GetBytes(signedBody));
        context.Response.Headers["client-id"] = clientId;
        context.Response.Headers["response-time"] = time;
        context.Response.Headers["signature"] = AntSignature.Header(signature, 2, blanks: true);
        return context.Response.WriteAsync(body);
    }

    /// <summary>Answers every call with this status and body, unsigned.</summary>
    public void AnswerPlain(int status, string body) => Answer = context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    };

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await app.DisposeAsync();
    }

    public sealed record Received(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);
}
