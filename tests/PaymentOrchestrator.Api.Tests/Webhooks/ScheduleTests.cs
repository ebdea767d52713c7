using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Webhooks;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Webhooks;

public sealed class ScheduleTests(WebhookServer server)
{
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10),
        TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    private readonly WebhookSettings settings = new(new ConfigurationBuilder().Build());

    [Fact]
    public void Jitter_adds_up_to_a_tenth_and_never_subtracts()
    {
        for (var attempts = 1; attempts <= 9; attempts++)
        {
            Assert.Equal(Waits[attempts - 1], settings.WaitAfter(attempts, 0, null));
            Assert.Equal(Waits[attempts - 1] * 1.1, settings.WaitAfter(attempts, 1, null));
        }

        Assert.Null(settings.WaitAfter(10, 0, TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData(60, 60)]
    [InlineData(1, 5)]
    [InlineData(-10, 5)]
    [InlineData(99_999_999, 86_400)]
    public void Retry_After_can_only_delay_and_by_a_day_at_most(int asked, int waited) =>
        Assert.Equal(TimeSpan.FromSeconds(waited), settings.WaitAfter(1, 0, TimeSpan.FromSeconds(asked)));

    [Fact]
    public async Task Attempts_follow_the_schedule_to_the_end_and_can_then_be_made_again()
    {
        var start = new DateTimeOffset(2026, 4, 13, 8, 0, 0, TimeSpan.Zero);
        var clock = new SettableClock(start);
        await using var lab = await WebhookLab.StartAsync(server, clock);
        await using var receiver = await Receiver.StartAsync();
        receiver.AnswerWith(500);
        var endpoint = await lab.EndpointAsync(receiver.Url);
        (await lab.Api.PostAsync($"/v1/webhook-endpoints/{endpoint.Id}/test", new JsonObject())).Must(200);

        for (var attempt = 1; attempt <= 10; attempt++)
        {
            var number = attempt.ToString(CultureInfo.InvariantCulture);
            var delivery = await lab.DeliveryAsync(endpoint.Id, answer => answer["data.0.attempts"] == number);
            Assert.Equal(attempt, receiver.Deliveries.Count);
            Assert.Equal(clock.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), receiver.Deliveries.Last().Timestamp);
            if (attempt == 10)
            {
                Assert.Equal(("exhausted", "null"), (delivery["data.0.status"], delivery["data.0.next_attempt_at"]));
                break;
            }

            var next = delivery.Time("data.0.next_attempt_at");
            var wait = (next - clock.Now) / Waits[attempt - 1];
            Assert.InRange(wait, 1, 1.1001);
            TestContext.Current.TestOutputHelper!.WriteLine($"after attempt {attempt}: {Waits[attempt - 1]} and {(wait - 1) * 100:0.0} %");
            // A moment before, nothing comes.
            clock.Now = next.AddMilliseconds(-1);
            await Task.Delay(150, TestContext.Current.CancellationToken);
            Assert.Equal(attempt, receiver.Deliveries.Count);
            clock.Now = next;
        }

        receiver.AnswerWith(200);
        // The breaker has seen ten failures in a row; it probes half a minute after the last.
        clock.Now += TimeSpan.FromSeconds(31);
        var since = start.AddMinutes(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        // Test events are for the asking; what is redelivered one by one may be anything.
        Assert.Equal("0", (await lab.Api.PostAsync($"/v1/webhook-endpoints/{endpoint.Id}/redeliver", new JsonObject { ["since"] = since })).Must(200)["deliveries"]);
        var id = (await lab.Api.GetAsync($"/v1/webhook-endpoints/{endpoint.Id}/deliveries"))["data.0.id"];
        (await lab.Api.PostAsync($"/v1/webhook-endpoints/{endpoint.Id}/deliveries/{id}/redeliver", new JsonObject())).Must(200);
        var done = await lab.DeliveryAsync(endpoint.Id, answer => answer["data.0.status"] == "succeeded");
        Assert.Equal(("1", 11), (done["data.0.attempts"], receiver.Deliveries.Count));
    }

    [Fact]
    public async Task A_failing_endpoint_is_probed_and_gets_everything_once_it_is_back()
    {
        var clock = new SettableClock(new DateTimeOffset(2026, 4, 13, 8, 0, 0, TimeSpan.Zero));
        await using var lab = await WebhookLab.StartAsync(server, clock, "--Webhooks:MaxInFlightPerEndpoint=1");
        await using var receiver = await Receiver.StartAsync();
        await using var writer = new Writer(lab.ConnectionString);
        receiver.AnswerWith(503, "", ("Retry-After", "120"));
        var endpoint = await lab.EndpointAsync(receiver.Url);
        await writer.WriteAsync(20);
        await receiver.ReceivesAsync(5);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        // Five failures open it; the other fifteen are kept, unsent and without an attempt lost.
        Assert.Equal(5, receiver.Deliveries.Count);
        Assert.Equal(["0 15", "1 5"], await lab.Database.RowsAsync("select attempts, count(*) from webhook_deliveries where next_at > now() - interval '10 years' group by 1 order by 1"));
        Assert.All(
            await lab.Database.RowsAsync("select extract(epoch from next_at - attempted_at)::int from webhook_deliveries where attempts = 1"), wait => Assert.Equal("120", wait));

        clock.Now += TimeSpan.FromSeconds(31);
        await receiver.ReceivesAsync(6);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal(6, receiver.Deliveries.Count);

        receiver.AnswerWith(200);
        clock.Now += TimeSpan.FromMinutes(3);
        await receiver.ReceivesAsync(26);
        Assert.Equal(20, receiver.Deliveries.Select(delivery => delivery.Id).Distinct().Count());
        Assert.Equal(endpoint.Id, (await lab.Api.GetAsync($"/v1/webhook-endpoints/{endpoint.Id}"))["id"]);
    }
}
