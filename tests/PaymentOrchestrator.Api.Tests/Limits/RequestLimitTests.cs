using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Limits;

/// <summary>What one request may be, and how long it may take to arrive.</summary>
public sealed class RequestLimitTests(TestSystem system)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_body_may_hold_64_KiB_and_not_a_byte_more()
    {
        var fits = await system.Api.PostTextAsync("/v1/buyers", "{" + new string(' ', (64 * 1024) - 2) + "}", ApiClient.NewKey());
        fits.Must(400, "validation_failed");
        (await system.Api.PostTextAsync("/v1/buyers", "{" + new string(' ', (64 * 1024) - 1) + "}", ApiClient.NewKey())).Must(413, "payload_too_large");
        // Nor where its length is not said beforehand.
        using var http = new RawHttp(system.ApiUrl);
        var chunk = new string('x', 32 * 1024);
        var chunked = await http.SendAsync(Encoding.ASCII.GetBytes(
            $"{Head("POST /v1/provider-notifications/card")}Transfer-Encoding: chunked\r\n\r\n{string.Concat(Enumerable.Repeat($"8000\r\n{chunk}\r\n", 3))}0\r\n\r\n"), isHead: false, Cancellation);
        Assert.Equal((413, "payload_too_large"), (chunked.Status, (string?)JsonNode.Parse(chunked.Body)!["code"]));
    }

    [Fact]
    public async Task JSON_may_be_16_levels_deep_and_a_list_100_entries_long()
    {
        var deep = (await system.Api.PostTextAsync("/v1/buyers", Nested(16), ApiClient.NewKey())).Must(400);
        Assert.NotEqual("malformed_json", deep.Code);
        (await system.Api.PostTextAsync("/v1/buyers", Nested(17), ApiClient.NewKey())).Must(400, "malformed_json");
        var many = (await system.Api.PostAsync("/v1/webhook-endpoints", new JsonObject
        {
            ["url"] = "https://shop.example/hooks",
            ["event_types"] = new JsonArray([.. Enumerable.Repeat("payment.succeeded", 101).Select(one => (JsonNode)one)]),
        })).Must(400, "validation_failed");
        Assert.Contains("too_many", many.Text, StringComparison.Ordinal);

        static string Nested(int levels) => string.Concat(Enumerable.Repeat("{\"a\":", levels - 1)) + "{}" + new string('}', levels - 1);
    }

    [Theory]
    [InlineData(65, 10, 431)]
    [InlineData(10, 2000, 431)]
    [InlineData(40, 100, 200)]
    public async Task Headers_are_bounded_in_number_and_size(int count, int length, int status)
    {
        using var http = new RawHttp(system.ApiUrl);
        var headers = string.Concat(Enumerable.Range(0, count).Select(i => $"X-Some-{i}: {new string('x', length)}\r\n"));
        Assert.Equal(status, (await http.SendAsync(Encoding.ASCII.GetBytes($"{Head("GET /health/live")}{headers}\r\n"), isHead: false, Cancellation)).Status);
    }

    [Fact]
    public async Task A_request_line_is_bounded()
    {
        using var http = new RawHttp(system.ApiUrl);
        Assert.Equal(414, (await http.SendAsync(Encoding.ASCII.GetBytes($"{Head($"GET /health/live?x={new string('x', 5000)}")}\r\n"), isHead: false, Cancellation)).Status);
    }

    [Fact]
    public async Task A_body_that_trickles_in_is_cut_off_with_a_problem_document()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(system.ApiUrl.Host, system.ApiUrl.Port, Cancellation);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{Head("POST /v1/provider-notifications/card")}Content-Length: 10000\r\n\r\n"), Cancellation);
        var watch = Stopwatch.StartNew();
        var answer = Task.Run(() => new StreamReader(stream).ReadToEndAsync(Cancellation), Cancellation);
        await TrickleAsync(stream, answer);
        Assert.StartsWith("HTTP/1.1 408", await answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"request_timeout\"", await answer, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed.TotalSeconds, 3, 45);
    }

    [Fact]
    public async Task Headers_that_trickle_in_are_cut_off_and_others_are_served_meanwhile()
    {
        var slow = new List<TcpClient>();
        for (var i = 0; i < 50; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(system.ApiUrl.Host, system.ApiUrl.Port, Cancellation);
            await client.GetStream().WriteAsync("GET /v1/payments HTTP/1.1\r\nHost: x\r\n"u8.ToArray(), Cancellation);
            slow.Add(client);
        }

        var ends = slow.Select(client => Task.Run(() => new StreamReader(client.GetStream()).ReadToEndAsync(Cancellation), Cancellation)).ToList();
        var trickle = TrickleAsync(slow[0].GetStream(), ends[0]);
        (await system.Api.GetAsync("/v1/payments?limit=1")).Must(200);
        foreach (var end in await Task.WhenAll(ends).WaitAsync(TimeSpan.FromSeconds(60), Cancellation)) Assert.StartsWith("HTTP/1.1 408", end, StringComparison.Ordinal);
        await trickle;
        slow.ForEach(client => client.Dispose());
    }

    /// <summary>A byte every half second until the server has had enough.</summary>
    private static async Task TrickleAsync(NetworkStream stream, Task until)
    {
        try
        {
            while (!until.IsCompleted)
            {
                await stream.WriteAsync("x"u8.ToArray(), Cancellation);
                await Task.WhenAny(until, Task.Delay(500, Cancellation));
            }
        }
        catch (IOException)
        {
            // It has.
        }
    }

    private static string Head(string what) => $"{what} HTTP/1.1\r\nHost: api.example\r\n";
}
