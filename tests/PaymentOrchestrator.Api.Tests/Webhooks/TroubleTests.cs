using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Webhooks;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Webhooks;

/// <summary>What goes on around deliveries while they are under way, and receivers that answer oddly.</summary>
public sealed class TroubleTests(WebhookServer server)
{
    private const string Path = "/v1/webhook-endpoints";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Endpoints_with_the_same_address_each_get_their_own_delivery_with_their_own_secret()
    {
        await using var lab = await WebhookLab.StartAsync(server);
        await using var receiver = await Receiver.StartAsync();
        await using var writer = new Writer(lab.ConnectionString);
        var (first, second) = (await lab.EndpointAsync(receiver.Url), await lab.EndpointAsync(receiver.Url));
        var id = Assert.Single(await writer.WriteAsync(1));
        await receiver.ReceivesAsync(2);
        Assert.All(receiver.Deliveries, delivery => Assert.Equal(id, delivery.Id));
        foreach (var endpoint in new[] { first, second })
            Assert.Single(await StandardWebhooks.VerifyAsync(endpoint["secret"], receiver.Deliveries), verdict => verdict == "verified");
    }

    [Fact]
    public async Task A_filter_counts_when_the_event_happens_and_what_was_begun_is_finished()
    {
        var clock = new SettableClock(DateTimeOffset.UtcNow);
        await using var lab = await WebhookLab.StartAsync(server, clock);
        await using var receiver = await Receiver.StartAsync();
        await using var writer = new Writer(lab.ConnectionString);
        receiver.AnswerWith(500);
        var endpoint = await lab.EndpointAsync(receiver.Url, "payment.succeeded");
        var id = Assert.Single(await writer.WriteAsync(1));
        var failing = await lab.DeliveryAsync(endpoint.Id, answer => answer["data.0.attempts"] == "1");
        await PatchAsync(lab, endpoint.Id, 1, """{"event_types": ["refund.created"]}""");
        receiver.AnswerWith(200);
        clock.Now = failing.Time("data.0.next_attempt_at");
        await lab.DeliveryAsync(endpoint.Id, answer => answer["data.0.status"] == "succeeded");

        // One type skips the many of another: the ledger's, for whom it says nothing.
        await writer.WriteAsync(3, type: "ledger.transaction_posted");
        await writer.WriteAsync(1);
        var wanted = Assert.Single(await writer.WriteAsync(1, type: "refund.created"));
        await Eventually.TrueAsync(() => receiver.Deliveries.Last().Id == wanted, () => "The wanted type did not come.");
        Assert.Equal([id, wanted], receiver.Deliveries.Select(delivery => delivery.Id).Distinct());
    }

    [Fact]
    public async Task A_retry_is_signed_with_the_secrets_of_its_own_moment()
    {
        var clock = new SettableClock(DateTimeOffset.UtcNow);
        await using var lab = await WebhookLab.StartAsync(server, clock);
        await using var receiver = await Receiver.StartAsync();
        await using var writer = new Writer(lab.ConnectionString);
        receiver.AnswerWith(500);
        var endpoint = await lab.EndpointAsync(receiver.Url);
        await writer.WriteAsync(1);
        var failing = await lab.DeliveryAsync(endpoint.Id, answer => answer["data.0.attempts"] == "1");
        var fresh = (await lab.Api.PostAsync($"{Path}/{endpoint.Id}/rotate-secret", new JsonObject())).Must(200)["secret"];
        receiver.AnswerWith(200);
        clock.Now = failing.Time("data.0.next_attempt_at");
        await receiver.ReceivesAsync(2);
        Assert.Equal([1, 2], receiver.Deliveries.Select(delivery => delivery.Signature.Split(' ').Length));
        Assert.Equal(["verified", "verified"], await StandardWebhooks.VerifyAsync(endpoint["secret"], receiver.Deliveries));
        Assert.Equal("verified", (await StandardWebhooks.VerifyAsync(fresh, receiver.Deliveries))[^1]);
        Assert.Equal(receiver.Deliveries.First().Text, receiver.Deliveries.Last().Text);
    }

    [Fact]
    public async Task An_endpoint_that_is_deleted_during_an_attempt_gets_no_other()
    {
        await using var lab = await WebhookLab.StartAsync(server, null, "--Webhooks:TimeScale=0.001");
        await using var receiver = await Receiver.StartAsync();
        await using var writer = new Writer(lab.ConnectionString);
        var arrived = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        receiver.Answer = async context =>
        {
            arrived.TrySetResult();
            await answer.Task;
            context.Response.StatusCode = 500;
        };
        var endpoint = await lab.EndpointAsync(receiver.Url);
        await writer.WriteAsync(1);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        (await lab.Api.DeleteAsync($"{Path}/{endpoint.Id}")).Must(200);
        answer.SetResult();
        await Task.Delay(700, Cancellation);
        Assert.Single(receiver.Deliveries);
        Assert.Empty(await lab.Database.RowsAsync("select 1 from webhook_deliveries"));
        Assert.Empty(await lab.Database.RowsAsync("select 1 from events where dispatched_at is null"));
    }

    [Fact]
    public async Task A_clock_that_steps_back_delays_and_loses_nothing()
    {
        var start = new DateTimeOffset(2026, 4, 13, 8, 0, 0, TimeSpan.Zero);
        var clock = new SettableClock(start);
        await using var lab = await WebhookLab.StartAsync(server, clock);
        await using var receiver = await Receiver.StartAsync();
        await using var writer = new Writer(lab.ConnectionString);
        receiver.AnswerWith(500);
        var endpoint = await lab.EndpointAsync(receiver.Url);
        await writer.WriteAsync(1);
        var failing = await lab.DeliveryAsync(endpoint.Id, answer => answer["data.0.attempts"] == "1");
        clock.Now = start.AddHours(-1);
        await Task.Delay(300, Cancellation);
        Assert.Single(receiver.Deliveries);
        receiver.AnswerWith(200);
        clock.Now = failing.Time("data.0.next_attempt_at");
        await lab.DeliveryAsync(endpoint.Id, answer => answer["data.0.status"] == "succeeded");
    }

    [Fact]
    public async Task An_object_of_more_than_64_KiB_is_delivered_whole()
    {
        await using var lab = await WebhookLab.StartAsync(server);
        await using var receiver = await Receiver.StartAsync();
        var endpoint = await lab.EndpointAsync(receiver.Url);
        var id = Id<EventResource>.New(7, DateTimeOffset.UtcNow);
        var note = string.Concat(Enumerable.Repeat("订单Zoë", 40_000));
        await lab.Database.ExecuteAsync(
            """
            insert into events (id, marketplace_id, mode, type, object_id, object_version, data, created_at, shard_key)
            values ($1, 1, 'test', 'payment.succeeded', 'pay_1', 1, jsonb_build_object('note', $2::text), now(), 7)
            """, id.Value, note);
        await receiver.ReceivesAsync(1);
        Assert.Equal(note, receiver.Deliveries.First().Json.GetProperty("data").GetProperty("object").GetProperty("note").GetString());
        Assert.Equal(["verified"], await StandardWebhooks.VerifyAsync(endpoint["secret"], receiver.Deliveries));
        // What is read is what was sent.
        Assert.Equal(receiver.Deliveries.First().Text, (await lab.Api.GetAsync($"/v1/events/{id}")).Must(200).Text);
    }

    [Fact]
    public async Task Gone_in_the_middle_keeps_what_is_pending_until_the_endpoint_is_enabled()
    {
        await using var lab = await WebhookLab.StartAsync(server, null, "--Webhooks:MaxInFlightPerEndpoint=1");
        await using var receiver = await Receiver.StartAsync();
        await using var writer = new Writer(lab.ConnectionString);
        receiver.Answer = context =>
        {
            context.Response.StatusCode = receiver.Deliveries.Count == 3 ? 410 : 200;
            return Task.CompletedTask;
        };
        var endpoint = await lab.EndpointAsync(receiver.Url);
        var ids = await writer.WriteAsync(10);
        await Eventually.TrueAsync(async () => (await lab.Api.GetAsync($"{Path}/{endpoint.Id}"))["enabled"] == "False", () => "The endpoint was not disabled.");
        await Task.Delay(300, Cancellation);
        var sent = receiver.Deliveries.Count;
        Assert.InRange(sent, 3, 4);
        await PatchAsync(lab, endpoint.Id, 2, """{"enabled": true}""");
        await receiver.ReceivesAsync(10);
        Assert.Equal(ids.Order(), receiver.Deliveries.Select(delivery => delivery.Id).Distinct().Order());
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("-120", 0)]
    [InlineData("999999999999999999999", 0)]
    [InlineData("2147483647", 86_400)]
    [InlineData("soon", 0)]
    [InlineData("1.5", 0)]
    [InlineData("", 0)]
    [InlineData("Mon, 13 Apr 2026 08:10:00 GMT", 600)]
    [InlineData("Mon, 13 Apr 2020 08:10:00 GMT", 0)]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT", 86_400)]
    public async Task Retry_After_in_any_form_delays_within_a_day_or_not_at_all(string header, int seconds)
    {
        var clock = new SettableClock(new DateTimeOffset(2026, 4, 13, 8, 0, 0, TimeSpan.Zero));
        await using var lab = await WebhookLab.StartAsync(server, clock);
        await using var receiver = await Receiver.StartAsync();
        await using var writer = new Writer(lab.ConnectionString);
        receiver.AnswerWith(429, "", ("Retry-After", header));
        var endpoint = await lab.EndpointAsync(receiver.Url);
        await writer.WriteAsync(1);
        var delivery = await lab.DeliveryAsync(endpoint.Id, answer => answer["data.0.attempts"] == "1");
        var wait = (delivery.Time("data.0.next_attempt_at") - clock.Now).TotalSeconds;
        if (seconds == 0) Assert.InRange(wait, 5, 5.501);
        else Assert.Equal(seconds, wait, 0.002);
    }

    [Fact]
    public async Task A_redirect_to_a_forbidden_address_is_a_failure_like_any_other()
    {
        await using var lab = await WebhookLab.StartAsync(server);
        await using var receiver = await Receiver.StartAsync();
        await using var writer = new Writer(lab.ConnectionString);
        receiver.AnswerWith(302, "", ("Location", "http://169.254.169.254/latest/meta-data/"));
        var endpoint = await lab.EndpointAsync(receiver.Url);
        await writer.WriteAsync(1);
        var delivery = await lab.DeliveryAsync(endpoint.Id, answer => answer["data.0.attempts"] == "1");
        Assert.Equal(("pending", "302"), (delivery["data.0.status"], delivery["data.0.response_status"]));
        Assert.Single(receiver.Deliveries);
    }

    [Fact]
    public async Task A_name_that_is_bound_anew_to_this_network_is_not_called_the_second_time()
    {
        // Every attempt looks the name up and checks it again; none is called at what an earlier look-up found.
        var answers = new Queue<string>(["10.0.0.1", "127.0.0.1", "::1", "fe80::1%1", "169.254.169.254"]);
        using var client = new WebhookClient(new WebhookSettings(new ConfigurationBuilder().Build()), TimeProvider.System)
        {
            Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(answers.Dequeue())]),
        };
        while (answers.Count > 0)
            Assert.Equal("the name resolves to an address that is not allowed", (await client.SendAsync("https://shop.example/hook", [1], [], Cancellation)).Error);
    }

    [Theory]
    [InlineData("https://[fe80::1%25eth0]/")]
    [InlineData("https://[2606:4700::1111%251]/")]
    [InlineData("https://127.0.0.1.../")]
    [InlineData("https://localhost../")]
    [InlineData("https://metadata.google.internal./")]
    [InlineData("https://bücher.example/")]
    [InlineData("https://xn--/")]
    [InlineData("https://shop.example:0/")]
    [InlineData("https://shop.example:65536/")]
    [InlineData("https://shop.example:0443x/")]
    [InlineData("https://shop.example:444/")]
    public void Odd_hosts_and_ports_are_refused(string url) => Assert.NotNull(WebhookUrl.Fault(url, allowLoopbackHttp: false));

    [Fact]
    public async Task Redelivery_since_a_time_of_a_marketplace_among_many_is_quick_and_whole()
    {
        var events = int.TryParse(Environment.GetEnvironmentVariable("PO_WEBHOOK_STORED"), CultureInfo.InvariantCulture, out var asked) ? asked : 20_000;
        await using var lab = await WebhookLab.StartAsync(server, null, "--Webhooks:Dispatch=false");
        await lab.Database.ExecuteAsync(
            """
            insert into events (id, marketplace_id, mode, type, object_id, object_version, data, created_at, dispatched_at, shard_key)
            select (lpad(to_hex((extract(epoch from t) * 1000)::bigint), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 11) || lpad(to_hex(i % 32768), 4, '0'))::uuid,
                case when i % 20 = 0 then 1 else 2 + i % 50 end, 'test', 'payment.succeeded', 'pay_' || i, 1, '{"id": "pay_1"}', t, t, i % 32768
            from (select i, date_trunc('milliseconds', now() - interval '29 days' + i * interval '29 days' / $1) as t from generate_series(1, $1) i) made
            """, events);
        await lab.Database.ExecuteAsync("analyze events");
        await using var receiver = await Receiver.StartAsync();
        var endpoint = await lab.EndpointAsync(receiver.Url);
        foreach (var (days, share) in new[] { (1, 1 / 29.0), (29, 1.0) })
        {
            var since = DateTimeOffset.UtcNow.AddDays(-days);
            var began = TimeProvider.System.GetTimestamp();
            var answer = (await lab.Api.PostAsync(
                $"{Path}/{endpoint.Id}/redeliver", new JsonObject { ["since"] = since.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) })).Must(200);
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"{answer["deliveries"]} deliveries of {days} days, among {events} events of 51 marketplaces, in {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:0} ms");
            Assert.InRange(answer.At("deliveries").GetInt32(), (events / 20.0 * share) - 3, (events / 20.0 * share) + 3);
        }

        var plan = await lab.Database.RowsAsync(
            "explain select id from events where marketplace_id = 1 and mode = 'test' and dispatched_at is not null and id > '00000000-0000-0000-0000-000000000000' order by id offset 4999 limit 1");
        Assert.Contains(plan, line => line.Contains("events_by_marketplace", StringComparison.Ordinal));
    }

    private static async Task PatchAsync(WebhookLab lab, string endpoint, int version, string body) =>
        (await lab.Api.SendAsync(HttpMethod.Patch, $"{Path}/{endpoint}", ApiClient.Json(System.Text.Encoding.UTF8.GetBytes(body)), null, request =>
            request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\""))).Must(200);
}
