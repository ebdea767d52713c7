using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Api.Rates;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Webhooks;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Providers;

/// <summary>
/// A connection that is reset in the moment in which it is made: one call in thirty meets the runtime's naked SocketException where the
/// server does so each time, which is why there are many calls.
/// </summary>
public sealed class ResetConnectionTests : IDisposable
{
    // Less than opens a provider's circuit, which would then keep the calls here.
    private const int CallsPerClient = 45;

    private readonly ResettingServer server = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => server.Dispose();

    [Fact]
    public async Task It_is_a_failed_request_like_any_other()
    {
        using var http = new HttpClient(new ConnectionFaults
        {
            InnerHandler = new SocketsHttpHandler
            {
                UseProxy = false,
                // The reset is there before the runtime asks whom it is connected to, if only the connection was made at all.
                ConnectCallback = async (context, cancellationToken) =>
                {
                    var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                    while (!socket.Poll(TimeSpan.FromMilliseconds(10), SelectMode.SelectRead)) cancellationToken.ThrowIfCancellationRequested();
                    return new NetworkStream(socket, ownsSocket: true);
                },
            },
        });
        for (var call = 0; call < CallsPerClient; call++)
            await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(server.Url, Stop));
    }

    [Fact]
    public async Task A_debit_whose_connection_is_reset_is_not_known()
    {
        var configuration = ProviderOptionsTests.Configuration(ProviderOptionsTests.Whole(Mode.Test, server.Url.ToString()));
        for (var client = 0; client < 6; client++)
        {
            await using var services = new ServiceCollection().AddLogging().AddProviders(configuration).BuildServiceProvider();
            var provider = services.GetRequiredService<ProviderDirectory>().For(Mode.Test).WorldFirst!;
            for (var call = 0; call < CallsPerClient; call++)
                Assert.IsType<DebitOutcome.Unknown>(await provider.DebitAsync(AntGatewayTests.Debit, Stop));
        }
    }

    [Fact]
    public async Task A_webhook_whose_connection_is_reset_has_failed()
    {
        using var client = new WebhookClient(new WebhookSettings(Configuration("Webhooks:AllowLoopbackHttp", "true")), TimeProvider.System);
        for (var call = 0; call < 6 * CallsPerClient; call++)
        {
            var answer = await client.SendAsync(server.Url.ToString(), [1], [], Stop);
            Assert.Null(answer.Status);
            Assert.NotNull(answer.Error);
        }
    }

    [Fact]
    public async Task A_source_of_rates_whose_connection_is_reset_has_failed()
    {
        using var feed = new EcbHttpFeed(Configuration("Rates:Ecb:Url", server.Url.ToString()), TimeProvider.System);
        for (var call = 0; call < 6 * CallsPerClient; call++)
            Assert.IsType<FeedAnswer.Failed>(await feed.ReadAsync(FeedMark.None, Stop));
    }

    private static IConfiguration Configuration(string key, string value) => new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]).Build();
}
