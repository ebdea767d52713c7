using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PaymentOrchestrator.AppHost;

namespace PaymentOrchestrator.FaultTests.World;

/// <summary>The marketplace's end of the webhooks: remembers the ids of the events that came.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, int> received = [];
    private readonly WebApplication app;

    private Receiver(WebApplication app, string url) => (this.app, Url) = (app, url);

    public string Url { get; }

    public IReadOnlySet<string> Events => received.Keys.ToHashSet();

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var url = Ports.PublicUrl(Ports.PickFree());
        builder.WebHost.UseUrls(url);
        var receiver = new Receiver(builder.Build(), $"{url}/hook");
        receiver.app.MapPost("/hook", (HttpContext context) =>
        {
            receiver.received.AddOrUpdate(context.Request.Headers["webhook-id"].ToString(), 1, (_, times) => times + 1);
            return Results.NoContent();
        });
        await receiver.app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
