using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Refunds;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Notifications;

/// <summary>What providers tell of their own accord, however often, however late, and however early.</summary>
public sealed class NotificationTests(TestSystem system)
{
    private const int Many = 100;

    private ApiClient Keyless => system.ClientWith(null);

    [Theory]
    [InlineData("worldfirst")]
    [InlineData("alipay")]
    [InlineData("card")]
    public async Task The_same_notification_a_hundred_times_at_once_has_one_effect(string provider)
    {
        var payment = await system.ExecutedAsync(provider);
        var notice = Notice.OfPayment(system.Secrets, provider, payment);
        await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => notice.AcknowledgedAsync(Keyless, system.Secrets)));
        await system.AssertSucceededOnceAsync(payment);
        // Late, and once more.
        await notice.AcknowledgedAsync(Keyless, system.Secrets);
        await system.AssertSucceededOnceAsync(payment);
        Assert.Empty(await ParkedAsync(payment));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_of_1688_settles_once_however_often_it_comes_and_however_early(bool batch)
    {
        var order = ApiClient.NewOrder();
        var notice = Notice.OfOrder(system.Secrets, order, batch);
        await notice.AcknowledgedAsync(Keyless, system.Secrets);
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync());
        var payment = (await system.Api.PayAsync((await system.Api.QuoteAsync(buyer, "world_pay", "USD", order: order)).Must(201).Id)).Must(201);
        Assert.Equal(("succeeded", "pending"), (payment["status"], payment["settlement.status"]));

        await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => notice.AcknowledgedAsync(Keyless, system.Secrets)));
        var settled = (await system.Api.GetAsync($"/v1/payments/{payment.Id}")).Must(200);
        Assert.Equal(("settled", "waitsellersend"), (settled["settlement.status"], settled["settlement.evidence"]));
        Assert.Equal(["payment.created", "payment.succeeded", "payment.settled"], await system.Database.EventsAsync(payment.Id));
        Assert.Equal(["1"], await system.Database.RowsAsync("select count(*) from ledger_transactions where payment_id = $1 and kind = 'settlement'", Database.Uuid(payment.Id)));
    }

    [Theory]
    [InlineData("worldfirst")]
    [InlineData("alipay")]
    [InlineData("card")]
    public async Task A_notification_of_a_payment_that_is_not_here_yet_is_kept_once_and_followed_when_it_appears(string provider)
    {
        var payment = await system.ExecutedAsync(provider);
        var elsewhere = await HideAsync("payments", payment);
        var notice = Notice.OfPayment(system.Secrets, provider, payment);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => notice.AcknowledgedAsync(Keyless, system.Secrets)));
        Assert.Equal([$"{provider} test payment {payment}-1"], await ParkedAsync(payment));
        // Looked for meanwhile, and kept.
        await Task.Delay(2_500, TestContext.Current.CancellationToken);
        Assert.Single(await ParkedAsync(payment));

        await ShowAsync("payments", payment, elsewhere);
        await system.Api.UntilAsync($"/v1/payments/{payment}", "status", "succeeded");
        await system.AssertSucceededOnceAsync(payment);
        await UntilNotParkedAsync(payment);
        // It is part of the payment's story from when it came.
        Assert.Contains(
            $"{provider} payment_changed True",
            await system.Database.RowsAsync(
                "select provider, type, received_at < now() - interval '2 seconds' from provider_notifications where payment_id = $1", Database.Uuid(payment)));
    }

    [Fact]
    public async Task A_notification_of_a_refund_that_is_not_here_yet_is_kept_and_followed_when_it_appears()
    {
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync());
        (await system.Api.LinkAsync(buyer, "card", ("payment_method", "pm_card_refundFail"))).Must(201);
        var payment = await system.Api.PaidByAsync(buyer, "card", "USD", 12_345_67);
        var refund = (await system.Api.RefundAsync(payment.Id)).Must(201);
        Assert.Equal("succeeded", refund["status"]);
        // The sandbox's bank takes some seconds to send the money back.
        await Task.Delay(TimeSpan.FromSeconds(6), TestContext.Current.CancellationToken);

        var elsewhere = await HideAsync("refunds", refund.Id);
        var notice = Notice.Card(system.Secrets, "refund.failed", new() { ["refund_id"] = refund.Id, ["payment_id"] = payment.Id, ["request_id"] = refund.Id });
        await notice.AcknowledgedAsync(Keyless, system.Secrets);
        await notice.AcknowledgedAsync(Keyless, system.Secrets);
        Assert.Equal([$"card test refund {refund.Id}"], await ParkedAsync(refund.Id));
        await ShowAsync("refunds", refund.Id, elsewhere);
        await system.Api.UntilAsync($"/v1/refunds/{refund.Id}", "status", "failed");
        await UntilNotParkedAsync(refund.Id);
    }

    [Fact]
    public async Task What_never_appears_is_given_up_after_its_time_and_the_oldest_go_where_there_are_too_many()
    {
        var (never, old, young) = (NewPayment(), NewPayment(), NewPayment());
        await Notice.OfPayment(system.Secrets, "card", never).AcknowledgedAsync(Keyless, system.Secrets);
        Assert.Single(await ParkedAsync(never));
        await system.Database.ExecuteAsync("update parked_notifications set received_at = now() - interval '25 hours', next_at = now() where object_id = $1", never);
        await UntilNotParkedAsync(never);

        foreach (var payment in new[] { old, young }) await Notice.OfPayment(system.Secrets, "card", payment).AcknowledgedAsync(Keyless, system.Secrets);
        await system.Database.ExecuteAsync("update parked_notifications set received_at = now() - interval '23 hours', next_at = now() + interval '1 hour' where object_id = $1", old);
        await system.Database.ExecuteAsync("update parked_notifications set received_at = now() + interval '1 hour', next_at = now() + interval '1 hour' where object_id = $1", young);
        await using (await system.StartOtherAsync(TimeProvider.System, "--Notifications:Parked:Interval=00:00:00.1", "--Notifications:Parked:MaxKept=1")) await UntilNotParkedAsync(old);
        Assert.Single(await ParkedAsync(young));
        await system.Database.ExecuteAsync("delete from parked_notifications where object_id = $1", young);
    }

    [Theory]
    [InlineData("pi_of_somebody_else-1")]
    [InlineData("")]
    [InlineData("pay_-1")]
    [InlineData("ref_00000000000000000000000000-1")]
    [InlineData("pay_0000000000000000000000000\\u0000-1")]
    public async Task What_can_be_none_of_ours_is_acknowledged_and_not_kept(string reference)
    {
        var body = $$"""{"notifyType":"PAYMENT_RESULT","result":{"resultStatus":"S"},"paymentRequestId":"{{reference}}"}""";
        await Notice.Alipay(system.Secrets, body).AcknowledgedAsync(Keyless, system.Secrets);
        Assert.Empty(await system.Database.RowsAsync("select 1 from parked_notifications where object_id not like 'pay\\_%' and object_id not like 'ref\\_%'"));
    }

    [Fact]
    public async Task A_reference_that_is_too_long_is_not_kept()
    {
        var payment = NewPayment();
        var metadata = new System.Text.Json.Nodes.JsonObject { ["payment_id"] = payment, ["request_id"] = new string('1', 65) };
        await Notice.Card(system.Secrets, "payment_intent.succeeded", metadata).AcknowledgedAsync(Keyless, system.Secrets);
        Assert.Empty(await ParkedAsync(payment));
    }

    [Fact]
    public async Task Another_request_of_a_payment_changes_nothing_and_is_not_kept()
    {
        var payment = await system.ExecutedAsync("alipay");
        await Notice.Alipay(system.Secrets, $$"""{"notifyType":"PAYMENT_RESULT","paymentRequestId":"{{payment}}-2"}""").AcknowledgedAsync(Keyless, system.Secrets);
        Assert.Equal("requires_action", (await system.Api.GetAsync($"/v1/payments/{payment}"))["status"]);
        Assert.Empty(await ParkedAsync(payment));
    }

    [Theory]
    [InlineData("payment_failed", "succeeded")]
    [InlineData("succeeded", "payment_failed")]
    public async Task In_whatever_order_they_come_and_whatever_they_say_the_acquirers_own_word_counts(string first, string second)
    {
        var payment = await system.ExecutedAsync("card");
        foreach (var type in new[] { first, second })
            await Notice.Card(system.Secrets, $"payment_intent.{type}", new() { ["payment_id"] = payment, ["request_id"] = $"{payment}-1" }).AcknowledgedAsync(Keyless, system.Secrets);
        await system.AssertSucceededOnceAsync(payment);
    }

    private static string NewPayment() => Domain.Id<Payments.PaymentResource>.New(7, TimeProvider.System.GetUtcNow()).ToString();

    private Task<IReadOnlyList<string>> ParkedAsync(string id) =>
        system.Database.RowsAsync("select provider, mode, kind, reference from parked_notifications where object_id = $1", id);

    private async Task UntilNotParkedAsync(string id)
    {
        for (var patience = 0; (await ParkedAsync(id)).Count > 0; patience++)
        {
            Assert.True(patience < 150, $"{id} is still parked.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>As if this instance did not see it yet.</summary>
    private async Task<Guid> HideAsync(string table, string id)
    {
        var elsewhere = Guid.NewGuid();
        await system.Database.ExecuteAsync($"update {table} set id = $2 where id = $1", Database.Uuid(id), elsewhere);
        return elsewhere;
    }

    private Task ShowAsync(string table, string id, Guid elsewhere) => system.Database.ExecuteAsync($"update {table} set id = $1 where id = $2", Database.Uuid(id), elsewhere);
}
