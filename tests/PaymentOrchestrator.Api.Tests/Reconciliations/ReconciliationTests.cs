using System.Globalization;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Disputes;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Refunds;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Reconciliations;

/// <summary>Statements held against the books: what fits, every kind of difference, and that a second time changes nothing.</summary>
public sealed class ReconciliationTests(TestSystem system)
{
    private readonly DateTimeOffset from = TimeProvider.System.GetUtcNow().AddMinutes(-1);

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow().AddSeconds(1);

    [Theory]
    [InlineData("card", "card", "USD")]
    [InlineData("worldfirst", "world_pay", "USD")]
    [InlineData("worldfirst", "worldfirst_balance", "EUR")]
    [InlineData("alipay", "alipay", "CNY")]
    public async Task A_providers_own_statement_fits_to_the_minor_unit(string provider, string method, string currency)
    {
        var tenant = await system.NewMarketplaceAsync();
        var api = tenant.Test;
        var payment = await system.PaidAsync(api, method, currency);
        var refund = (await api.RefundAsync(payment.Id, 5_000)).Must(201);
        var to = Now;

        var made = (await api.FetchAsync(provider, from, to)).Must(201);

        Assert.Equal(("reconciliation", provider, "provider"), (made["object"], made["provider"], made["source"]));
        var mine = (await api.AllAsync($"/v1/reconciliations/{made.Id}/lines")).Where(line => line.Text("payment_id") == payment.Id).ToList();
        Assert.Equal([("matched", "payment", payment.Id), ("matched", "refund", refund.Id)], mine.Select(line => (line.Text("result"), line.Text("type"), line.Text("object_id"))));
        Assert.All(mine, line => Assert.Equal(line.GetProperty("provider_amount").GetRawText(), line.GetProperty("books_amount").GetRawText()));
        Assert.Equal(made.Text, (await api.GetAsync($"/v1/reconciliations/{made.Id}")).Must(200).Text);
        // Nothing of other marketplaces, whose payments are on the same statement.
        Assert.DoesNotContain(await api.AllAsync($"/v1/reconciliations/{made.Id}/lines"), line => line.Text("payment_id") is { } other && other != payment.Id && other.StartsWith("pay_", StringComparison.Ordinal) && line.Text("result") == "matched");

        var file = await system.DownloadAsync(provider, from, to, payment.Id);
        var uploaded = (await api.UploadAsync(provider, from, to, file)).Must(201);
        Assert.Equal((2, 2), (uploaded.At("counts.lines").GetInt32(), uploaded.At("counts.matched").GetInt32()));
        Assert.Empty(await api.DifferencesAsync(uploaded.Id));
    }

    [Fact]
    public async Task Disputes_are_on_the_statement_with_what_came_back()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var (payment, reference) = await system.DisputedAsync(api);
        (await system.NotifyDisputeAsync(reference)).Must(200);
        await system.DecideAsync(reference, "winning_evidence");
        (await system.NotifyDisputeAsync(reference)).Must(200);
        var dispute = await api.DisputeAsync(payment.Id);
        var to = Now;

        var fetched = (await api.FetchAsync("card", from, to)).Must(201);
        var uploaded = (await api.UploadAsync("card", from, to, await system.DownloadAsync("card", from, to, payment.Id))).Must(201);

        foreach (var made in new[] { fetched, uploaded })
        {
            var mine = (await api.AllAsync($"/v1/reconciliations/{made.Id}/lines")).Where(line => line.Text("payment_id") == payment.Id);
            Assert.Equal(
                [("matched", "payment", payment.Id), ("matched", "dispute", dispute.Id), ("matched", "dispute_reversal", dispute.Id)],
                mine.Select(line => (line.Text("result"), line.Text("type"), line.Text("object_id"))));
        }
    }

    [Fact]
    public async Task A_dispute_that_no_notification_told_of_is_found()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var (payment, reference) = await system.DisputedAsync(api);
        var to = Now;

        var made = (await api.FetchAsync("card", from, to)).Must(201);

        var found = Assert.Single(await api.AllAsync($"/v1/reconciliations/{made.Id}/differences"), one => one.Text("provider_reference") == reference);
        Assert.Equal(("missing_here", "dispute", payment.Id), (found.Text("kind"), found.Text("type"), found.Text("payment_id")));
    }

    [Fact]
    public async Task Every_kind_of_difference_is_found_down_to_one_minor_unit_and_only_once()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var amount = await system.PaidAsync(api);
        var currency = await system.PaidAsync(api);
        var gone = await system.PaidAsync(api);
        var refunded = await system.PaidAsync(api);
        var refund = (await api.RefundAsync(refunded.Id, 5_000)).Must(201);
        var (disputed, reference) = await system.DisputedAsync(api);
        (await system.NotifyDisputeAsync(reference)).Must(200);
        var dispute = await api.DisputeAsync(disputed.Id);
        var late = await system.PaidAsync(api);
        await system.Database.ExecuteAsync("update payments set settlement_status = 'pending', settled_at = null, created_at = now() - interval '2 hours' where id = $1", Database.Uuid(late.Id));
        var twice = await system.PaidAsync(api);
        var to = Now;
        var file = await system.DownloadAsync("card", from, to, amount.Id, currency.Id, gone.Id, refunded.Id, disputed.Id, late.Id, twice.Id);
        Assert.Equal(9, file.Count);

        string Of(string type, string id) => file.Single(line => line.StartsWith(type + ",", StringComparison.Ordinal) && line.Contains(id, StringComparison.Ordinal));
        void Change(string line, string field, string value) => file[file.IndexOf(line)] = line.Replace(field, value, StringComparison.Ordinal);
        string Amount(string line) => line.Split(',')[5];
        var changed = Of("payment", amount.Id);
        Change(changed, $",{Amount(changed)},", $",{long.Parse(Amount(changed), CultureInfo.InvariantCulture) + 1},");
        Change(Of("payment", currency.Id), ",USD,", ",EUR,");
        file.Remove(Of("payment", gone.Id));
        var less = Of("refund", refunded.Id);
        Change(less, $",{Amount(less)},", $",{long.Parse(Amount(less), CultureInfo.InvariantCulture) - 1},");
        file.Remove(Of("dispute", disputed.Id));
        var again = Of("payment", twice.Id);
        file.Add(again.Replace(again.Split(',')[1], "pi_second_execution", StringComparison.Ordinal));
        file.Add($"payment,pi_unknown,pay_00000000000000000000000001-1,,USD,4711,{from.Text()}");
        string[] expected =
        [
            $"amount_differs payment {amount.Id}", $"amount_differs refund {refund.Id}", $"currency_differs payment {currency.Id}", "missing_here payment pi_second_execution", "missing_here payment pi_unknown",
            $"missing_there dispute {dispute.Id}", $"missing_there payment {gone.Id}", $"settled_late settlement {late.Id}",
        ];

        var made = (await api.UploadAsync("card", from, to, file)).Must(201);

        Assert.Equal(expected.Order(StringComparer.Ordinal), await api.DifferencesAsync(made.Id));
        var counts = new[] { "lines", "matched", "missing_here", "missing_there", "amount_differs", "currency_differs", "settled_late" }.Select(name => made.At("counts." + name).GetInt32());
        Assert.Equal([9, 4, 2, 2, 2, 1, 1], counts);
        var differences = await api.AllAsync($"/v1/reconciliations/{made.Id}/differences");
        Assert.All(differences, one => Assert.Equal(("open", 64), (one.Text("state"), Math.Min(64, one.Text("owner_action")!.Length))));
        Assert.Contains("twice", differences.Single(one => one.Text("provider_reference") == "pi_second_execution").Text("owner_action"), StringComparison.Ordinal);
        var events = await EventsAsync(api);
        Assert.Equal(8, events.Count);
        Assert.Equal(differences.Select(one => one.Text("id")).Order(), events.Select(one => one.Text("id")).Order());

        // The same again, in another order, by another way: the same reconciliation, and nothing new.
        var before = await system.Database.RowsAsync("select count(*), sum(version) from reconciliation_differences");
        var rerun = (await api.UploadAsync("card", from, to, Enumerable.Reverse(file))).Must(201);
        Assert.Equal((made.Id, true), (rerun.Id, rerun.Replayed));
        // Another statement that shows the same: a new reconciliation, the same differences, no second event.
        var next = (await api.UploadAsync("card", from, to.AddSeconds(-0.5), file)).Must(201);
        Assert.NotEqual(made.Id, next.Id);
        Assert.Equal(
            differences.Select(one => one.Text("id")).Order(), (await api.AllAsync($"/v1/reconciliations/{next.Id}/differences")).Select(one => one.Text("id")).Order());
        Assert.Equal(8, (await EventsAsync(api)).Count);
        Assert.Equal(before, await system.Database.RowsAsync("select count(*), sum(version) from reconciliation_differences"));
        Assert.Empty((await api.GetAsync("/v1/ledger/proof")).Broken());
    }

    [Fact]
    public async Task Twenty_imports_of_one_statement_at_once_make_one_reconciliation()
    {
        var tenant = await system.NewMarketplaceAsync();
        var to = Now;
        string[] file = [$"payment,pi_x,,,USD,1,{from.Text()}", $"payment,pi_y,,,USD,2,{from.Text()}"];

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => tenant.Test.UploadAsync("card", from, to, file)));

        Assert.Single(answers.Select(answer => answer.Must(201).Id).Distinct());
        Assert.Equal(["1 2 2"], await system.Database.RowsAsync(
            "select (select count(*) from reconciliations where marketplace_id = $1), (select count(*) from reconciliation_differences where marketplace_id = $1), (select count(*) from events where marketplace_id = $1 and type = 'reconciliation.difference_found')",
            tenant.Id));
    }

    [Fact]
    public async Task A_movement_that_an_earlier_statement_had_is_not_missing_from_the_next()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var payment = await system.PaidAsync(api);
        var to = Now;
        var file = await system.DownloadAsync("card", from, to, payment.Id);
        (await api.UploadAsync("card", from, to, file)).Must(201);

        var next = (await api.UploadAsync("card", from.AddSeconds(1), to, [])).Must(201);

        Assert.Empty(await api.DifferencesAsync(next.Id));
    }

    [Fact]
    public async Task What_the_provider_took_of_a_payment_that_failed_here_says_so()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        (await api.LinkAsync(buyer, "card", ("payment_method", "pm_card_chargeCustomerFail"))).Must(201);
        var failed = (await api.PayAsync((await api.QuoteAsync(buyer, "card", "USD")).Must(201).Id)).Must(201);
        Assert.Equal("failed", failed["status"]);

        var made = (await api.UploadAsync("card", from, Now, [$"payment,pi_ghost,{failed.Id}-1,{failed.Id},USD,186121,{from.Text()}"])).Must(201);

        var difference = Assert.Single(await api.AllAsync($"/v1/reconciliations/{made.Id}/differences"));
        Assert.Contains("failed", difference.Text("owner_action"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_difference_is_acknowledged_and_resolved_by_name_with_a_note_and_each_word_is_kept()
    {
        var tenant = await system.NewMarketplaceAsync();
        var api = tenant.Test;
        var made = (await api.UploadAsync("card", from, Now, [$"payment,pi_stray,,,USD,1,{from.Text()}"])).Must(201);
        var difference = (await api.GetAsync($"/v1/reconciliations/{made.Id}/differences"))["data.0.id"];
        var path = $"/v1/reconciliations/{made.Id}/differences/{difference}";
        static JsonObject Say(string state, string by, string note) => new() { ["state"] = state, ["by"] = by, ["note"] = note };

        (await api.PostAsync(path + "/resolve", Say("resolved", "mei", "Asked."), null)).Must(400, "idempotency_key_missing");
        Assert.Equal(["state"], (await api.PostAsync(path + "/resolve", Say("open", "mei", "x"))).Must(400, "validation_failed").Fields());
        Assert.Equal(["by", "note"], (await api.PostAsync(path + "/resolve", Say("resolved", " ", new string('n', 1_001)))).Must(400, "validation_failed").Fields());
        var key = ApiClient.NewKey();
        var first = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => api.PostAsync(path + "/resolve", Say("acknowledged", "mei", "Asked the acquirer."), key)));
        Assert.All(first, answer => Assert.Equal((200, "acknowledged", "mei"), (answer.Status, answer["state"], answer["resolution.by"])));
        (await api.PostAsync(path + "/resolve", Say("resolved", "mei", "Asked the acquirer."), key)).Must(422, "idempotency_key_reused");
        var resolved = (await api.PostAsync(path + "/resolve", Say("resolved", "ann", "A top-up."))).Must(200);
        Assert.Equal(resolved.Text, (await api.GetAsync(path)).Must(200).Text);
        (await api.PostAsync(path + "/resolve", Say("acknowledged", "mei", "x"))).Must(409, "difference_resolved");

        Assert.Equal(
            ["2 acknowledged mei Asked the acquirer.", "3 resolved ann A top-up."],
            await system.Database.RowsAsync("select version, state, state_by, state_note from reconciliation_difference_changes where difference_id = $1 order by version", Database.Uuid(difference)));
        Assert.Equal([difference], (await api.AllAsync($"/v1/reconciliations/{made.Id}/differences?state=resolved")).Select(one => one.Text("id")));
        Assert.Empty(await api.AllAsync($"/v1/reconciliations/{made.Id}/differences?state=open"));
        foreach (var stranger in new[] { tenant.Live, (await system.NewMarketplaceAsync()).Test })
        {
            (await stranger.GetAsync(path)).Must(404, "not_found");
            (await stranger.PostAsync(path + "/resolve", Say("resolved", "eve", "x"))).Must(404, "not_found");
            (await stranger.GetAsync($"/v1/reconciliations/{made.Id}")).Must(404, "not_found");
            (await stranger.GetAsync($"/v1/reconciliations/{made.Id}/lines")).Must(404, "not_found");
            (await stranger.GetAsync($"/v1/reconciliations/{made.Id}/differences")).Must(404, "not_found");
        }
    }

    [Fact]
    public async Task A_key_is_honoured_and_a_provider_without_statements_is_refused()
    {
        var tenant = await system.NewMarketplaceAsync();
        var to = Now;
        var key = ApiClient.NewKey();
        var made = (await tenant.Test.FetchAsync("worldfirst", from, to, key)).Must(201);
        var again = (await tenant.Test.FetchAsync("worldfirst", from, to, key)).Must(201);
        Assert.Equal((made.Id, true), (again.Id, again.Replayed));
        (await tenant.Test.FetchAsync("alipay", from, to, key)).Must(422, "idempotency_key_reused");
        (await tenant.Live.FetchAsync("card", from, to)).Must(503, "provider_not_configured");
        (await tenant.Test.FetchAsync("marketplace_1688", from, to)).Must(400, "validation_failed");
        Assert.Equal([made.Id], (await tenant.Test.AllAsync("/v1/reconciliations?provider=worldfirst")).Select(one => one.Text("id")));
        (await tenant.Test.GetAsync("/v1/reconciliations?provider=x")).Must(400, "validation_failed");
        (await tenant.Test.GetAsync($"/v1/reconciliations/{made.Id}/lines?result=x&limit=0&cursor=y")).Must(400, "validation_failed");
    }

    private static async Task<IReadOnlyList<System.Text.Json.JsonElement>> EventsAsync(ApiClient api) =>
        [.. (await api.AllAsync("/v1/events?type=reconciliation.difference_found")).Select(one => one.GetProperty("data").GetProperty("object"))];
}
