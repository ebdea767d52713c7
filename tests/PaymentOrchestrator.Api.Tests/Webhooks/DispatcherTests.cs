using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PaymentOrchestrator.Api.Webhooks;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Webhooks;

/// <summary>The dispatcher's own loop.</summary>
public sealed class DispatcherTests(WebhookServer server)
{
    [Fact]
    public async Task A_look_that_fails_for_whatever_reason_is_logged_and_made_again()
    {
        await using var lab = await WebhookLab.EmptyAsync(server);
        var instance = await lab.StartInstanceAsync(null, "--Webhooks:Dispatch=false");
        var api = lab.Client(instance, lab.Key);
        await using var receiver = await Receiver.StartAsync();
        var endpoint = (await api.PostAsync("/v1/webhook-endpoints", new System.Text.Json.Nodes.JsonObject { ["url"] = receiver.Url.ToString() })).Must(201);
        (await api.PostAsync($"/v1/webhook-endpoints/{endpoint.Id}/test", new System.Text.Json.Nodes.JsonObject())).Must(200);
        var settings = new WebhookSettings(new ConfigurationBuilder().AddInMemoryCollection([
            new("Webhooks:Interval", "00:00:00.010"), new("Webhooks:AllowLoopbackHttp", "true"),
        ]).Build());
        var (clock, log) = (new FailingClock(failures: 5), new Errors());
        T Of<T>() where T : notnull => instance.Services.GetRequiredService<T>();
        using var dispatcher = new WebhookDispatcher(Of<OutboxStore>(), Of<DueDeliveryStore>(), Of<WebhookClient>(), Of<WebhookSecrets>(), settings, clock, log);

        await dispatcher.StartAsync(TestContext.Current.CancellationToken);

        await receiver.ReceivesAsync(1);
        Assert.False(dispatcher.ExecuteTask!.IsCompleted);
        Assert.Equal(5, log.Count);
        await dispatcher.StopAsync(CancellationToken.None);
        Assert.True(dispatcher.ExecuteTask!.IsCompletedSuccessfully);
    }

    /// <summary>A bug, as it were, in whatever a look does first.</summary>
    private sealed class FailingClock(int failures) : TimeProvider
    {
        private int left = failures;

        public override DateTimeOffset GetUtcNow() => Interlocked.Decrement(ref left) >= 0 ? throw new InvalidOperationException("A bug.") : base.GetUtcNow();
    }

    private sealed class Errors : ILogger<WebhookDispatcher>
    {
        private int count;

        public int Count => count;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Error) Interlocked.Increment(ref count);
        }
    }
}
