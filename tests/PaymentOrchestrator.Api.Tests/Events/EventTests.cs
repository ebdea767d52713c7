using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Refunds;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Events;

public sealed class EventTests(TestSystem system)
{
    [Fact]
    public async Task What_happened_is_listed_newest_first_and_read_by_id_with_the_object_as_it_was()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var payment = await system.PaidAsync(api);
        var refund = (await api.RefundAsync(payment.Id, 5_000)).Must(201);

        var events = (await api.GetAsync($"/v1/events?object_id={refund.Id}")).Must(200);
        var newest = (await api.GetAsync($"/v1/events/{events["data.0.id"]}")).Must(200);

        Assert.Equal(("refund.succeeded", "refund.created"), (events["data.0.type"], events["data.1.type"]));
        Assert.Equal(("2", "1"), (events["data.0.object_version"], events["data.1.object_version"]));
        Assert.Equal(("succeeded", "pending"), (events["data.0.data.object.status"], events["data.1.data.object.status"]));
        Assert.Equal(("event", "v1", refund.Id), (newest["object"], newest["api_version"], newest["data.object.id"]));
        Assert.Equal(newest.Text, events.At("data.0").GetRawText());
        Assert.Equal([payment.Id], Objects(await api.GetAsync("/v1/events?type=payment.succeeded")));
        Assert.Empty(Objects(await api.GetAsync("/v1/events?object_id=pay_nonsense")));
        // A type that is none would be waited for in vain.
        Assert.Equal("type", (await api.GetAsync("/v1/events?type=payment.suceeded")).Must(400, "validation_failed")["errors.0.field"]);
    }

    [Fact]
    public async Task The_version_rises_by_one_with_each_event_also_where_a_refund_changed_the_payment_in_between()
    {
        // Settlement is asked after by an instance with a resolver; the refund comes before it.
        var api = (await system.NewMarketplaceAsync()).Test;
        var payment = await system.PaidAsync(api);
        (await api.RefundAsync(payment.Id, 5_000)).Must(201);
        (await api.RefundAsync(payment.Id, 5_000)).Must(201);
        await using (await system.StartOtherAsync(TimeProvider.System, "--Payments:Resolver:Interval=00:00:00.2"))
        {
            for (var patience = 0; (await api.GetAsync($"/v1/payments/{payment.Id}"))["settlement.status"] != "settled"; patience++)
            {
                Assert.True(patience < 1200);
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }

        Assert.Equal(
            ["payment.created 1", "payment.succeeded 2", "payment.settled 3"],
            await system.Database.RowsAsync("select type, object_version from events where object_id = $1 order by object_version", payment.Id));
        // Nothing of the marketplace skips a version: not its buyer's accounts, quote, payment, refunds.
        Assert.Empty(await system.Database.RowsAsync(
            "select object_id from events where marketplace_id = (select marketplace_id from events where object_id = $1 limit 1) and object_id not like 'quo%' group by object_id having count(*) <> max(object_version) or min(object_version) <> 1",
            payment.Id));
    }

    [Fact]
    public async Task Pages_cover_everything_once()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        await system.PaidAsync(api);
        var all = (await api.GetAsync("/v1/events?limit=100")).Must(200).At("data").EnumerateArray().Select(one => one.GetProperty("id").GetString()!).ToList();
        Assert.Equal(all.OrderDescending(StringComparer.Ordinal), all);

        var walked = new List<string>();
        var cursor = "";
        while (true)
        {
            var page = (await api.GetAsync($"/v1/events?limit=2{cursor}")).Must(200);
            walked.AddRange(page.At("data").EnumerateArray().Select(one => one.GetProperty("id").GetString()!));
            if (page["has_more"] == "False") break;
            cursor = $"&cursor={page["next_cursor"]}";
        }

        Assert.Equal(all, walked);
        (await api.GetAsync("/v1/events?limit=101")).Must(400, "validation_failed");
        (await api.GetAsync("/v1/events?cursor=x")).Must(400, "validation_failed");
    }

    [Fact]
    public async Task Events_are_read_for_thirty_days_and_by_their_own_marketplace_alone()
    {
        var tenant = await system.NewMarketplaceAsync();
        var payment = await system.PaidAsync(tenant.Test);
        var id = (await tenant.Test.GetAsync($"/v1/events?object_id={payment.Id}"))["data.0.id"];
        (await tenant.Live.GetAsync($"/v1/events/{id}")).Must(404);
        (await (await system.NewMarketplaceAsync()).Test.GetAsync($"/v1/events/{id}")).Must(404);
        Assert.Empty(Objects(await tenant.Live.GetAsync($"/v1/events?object_id={payment.Id}")));

        await system.Database.ExecuteAsync("update events set created_at = now() - interval '30 days 1 second' where object_id = $1", payment.Id);

        (await tenant.Test.GetAsync($"/v1/events/{id}")).Must(404);
        Assert.Empty(Objects(await tenant.Test.GetAsync($"/v1/events?object_id={payment.Id}")));
    }

    private static IReadOnlyList<string> Objects(Answer events) =>
        [.. events.Must(200).At("data").EnumerateArray().Select(one => one.GetProperty("data").GetProperty("object").GetProperty("id").GetString()!)];
}
