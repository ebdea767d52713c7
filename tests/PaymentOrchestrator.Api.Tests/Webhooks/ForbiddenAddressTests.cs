using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using PaymentOrchestrator.Api.Webhooks;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Webhooks;

/// <summary>A marketplace names the address that we call: nothing of ours may be within its reach, however it is spelt.</summary>
public sealed class ForbiddenAddressTests(WebhookServer server)
{
    /// <summary>Loopback and every other forbidden range, in the notations that some resolver or parser reads.</summary>
    private static readonly string[] Urls =
    [
        "https://127.0.0.1/", "https://127.1/", "https://127.0.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://0x7F.0x0.0x0.0x1/",
        "https://0177.0.0.1/", "https://00000177.1/", "https://017700000001/", "https://127.255.255.254/", "https://127.0.0.1./", "https://0/", "https://0.0.0.0/",
        "https://localhost/", "https://LOCALHOST./", "https://a.localhost/", "https://[::1]/", "https://[0:0:0:0:0:0:0:1]/", "https://[::]/",
        "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/", "https://[64:ff9b::127.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://[2002:7f00:1::]/",
        "https://[fe80::1]/", "https://[fe80::1%25lo]/", "https://[::1%25lo]/", "https://[fc00::1]/", "https://[fd00:ec2::254]/", "https://[ff02::1]/", "https://[2001:db8::1]/",
        "https://[64:ff9b:1::1]/", "https://[fec0::1]/", "https://[2001::7f00:1]/", "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/", "https://169.254.169.254/", "https://0xA9FEA9FE/",
        "https://2852039166/", "https://100.64.0.1/", "https://100.100.100.200/", "https://192.0.2.1/", "https://198.51.100.1/", "https://203.0.113.1/", "https://198.18.0.1/",
        "https://224.0.0.1/", "https://255.255.255.255/", "https://168.63.129.16/", "https://192.0.0.192/", "https://metadata.google.internal/",
        "https://１２７.0.0.1/", "https://127。0。0。1/", "https://①②⑦.⓪.⓪.①/", "https://%31%32%37.0.0.1/", "https:\\\\127.0.0.1\\", "https://4294967297/", "https://256.0.0.1/",
        "https://user@127.0.0.1/", "https://user:word@shop.example/", "https://@shop.example/", "https://shop.example@127.0.0.1/", "https://127.0.0.1#@shop.example/",
        "http://shop.example/", "http://10.0.0.1:80/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "http://localhost.shop.example/", "https://shop.example:80/", "https://shop.example:8443/",
        "ftp://shop.example/", "file:///etc/passwd", "gopher://127.0.0.1:443/", "//shop.example/", "shop.example", "javascript:alert(1)", "https://", "https:///hook", "",
    ];

    [Fact]
    public async Task None_of_many_spellings_is_taken_and_none_is_called_even_if_it_were_stored()
    {
        Assert.True(Urls.Distinct().Count() >= 80, $"{Urls.Length}");
        await using var trap = await Trap.OpenAsync();
        await using var lab = await WebhookLab.StartAsync(server);
        using var client = new WebhookClient(Settings(allowLoopbackHttp: true), TimeProvider.System);
        foreach (var url in Urls)
        {
            var refused = (await lab.Api.PostAsync("/v1/webhook-endpoints", new JsonObject { ["url"] = url })).Must(400, "validation_failed");
            Assert.Equal(["url"], refused.Fields());
            var answer = await client.SendAsync(url, [1], [], TestContext.Current.CancellationToken);
            Assert.Equal((null, "the address is not allowed"), (answer.Status, answer.Error));
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{Urls.Distinct().Count()} spellings refused, {trap.Visitors} connections");
        Assert.Empty(await lab.Database.RowsAsync("select 1 from webhook_endpoints"));
        trap.HasSeenNobody();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.127.255.255")]
    [InlineData("192.0.2.7")]
    [InlineData("198.19.0.1")]
    [InlineData("239.1.1.1")]
    [InlineData("168.63.129.16")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("::ffff:32.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:192.168.1.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:100.64.0.1")]
    [InlineData("::ffff:168.63.129.16")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("2001:0:1::1")]
    [InlineData("fe80::1")]
    [InlineData("fd00::1")]
    [InlineData("ff02::1")]
    [InlineData("2001:db8::1")]
    [InlineData("8.8.8.8,127.0.0.1")]
    [InlineData("127.0.0.1,8.8.8.8")]
    public async Task A_name_that_resolves_to_a_forbidden_address_is_not_called(string addresses)
    {
        await using var trap = await Trap.OpenAsync();
        using var client = new WebhookClient(Settings(allowLoopbackHttp: true), TimeProvider.System)
        {
            Resolve = (_, _) => Task.FromResult(addresses.Split(',').Select(IPAddress.Parse).ToArray()),
        };
        var answer = await client.SendAsync("https://shop.example/hook", [1], [], TestContext.Current.CancellationToken);
        Assert.Equal((null, "the name resolves to an address that is not allowed"), (answer.Status, answer.Error));
        trap.HasSeenNobody();
    }

    [Fact]
    public async Task The_address_that_was_checked_is_the_one_that_is_called()
    {
        // A name that changes its meaning between check and call: there is only one look-up.
        await using var trap = await Trap.OpenAsync();
        var lookUps = 0;
        using var client = new WebhookClient(Settings(allowLoopbackHttp: false), TimeProvider.System)
        {
            Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(Interlocked.Increment(ref lookUps) == 1 ? "192.88.98.1" : "127.0.0.1")]),
        };
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        try
        {
            await client.SendAsync("https://shop.example/hook", [1], [], limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Nobody answers there, which is as good as an answer here.
        }

        Assert.Equal(1, lookUps);
        trap.HasSeenNobody();
    }

    [Fact]
    public async Task Plain_http_reaches_this_machine_alone_and_only_where_it_is_allowed()
    {
        await using var receiver = await Receiver.StartAsync();
        using (var closed = new WebhookClient(Settings(allowLoopbackHttp: false), TimeProvider.System))
            Assert.Equal("the address is not allowed", (await closed.SendAsync(receiver.Url.ToString(), [1], [], TestContext.Current.CancellationToken)).Error);
        using var open = new WebhookClient(Settings(allowLoopbackHttp: true), TimeProvider.System);
        Assert.True((await open.SendAsync(receiver.Url.ToString(), [1], [], TestContext.Current.CancellationToken)).IsSuccess);
        Assert.True((await open.SendAsync($"http://localhost:{receiver.Url.Port}/", [1], [], TestContext.Current.CancellationToken)).IsSuccess);

        // "localhost" that leads elsewhere is not this machine.
        using var led = new WebhookClient(Settings(allowLoopbackHttp: true), TimeProvider.System) { Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.1")]) };
        Assert.Equal("the name resolves to an address that is not allowed", (await led.SendAsync($"http://localhost:{receiver.Url.Port}/", [1], [], TestContext.Current.CancellationToken)).Error);
        Assert.Equal(2, receiver.Deliveries.Count);
    }

    [Theory]
    [InlineData("https://shop.example/hook")]
    [InlineData("https://shop.example:443/hook?shop=7")]
    [InlineData("https://8.8.8.8/")]
    [InlineData("https://[2606:4700::1111]/")]
    [InlineData("https://[64:ff9b::808:808]/")]
    [InlineData("https://xn--bcher-kva.example/")]
    [InlineData("https://shop.example/@user")]
    public void Public_addresses_are_taken(string url) => Assert.Null(WebhookUrl.Fault(url, allowLoopbackHttp: false));

    private static WebhookSettings Settings(bool allowLoopbackHttp) => new(new ConfigurationBuilder()
        .AddInMemoryCollection([KeyValuePair.Create("Webhooks:AllowLoopbackHttp", (string?)allowLoopbackHttp.ToString())]).Build());

    /// <summary>Listens on all of this machine's addresses where the forbidden calls would arrive, and counts who comes.</summary>
    private sealed class Trap : IAsyncDisposable
    {
        private readonly List<TcpListener> listeners = [];
        private readonly CancellationTokenSource closing = new();
        private int visitors;

        public static async Task<Trap> OpenAsync()
        {
            var trap = new Trap();
            foreach (var port in new[] { 443, 80 })
            {
                foreach (var address in new[] { IPAddress.Any, IPAddress.IPv6Any })
                {
                    var listener = new TcpListener(address, port);
                    if (address.AddressFamily == AddressFamily.InterNetworkV6) listener.Server.DualMode = false;
                    try
                    {
                        listener.Start();
                    }
                    catch (SocketException)
                    {
                        // No right to the port, no IPv6 here, or taken: the other listeners, and the error that is asserted, still tell.
                        continue;
                    }

                    trap.listeners.Add(listener);
                    _ = trap.CountAsync(listener);
                }
            }

            if (trap.listeners.Count > 0) await trap.CatchesAsync();
            return trap;
        }

        public int Visitors => visitors;

        public void HasSeenNobody()
        {
            Thread.Sleep(50);
            Assert.Equal(0, visitors);
        }

        public async ValueTask DisposeAsync()
        {
            await closing.CancelAsync();
            foreach (var listener in listeners) listener.Dispose();
            closing.Dispose();
        }

        /// <summary>A trap that catches nobody proves nothing.</summary>
        private async Task CatchesAsync()
        {
            var first = (IPEndPoint)listeners[0].LocalEndpoint;
            using var visitor = new TcpClient(first.AddressFamily);
            await visitor.ConnectAsync(first.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, first.Port);
            await Eventually.TrueAsync(() => visitors == 1, () => "The trap does not catch.");
            visitors = 0;
        }

        private async Task CountAsync(TcpListener listener)
        {
            try
            {
                while (true)
                {
                    using var socket = await listener.AcceptSocketAsync(closing.Token);
                    Interlocked.Increment(ref visitors);
                }
            }
            catch (OperationCanceledException)
            {
                // Closed.
            }
        }
    }
}
