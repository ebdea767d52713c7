using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Refunds;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Disputes;

/// <summary>A dispute from the acquirer's first word to its last: the object, the books, the events, and what it does to refunds and orders.</summary>
public sealed class DisputeTests(TestSystem system)
{
    [Fact]
    public async Task A_dispute_is_read_at_the_acquirer_and_booked_with_its_fee_whatever_the_notification_says()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var (payment, reference) = await system.DisputedAsync(api);
        Assert.Equal(0, (await api.GetAsync($"/v1/disputes?payment_id={payment.Id}")).Must(200).At("data").GetArrayLength());

        (await system.NotifyDisputeAsync(reference)).Must(200);

        var dispute = await api.DisputeAsync(payment.Id);
        Assert.Equal(("dispute", "needs_response", payment.Id, "card", reference), (dispute["object"], dispute["status"], dispute["payment_id"], dispute["provider"], dispute["provider_reference"]));
        Assert.StartsWith("dsp_", dispute.Id, StringComparison.Ordinal);
        Assert.Equal((payment.Amount("total"), payment.Amount("order_amount"), "fraudulent", "1"), (dispute.Amount("amount"), dispute.Amount("order_amount"), dispute["reason"], dispute["version"]));
        Assert.Equal((payment.Amount("total"), "USD 0", "USD 1500"), (dispute.Amount("withdrawn"), dispute.Amount("reinstated"), dispute.Amount("fee")));
        Assert.InRange(dispute.Time("evidence_due_by") - dispute.Time("created_at"), TimeSpan.FromDays(6.9), TimeSpan.FromDays(7.1));
        var total = payment.Value("total");
        Assert.Equal(
            ["acquirer_balance USD -1500", $"buyer_funds USD -{total}", "dispute_fees USD 1500", $"disputed_funds USD {total}"], await system.Database.DisputeNetAsync(payment.Id));
        Assert.Equal(["dispute_opened"], await system.Database.DisputeKindsAsync(payment.Id));
        Assert.Equal(["dispute.created"], await system.Database.EventsAsync(dispute.Id));
        Assert.Equal("succeeded", (await api.GetAsync($"/v1/payments/{payment.Id}"))["status"]);
        Assert.Empty((await api.GetAsync("/v1/ledger/proof")).Broken());
        var entries = (await api.GetAsync($"/v1/ledger/entries?payment_id={payment.Id}&account=disputed_funds")).Must(200);
        Assert.Equal((dispute.Id, "null"), (entries["data.0.dispute_id"], entries["data.0.refund_id"]));
    }

    [Theory]
    [InlineData("winning_evidence", "won", "dispute_won")]
    [InlineData("losing_evidence", "lost", "dispute_lost")]
    public async Task A_decision_is_booked_once_and_told_once(string evidence, string status, string kind)
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var (payment, reference) = await system.DisputedAsync(api);
        (await system.NotifyDisputeAsync(reference)).Must(200);

        await system.DecideAsync(reference, evidence);
        var told = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => system.NotifyDisputeAsync(reference, "charge.dispute.closed")));

        Assert.All(told, answer => answer.Must(200));
        var dispute = await api.DisputeAsync(payment.Id);
        var total = payment.Value("total");
        Assert.Equal((status, "2", status == "won" ? total : 0), (dispute["status"], dispute["version"], dispute.Value("reinstated")));
        string[] net = status == "won"
            ? ["acquirer_balance USD -1500", "dispute_fees USD 1500"]
            : ["acquirer_balance USD -1500", $"buyer_funds USD -{total}", "dispute_fees USD 1500", $"dispute_losses USD {total}"];
        Assert.Equal(net, await system.Database.DisputeNetAsync(payment.Id));
        Assert.Equal(["dispute_opened", kind], await system.Database.DisputeKindsAsync(payment.Id));
        Assert.Equal(["dispute.created", "dispute.closed"], await system.Database.EventsAsync(dispute.Id));
        Assert.Empty((await api.GetAsync("/v1/ledger/proof")).Broken());
    }

    [Fact]
    public async Task A_hundred_notifications_at_once_make_one_dispute_one_posting_and_one_event()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var (payment, reference) = await system.DisputedAsync(api);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => system.NotifyDisputeAsync(reference)));

        Assert.All(answers, answer => answer.Must(200));
        Assert.Equal(1, (await api.GetAsync($"/v1/disputes?payment_id={payment.Id}")).Must(200).At("data").GetArrayLength());
        Assert.Equal(["dispute_opened"], await system.Database.DisputeKindsAsync(payment.Id));
        Assert.Equal(["dispute.created"], await system.Database.EventsAsync((await api.DisputeAsync(payment.Id)).Id));
    }

    [Fact]
    public async Task A_dispute_first_heard_of_when_it_is_over_is_opened_and_closed_in_one()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var (payment, reference) = await system.DisputedAsync(api);
        await system.DecideAsync(reference, "losing_evidence");

        (await system.NotifyDisputeAsync(reference, "charge.dispute.closed")).Must(200);

        var dispute = await api.DisputeAsync(payment.Id);
        Assert.Equal(("lost", "2"), (dispute["status"], dispute["version"]));
        Assert.Equal(["dispute.created", "dispute.closed"], await system.Database.EventsAsync(dispute.Id));
        Assert.Equal(["dispute_lost"], await system.Database.DisputeKindsAsync(payment.Id));
        Assert.Empty((await api.GetAsync("/v1/ledger/proof")).Broken());
    }

    [Fact]
    public async Task A_question_of_the_bank_moves_nothing_until_it_becomes_a_dispute()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var (payment, reference) = await system.DisputedAsync(api, DisputeSteps.Inquiry);
        (await system.NotifyDisputeAsync(reference)).Must(200);
        Assert.Equal("warning_needs_response", (await api.DisputeAsync(payment.Id))["status"]);
        Assert.Empty(await system.Database.DisputeNetAsync(payment.Id));
        (await api.RefundAsync(payment.Id, 5_000)).Must(201);

        await system.DecideAsync(reference, "escalate_inquiry_evidence");
        (await system.NotifyDisputeAsync(reference, "charge.dispute.funds_withdrawn")).Must(200);

        var dispute = await api.DisputeAsync(payment.Id);
        Assert.Equal(("needs_response", "2", "False"), (dispute["status"], dispute["version"], dispute["payment_refundable"]));
        Assert.Equal(["dispute_opened"], await system.Database.DisputeKindsAsync(payment.Id));
        Assert.Equal(["dispute.created", "dispute.updated"], await system.Database.EventsAsync(dispute.Id));
        (await api.RefundAsync(payment.Id, 5_000)).Must(409, "payment_disputed");
    }

    [Fact]
    public async Task A_disputed_payment_is_not_refunded_until_the_dispute_is_won_and_its_order_is_not_paid_again()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var (payment, reference) = await system.DisputedAsync(api);
        (await system.NotifyDisputeAsync(reference)).Must(200);
        var key = ApiClient.NewKey();

        var refused = (await api.RefundAsync(payment.Id, 5_000, key)).Must(409, "payment_disputed");
        Assert.True(refused.IsProblem);
        Assert.Equal(payment.Id, refused["payment_id"]);
        (await api.QuoteAsync(payment["buyer_id"], "card", "USD", order: payment["order_id"])).Must(409, "order_already_paid");

        await system.DecideAsync(reference, "winning_evidence");
        (await system.NotifyDisputeAsync(reference, "charge.dispute.closed")).Must(200);
        Assert.Equal("succeeded", (await api.RefundAsync(payment.Id, 5_000, key)).Must(201)["status"]);
        Assert.Empty((await api.GetAsync("/v1/ledger/proof")).Broken());
    }

    [Fact]
    public async Task A_dispute_that_we_have_not_heard_of_bars_the_refund_at_the_acquirer()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var (payment, _) = await system.DisputedAsync(api);

        Assert.Equal("failed", (await api.RefundAsync(payment.Id, 5_000)).Must(201)["status"]);
    }

    [Fact]
    public async Task The_amounts_are_right_where_the_acquirer_counts_hundredths_that_do_not_exist()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var (payment, reference) = await system.DisputedAsync(api, currency: "ISK");
        (await system.NotifyDisputeAsync(reference)).Must(200);

        var dispute = await api.DisputeAsync(payment.Id);

        Assert.Equal((payment.Amount("total"), payment.Amount("total"), "ISK 15"), (dispute.Amount("amount"), dispute.Amount("withdrawn"), dispute.Amount("fee")));
        Assert.Empty((await api.GetAsync("/v1/ledger/proof")).Broken());
    }

    [Fact]
    public async Task A_notification_that_is_not_the_acquirers_or_about_nothing_of_ours_writes_nothing()
    {
        var tenant = await system.NewMarketplaceAsync();
        var (_, reference) = await system.DisputedAsync(tenant.Test);
        var before = await system.Database.FingerprintAsync(tenant.Id);

        (await system.ClientWith(null).SendAsync(
            HttpMethod.Post, "/v1/provider-notifications/card", ApiClient.Json("""{"type":"charge.dispute.created","data":{"object":{"id":"dp_1","payment_intent":"pi_1"}}}"""u8.ToArray()), null)).Must(401, "invalid_signature");
        // Not found there: it may not be readable yet, so that it is to come again.
        (await system.NotifyDisputeAsync("dp_nothing")).Must(503, "provider_unavailable");

        Assert.Equal(before, await system.Database.FingerprintAsync(tenant.Id));
        (await system.NotifyDisputeAsync(reference)).Must(200);
    }

    [Fact]
    public async Task A_dispute_of_a_charge_that_is_none_of_our_payments_is_acknowledged_and_kept_out()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var (payment, reference) = await system.DisputedAsync(api);
        await system.Database.ExecuteAsync("update attempts set request_id = 'pay_other-1' where payment_id = $1", Database.Uuid(payment.Id));

        (await system.NotifyDisputeAsync(reference)).Must(200);

        Assert.Equal(0, (await api.GetAsync("/v1/disputes")).Must(200).At("data").GetArrayLength());
    }

    [Fact]
    public async Task An_open_dispute_is_asked_after_by_whichever_instance_is_first_and_a_closed_one_no_more()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var (payment, reference) = await system.DisputedAsync(api);
        (await system.NotifyDisputeAsync(reference)).Must(200);
        await system.DecideAsync(reference, "winning_evidence");
        await system.Database.ExecuteAsync("update disputes set next_inquiry_at = now() where payment_id = $1", Database.Uuid(payment.Id));
        string[] eager = ["--Disputes:Resolver:Interval=00:00:00.1"];

        // No notification comes.
        await using var one = await system.StartOtherAsync(TimeProvider.System, eager);
        await using var two = await system.StartOtherAsync(TimeProvider.System, eager);

        for (var patience = 0; (await api.DisputeAsync(payment.Id))["status"] != "won"; patience++)
        {
            Assert.True(patience < 200);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Equal(["dispute_opened", "dispute_won"], await system.Database.DisputeKindsAsync(payment.Id));
        Assert.Equal(["True 1"], await system.Database.RowsAsync("select next_inquiry_at is null, tries from disputes where payment_id = $1", Database.Uuid(payment.Id)));
    }

    [Fact]
    public async Task Disputes_are_listed_by_page_payment_and_status_and_by_their_own_marketplace_alone()
    {
        var tenant = await system.NewMarketplaceAsync();
        var api = tenant.Test;
        var made = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var (payment, reference) = await system.DisputedAsync(api);
            if (i == 1) await system.DecideAsync(reference, "losing_evidence");
            (await system.NotifyDisputeAsync(reference)).Must(200);
            made.Insert(0, (await api.DisputeAsync(payment.Id)).Id);
        }

        var first = (await api.GetAsync("/v1/disputes?limit=2")).Must(200);
        var second = (await api.GetAsync($"/v1/disputes?limit=2&cursor={first["next_cursor"]}")).Must(200);
        Assert.Equal(made, [.. Ids(first), .. Ids(second)]);
        Assert.Equal(("True", "False", "null"), (first["has_more"], second["has_more"], second["next_cursor"]));
        Assert.Equal([made[1]], Ids(await api.GetAsync("/v1/disputes?status=lost")));
        Assert.Empty(Ids(await api.GetAsync("/v1/disputes?payment_id=pay_nonsense")));
        Assert.Empty(Ids(await tenant.Live.GetAsync("/v1/disputes")));
        (await tenant.Live.GetAsync($"/v1/disputes/{made[0]}")).Must(404, "not_found");
        (await (await system.NewMarketplaceAsync()).Test.GetAsync($"/v1/disputes/{made[0]}")).Must(404, "not_found");
        Assert.All(
            [(await api.GetAsync("/v1/disputes?status=open")).Must(400, "validation_failed"), (await api.GetAsync("/v1/disputes?limit=0")).Must(400, "validation_failed"), (await api.GetAsync("/v1/disputes?cursor=x")).Must(400, "validation_failed")],
            answer => Assert.True(answer.IsProblem && answer.Fields().Count == 1));
    }

    // $1 is the dispute of a payment: won, with its fee.
    [Theory]
    [InlineData("update ledger_entries set amount = amount + 1 where (transaction_id, line) = (select id, 1 from ledger_transactions where cause_id = $1 and kind = 'dispute_opened')", "disputes_are_posted", "transactions_balance")]
    [InlineData("update ledger_entries set amount = amount + sign(amount) where account in ('dispute_fees', 'acquirer_balance') and transaction_id = (select id from ledger_transactions where cause_id = $1 and kind = 'dispute_opened')", "disputes_are_posted")]
    [InlineData("update ledger_entries set account = 'dispute_losses' where account = 'disputed_funds' and transaction_id = (select id from ledger_transactions where cause_id = $1 and kind = 'dispute_opened')", "disputes_are_posted")]
    [InlineData("update disputes set reinstated_amount = reinstated_amount - 1 where id = $1", "disputes_are_posted")]
    [InlineData("update disputes set status = 'lost', reinstated_amount = 0 where id = $1", "disputes_are_posted")]
    [InlineData("update disputes set payment_id = id where id = $1", "disputes_belong_to_succeeded_payments")]
    public async Task The_proof_finds_a_planted_error_in_a_disputes_legs(string plant, params string[] checks)
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var (payment, reference) = await system.DisputedAsync(api);
        (await system.NotifyDisputeAsync(reference)).Must(200);
        await system.DecideAsync(reference, "winning_evidence");
        (await system.NotifyDisputeAsync(reference)).Must(200);
        var dispute = await api.DisputeAsync(payment.Id);
        Assert.Empty((await api.GetAsync("/v1/ledger/proof")).Broken());

        await system.Database.ExecuteAsync(plant.Replace("$1", $"'{Database.Uuid(dispute.Id)}'", StringComparison.Ordinal));

        Assert.Equal(checks, (await api.GetAsync("/v1/ledger/proof")).Broken().Order());
    }

    private static IReadOnlyList<string> Ids(Answer list) => [.. list.Must(200).At("data").EnumerateArray().Select(one => one.GetProperty("id").GetString()!)];
}
