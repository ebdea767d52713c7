using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Webhooks;

/// <summary>What a receiver gets, over a socket, and what becomes of its answers.</summary>
public sealed class DeliveryTests(WebhookServer server)
{
    private const string Path = "/v1/webhook-endpoints";

    [Fact]
    public async Task The_specifications_own_library_verifies_every_delivery_and_refuses_one_changed_byte()
    {
        await using var lab = await WebhookLab.StartAsync(server);
        await using var receiver = await Receiver.StartAsync();
        await using var writer = new Writer(lab.ConnectionString);
        var endpoint = await lab.EndpointAsync(receiver.Url, "payment.succeeded");
        var ids = await writer.WriteAsync(100);
        await writer.WriteAsync(5, type: "payment.failed");
        await writer.WriteAsync(5, mode: "live");
        await writer.WriteAsync(5, marketplace: 2);
        await receiver.ReceivesAsync(100);
        await Task.Delay(300, TestContext.Current.CancellationToken);

        var deliveries = receiver.Deliveries.ToArray();
        Assert.Equal(ids.Order(), deliveries.Select(delivery => delivery.Id).Order());
        Assert.All(await StandardWebhooks.VerifyAsync(endpoint["secret"], deliveries), verdict => Assert.Equal("verified", verdict));

        // One byte of the body, of the id, of the time, of the secret.
        var bitten = deliveries.Select((delivery, i) =>
        {
            var body = delivery.Body.ToArray();
            body[i % body.Length] ^= 1;
            return delivery with { Body = body };
        });
        var others = deliveries.Take(20).SelectMany(delivery => new[]
        {
            delivery with { Id = delivery.Id[..^1] + (delivery.Id[^1] == '0' ? '1' : '0') },
            delivery with { Timestamp = (long.Parse(delivery.Timestamp, System.Globalization.CultureInfo.InvariantCulture) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture) },
        });
        TestContext.Current.TestOutputHelper!.WriteLine($"{deliveries.Length} deliveries verified, {bitten.Count() + others.Count()} changed ones refused");
        Assert.All(await StandardWebhooks.VerifyAsync(endpoint["secret"], bitten.Concat(others)), verdict => Assert.Equal("refused: No matching signature found", verdict));
    }

    [Fact]
    public async Task A_delivery_is_the_event_and_its_bytes_never_change()
    {
        await using var lab = await WebhookLab.StartAsync(server, null, "--Webhooks:TimeScale=0.001");
        await using var receiver = await Receiver.StartAsync();
        await using var writer = new Writer(lab.ConnectionString);
        receiver.AnswerWith(500, new string('é', 300));
        var endpoint = await lab.EndpointAsync(receiver.Url);
        var id = Assert.Single(await writer.WriteAsync(1));
        await receiver.ReceivesAsync(2);
        var failing = await lab.DeliveryAsync(endpoint.Id, answer => answer["data.0.attempts"] != "0");
        Assert.Equal(("pending", "500", new string('é', 128)), (failing["data.0.status"], failing["data.0.response_status"], failing["data.0.response_body"]));

        receiver.AnswerWith(204);
        var done = await lab.DeliveryAsync(endpoint.Id, answer => answer["data.0.status"] == "succeeded");
        Assert.Equal(("204", "null", id), (done["data.0.response_status"], done["data.0.next_attempt_at"], done["data.0.event_id"]));
        Assert.InRange(done.At("data.0.duration_ms").GetInt32(), 0, 15_000);

        var before = receiver.Deliveries.Count;
        (await lab.Api.PostAsync($"{Path}/{endpoint.Id}/deliveries/{done["data.0.id"]}/redeliver", new JsonObject())).Must(200);
        await receiver.ReceivesAsync(before + 1);
        Assert.All(receiver.Deliveries, delivery => Assert.Equal((id, receiver.Deliveries.First().Text, "application/json"), (delivery.Id, delivery.Text, delivery.ContentType)));

        var json = receiver.Deliveries.First().Json;
        Assert.Equal(["id", "object", "type", "api_version", "created_at", "object_version", "livemode", "data"], json.EnumerateObject().Select(field => field.Name));
        Assert.Equal((id, "event", "payment.succeeded", 7, false), (
            json.GetProperty("id").GetString(), json.GetProperty("object").GetString(), json.GetProperty("type").GetString(), json.GetProperty("object_version").GetInt32(),
            json.GetProperty("livemode").GetBoolean()));
        Assert.Equal("Zoë → 订单 <&>", json.GetProperty("data").GetProperty("object").GetProperty("note").GetString());
    }

    [Fact]
    public async Task While_a_secret_is_rotated_both_verify_and_a_day_later_only_the_new_one()
    {
        var clock = new SettableClock(DateTimeOffset.UtcNow);
        await using var lab = await WebhookLab.StartAsync(server, clock);
        await using var receiver = await Receiver.StartAsync();
        var endpoint = await lab.EndpointAsync(receiver.Url);
        var old = endpoint["secret"];
        var fresh = (await lab.Api.PostAsync($"{Path}/{endpoint.Id}/rotate-secret", new JsonObject())).Must(200)["secret"];
        await TestAsync(1);
        Assert.Equal(2, receiver.Deliveries.Last().Signature.Split(' ').Length);
        foreach (var secret in new[] { old, fresh }) Assert.Equal(["verified"], await StandardWebhooks.VerifyAsync(secret, receiver.Deliveries));

        clock.Now += TimeSpan.FromHours(24) - TimeSpan.FromSeconds(5);
        await TestAsync(2);
        Assert.Equal(2, receiver.Deliveries.Last().Signature.Split(' ').Length);
        clock.Now += TimeSpan.FromSeconds(6);
        await TestAsync(3);
        Assert.Single(receiver.Deliveries.Last().Signature.Split(' '));

        async Task TestAsync(int count)
        {
            (await lab.Api.PostAsync($"{Path}/{endpoint.Id}/test", new JsonObject())).Must(200);
            await receiver.ReceivesAsync(count);
        }
    }

    [Fact]
    public async Task A_test_event_goes_to_its_endpoint_alone()
    {
        await using var lab = await WebhookLab.StartAsync(server);
        await using var receiver = await Receiver.StartAsync();
        await using var other = await Receiver.StartAsync();
        await lab.EndpointAsync(other.Url);
        var endpoint = await lab.EndpointAsync(receiver.Url, "refund.created");
        var sent = (await lab.Api.PostAsync($"{Path}/{endpoint.Id}/test", new JsonObject(), "key-1")).Must(200);
        var again = (await lab.Api.PostAsync($"{Path}/{endpoint.Id}/test", new JsonObject(), "key-1")).Must(200);
        Assert.Equal((sent.Id, true), (again.Id, again.Replayed));
        await receiver.ReceivesAsync(1);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal("webhook_endpoint.test", Assert.Single(receiver.Deliveries).Json.GetProperty("type").GetString());
        Assert.DoesNotContain("whsec_", receiver.Deliveries.First().Text, StringComparison.Ordinal);
        Assert.Empty(other.Deliveries);
    }

    [Fact]
    public async Task A_receiver_that_is_gone_gets_nothing_more_until_it_is_enabled_again()
    {
        await using var lab = await WebhookLab.StartAsync(server);
        await using var receiver = await Receiver.StartAsync();
        await using var writer = new Writer(lab.ConnectionString);
        receiver.AnswerWith(410);
        var endpoint = await lab.EndpointAsync(receiver.Url);
        var since = DateTimeOffset.UtcNow.AddSeconds(-5);
        var first = await writer.WriteAsync(1);
        await Eventually.TrueAsync(
            async () => (await lab.Api.GetAsync($"{Path}/{endpoint.Id}"))["enabled"] == "False", () => "The endpoint was not disabled.");
        var disabled = await lab.Api.GetAsync($"{Path}/{endpoint.Id}");
        Assert.Equal(("gone", "2"), (disabled["disabled_reason"], disabled["version"]));
        Assert.Equal("exhausted", (await lab.DeliveryAsync(endpoint.Id, _ => true))["data.0.status"]);
        (await lab.Api.PostAsync($"{Path}/{endpoint.Id}/test", new JsonObject())).Must(409, "webhook_endpoint_disabled");

        var second = await writer.WriteAsync(1);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.Single(receiver.Deliveries);

        receiver.AnswerWith(200);
        (await lab.Api.SendAsync(HttpMethod.Patch, $"{Path}/{endpoint.Id}", ApiClient.Json("""{"enabled": true}"""u8.ToArray()), null, request =>
            request.Headers.TryAddWithoutValidation("If-Match", disabled.Headers["ETag"]))).Must(200);
        var redelivery = (await lab.Api.PostAsync(
            $"{Path}/{endpoint.Id}/redeliver", new JsonObject { ["since"] = since.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) })).Must(200);
        Assert.Equal("2", redelivery["deliveries"]);
        await receiver.ReceivesAsync(3);
        Assert.Equal([.. first, .. second], receiver.Deliveries.Skip(1).Select(delivery => delivery.Id).Order());
    }

    [Fact]
    public async Task A_redirect_is_a_failure_and_is_not_followed()
    {
        await using var lab = await WebhookLab.StartAsync(server);
        await using var target = await Receiver.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        var endpoint = await lab.EndpointAsync(receiver.Url);
        foreach (var status in new[] { 301, 302, 303, 307, 308 })
        {
            receiver.AnswerWith(status, "", ("Location", target.Url.ToString()));
            (await lab.Api.PostAsync($"{Path}/{endpoint.Id}/test", new JsonObject())).Must(200);
            var delivery = await lab.DeliveryAsync(endpoint.Id, answer => answer["data.0.response_status"] == status.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(("pending", "1"), (delivery["data.0.status"], delivery["data.0.attempts"]));
            await lab.Database.ExecuteAsync("delete from webhook_deliveries");
        }

        Assert.Empty(target.Deliveries);
    }

    [Fact]
    public async Task One_endpoint_that_hangs_does_not_hold_up_the_others()
    {
        // The limits in earnest; a receiver that takes 30 s, and others that get their events beside it.
        await using var lab = await WebhookLab.StartAsync(server, null, "--Webhooks:Interval=00:00:00.500");
        await using var writer = new Writer(lab.ConnectionString);
        await using var hanging = await Receiver.StartAsync();
        await using var second = await Receiver.StartAsync();
        await using var third = await Receiver.StartAsync();
        hanging.Answer = context => Task.Delay(TimeSpan.FromSeconds(30), context.RequestAborted);
        foreach (var receiver in new[] { hanging, second, third }) await lab.EndpointAsync(receiver.Url);
        await writer.WriteAsync(300);
        await Task.WhenAll(second.ReceivesAsync(300), third.ReceivesAsync(300));

        var committed = new Dictionary<string, long>();
        for (var i = 0; i < 100; i++)
        {
            foreach (var id in await writer.WriteAsync(2)) committed[id] = TimeProvider.System.GetTimestamp();
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(second.ReceivesAsync(500), third.ReceivesAsync(500));
        var waits = second.Deliveries.Concat(third.Deliveries).Where(delivery => committed.ContainsKey(delivery.Id))
            .Select(delivery => TimeProvider.System.GetElapsedTime(committed[delivery.Id], delivery.ReceivedAt).TotalMilliseconds).Order().ToArray();
        TestContext.Current.TestOutputHelper!.WriteLine($"first attempts after commit: median {waits[waits.Length / 2]:0} ms, p99 {waits[waits.Length * 99 / 100]:0} ms, of {waits.Length}");
        Assert.Equal(400, waits.Length);
        Assert.InRange(waits[waits.Length * 99 / 100], double.NegativeInfinity, 2000);
        Assert.InRange(hanging.Deliveries.Count, 1, 16);
    }

    [Fact]
    public async Task Many_endpoints_that_hang_leave_places_to_the_others()
    {
        // Twenty times eight attempts are more than an instance makes at once, and each hangs for longer than the test takes.
        await using var lab = await WebhookLab.StartAsync(server, null, "--Webhooks:AttemptLimit=00:02:00", "--Webhooks:Lease=00:04:00");
        await using var writer = new Writer(lab.ConnectionString);
        await using var hanging = await Receiver.StartAsync();
        await using var quick = await Receiver.StartAsync();
        hanging.Answer = context => Task.Delay(TimeSpan.FromMinutes(4), context.RequestAborted);
        for (var i = 0; i < 20; i++) await lab.EndpointAsync(new Uri($"{hanging.Url}?{i}"), "payment.failed");
        await lab.EndpointAsync(quick.Url, "payment.succeeded");
        await writer.WriteAsync(20, type: "payment.failed");
        await hanging.ReceivesAsync(50);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        var hanged = hanging.Deliveries.Count;
        await writer.WriteAsync(20);
        await quick.ReceivesAsync(20);
        Assert.Equal(hanged, hanging.Deliveries.Count);
    }
}
