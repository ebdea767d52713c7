using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Refunds;
using PaymentOrchestrator.Api.Tests.Disputes;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Reconciliations;
using PaymentOrchestrator.Api.Tests.Refunds;
using PaymentOrchestrator.Api.Webhooks;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Events;

/// <summary>What the contract promises of events, and what is really written.</summary>
public sealed class EventContractTests(TestSystem system)
{
    private ApiClient Api => system.Api;

    [Fact]
    public async Task The_document_and_the_catalogue_have_the_same_types()
    {
        var documented = Entries(await SchemaCheck.OfDocumentAsync()).Select(entry => entry.Key).ToList();
        Assert.Equal(EventTypes.All.Append(EventTypes.Test).Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
        Assert.Equal(documented.Order(StringComparer.Ordinal), EventCatalogue.All.Select(description => description.Type).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_webhook_has_an_operation_id_three_headers_a_named_schema_and_an_example_that_fits_it()
    {
        var schemas = await SchemaCheck.OfDocumentAsync();
        var ids = new HashSet<string>();
        foreach (var (type, entry) in Entries(schemas))
        {
            var operation = entry!["post"]!;
            Assert.True(ids.Add(operation["operationId"]!.GetValue<string>()), type);
            Assert.NotEmpty(operation["summary"]!.GetValue<string>());
            Assert.Equal(["webhook-id", "webhook-timestamp", "webhook-signature"], operation["parameters"]!.AsArray().Select(header => header!["name"]!.GetValue<string>()));
            Assert.All(operation["parameters"]!.AsArray(), header => Assert.Equal("header", header!["in"]!.GetValue<string>()));
            var example = operation["requestBody"]!["content"]!["application/json"]!["example"]!;
            Assert.Equal(type, example["type"]!.GetValue<string>());
            Assert.Empty(schemas.Faults(example, SchemaOf(operation)));
        }

        // The check finds what is wrong, or it would prove nothing.
        var payment = Entries(schemas)["payment.succeeded"]!["post"]!["requestBody"]!["content"]!["application/json"]!["example"]!;
        Assert.All(
            new Action<JsonObject>[]
            {
                spoilt => spoilt.Remove("livemode"), spoilt => spoilt["more"] = 1, spoilt => spoilt["type"] = "refund.created", spoilt => spoilt["object_version"] = "1",
                spoilt => spoilt["data"]!["object"]!["total"]!["value"] = 1.5, spoilt => spoilt["data"]!["object"]!["id"] = "pay_1", spoilt => spoilt["created_at"] = "yesterday",
                spoilt => spoilt["data"]!["object"]!["metadata"]!["basket"] = 7, spoilt => spoilt["data"]!["object"] = null,
            },
            spoil =>
            {
                var spoilt = payment.DeepClone().AsObject();
                spoil(spoilt);
                Assert.NotEmpty(schemas.Faults(spoilt, "PaymentEvent"));
            });
    }

    [Fact]
    public async Task Every_type_is_really_written_with_the_object_as_it_then_was_and_versions_without_gaps()
    {
        await using var other = await system.StartOtherAsync(TimeProvider.System);
        var story = new Story(Api, await SchemaCheck.OfDocumentAsync());

        // A payment that waits for its buyer, then is canceled.
        var (buyer, waiting) = await WaitingAsync();
        (await Api.PostAsync($"/v1/payments/{waiting.Id}/cancel", new JsonObject())).Must(200);
        await story.TellsAsync(waiting["quote_id"], "quote.consumed 2 consumed");
        await story.TellsAsync(waiting.Id, "payment.created 1 processing", "payment.requires_action 2 requires_action", "payment.canceled 3 canceled");

        // One at which the provider is at work, then says that it took another amount, which an operator finds to be a mistake.
        (_, waiting) = await WaitingAsync();
        await SayAsync(other, waiting.Id, new DebitOutcome.Pending("pi_1", null) { BuyerHasActed = true });
        await SayAsync(other, waiting.Id, new DebitOutcome.Succeeded("pi_1", new Money(Currency.Parse("USD"), waiting.Value("total") - 1), null));
        (await Api.PostAsync(
            $"/v1/payments/{waiting.Id}/resolve",
            new JsonObject { ["outcome"] = "moved", ["provider_reference"] = "pi_1", ["amount"] = RefundSteps.Money("USD", waiting.Value("total")) })).Must(200);
        await story.TellsAsync(
            waiting.Id, "payment.created 1 processing", "payment.requires_action 2 requires_action", "payment.processing 3 processing", "payment.under_review 4 under_review",
            "payment.succeeded 5 succeeded");
        await story.BooksAsync(waiting.Id, "payment", "suspense", "suspense_reversal");

        // One that is refused.
        buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        (await Api.LinkAsync(buyer, "card", ("payment_method", "pm_card_chargeCustomerFail"))).Must(201);
        var failed = (await Api.PayAsync((await Api.QuoteAsync(buyer, "card", "USD")).Must(201).Id)).Must(201);
        await story.TellsAsync(failed.Id, "payment.created 1 processing", "payment.failed 2 failed");

        // One that succeeds, is refunded in parts with every outcome, and is settled.
        buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        (await Api.LinkAsync(buyer, "card", ("payment_method", "pm_card_pendingRefund"))).Must(201);
        var payment = await Api.PaidByAsync(buyer, "card", "USD", 12_345_67);
        var refused = (await Api.RefundAsync(payment.Id, 1_000)).Must(201);
        await SayAsync(other, refused.Id, _ => new RefundOutcome.Refused("card_declined", "no"));
        var doubtful = (await Api.RefundAsync(payment.Id, 2_000)).Must(201);
        await SayAsync(other, doubtful.Id, refund => new RefundOutcome.Succeeded("re_1", new Money(refund.Parts.Source.Currency, 1)));
        (await Api.NotMovedAsync(doubtful.Id)).Must(200);
        var given = (await Api.RefundAsync(payment.Id, 3_000)).Must(201);
        await SayAsync(other, given.Id, refund => new RefundOutcome.Succeeded("re_2", refund.Parts.Returned));
        var open = (await other.App.Services.GetRequiredService<OpenPaymentStore>().FindAsync(Id<PaymentResource>.Parse(payment.Id, null), TestContext.Current.CancellationToken))!;
        await other.App.Services.GetRequiredService<PaymentSettlement>().AskAsync(open);
        await story.TellsAsync(refused.Id, "refund.created 1 pending", "refund.failed 2 failed");
        await story.TellsAsync(doubtful.Id, "refund.created 1 pending", "refund.under_review 2 under_review", "refund.failed 3 failed");
        await story.TellsAsync(given.Id, "refund.created 1 pending", "refund.succeeded 2 succeeded");
        // The refunds have made versions of the payment too; its events still count without gaps.
        await story.TellsAsync(payment.Id, "payment.created 1 processing", "payment.succeeded 2 succeeded", "payment.settled 3 succeeded");
        await story.BooksAsync(payment.Id, "payment", "refund", "settlement", "suspense", "suspense_reversal");

        // A bank that asks first, then disputes, then finds for the cardholder.
        var (disputed, reference) = await system.DisputedAsync(Api, DisputeSteps.Inquiry);
        (await system.NotifyDisputeAsync(reference)).Must(200);
        await system.DecideAsync(reference, "escalate_inquiry_evidence");
        (await system.NotifyDisputeAsync(reference, "charge.dispute.updated")).Must(200);
        await system.DecideAsync(reference, "losing_evidence");
        (await system.NotifyDisputeAsync(reference, "charge.dispute.closed")).Must(200);
        var dispute = await Api.DisputeAsync(disputed.Id);
        await story.TellsAsync(
            dispute.Id, "dispute.created 1 warning_needs_response", "dispute.updated 2 needs_response", "dispute.closed 3 lost");
        await story.BooksAsync(disputed.Id, "dispute_lost", "dispute_opened", "payment");

        // A statement with a line that is nowhere in the books.
        var day = new DateTimeOffset(2026, 4, 13, 0, 0, 0, TimeSpan.Zero);
        var statement = (await Api.UploadAsync("card", day, day.AddDays(1), [$"payment,{ApiClient.NewOrder()},,,USD,4711,{day.Text()}"])).Must(201);
        var difference = Assert.Single(await Api.AllAsync($"/v1/reconciliations/{statement.Id}/differences"));
        await story.TellsAsync(difference.Text("id")!, "reconciliation.difference_found 1 open");

        // Accounts: linked and unlinked, and refused.
        var linked = (await Api.LinkAsync(await Api.BuyerAsync(), "worldfirst")).Must(201);
        await system.Sandbox.DecideAsync(linked["next_action.url"]);
        (await Api.DeleteAsync($"/v1/linked-accounts/{linked.Id}")).Must(200);
        await story.TellsAsync(
            linked.Id, "linked_account.pending 1 pending", "linked_account.pending 2 pending", "linked_account.active 3 active", "linked_account.revoked 4 revoked");
        var unlinked = (await Api.LinkAsync(await Api.BuyerAsync(), "worldfirst")).Must(201);
        await system.Sandbox.DecideAsync(unlinked["next_action.url"], approve: false);
        await story.TellsAsync(unlinked.Id, "linked_account.pending 1 pending", "linked_account.pending 2 pending", "linked_account.failed 3 failed");

        Assert.Equal(EventTypes.All.Order(StringComparer.Ordinal), story.Told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Events_are_found_by_the_time_they_happened_at()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        await system.PaidAsync(api);
        var all = (await api.GetAsync("/v1/events?limit=100")).Must(200).At("data").EnumerateArray().ToList();
        var times = all.Select(one => one.GetProperty("created_at").GetString()!).Distinct().OrderDescending(StringComparer.Ordinal).ToList();
        Assert.True(times.Count >= 3);
        var middle = times[1];
        foreach (var (filter, fits) in new (string, Func<int, bool>)[] { ("gt", order => order > 0), ("gte", order => order >= 0), ("lt", order => order < 0), ("lte", order => order <= 0) })
        {
            var found = (await api.GetAsync($"/v1/events?limit=100&created_at[{filter}]={middle}")).Must(200).At("data").EnumerateArray().Select(one => one.GetProperty("id").GetString());
            Assert.Equal(all.Where(one => fits(string.CompareOrdinal(one.GetProperty("created_at").GetString(), middle))).Select(one => one.GetProperty("id").GetString()), found);
        }

        Assert.Equal(0, (await api.GetAsync("/v1/events?created_at[gt]=9999-12-31T23:59:59.999Z")).Must(200).At("data").GetArrayLength());
        Assert.Equal(0, (await api.GetAsync("/v1/events?created_at[lt]=0001-01-01T00:00:00Z")).Must(200).At("data").GetArrayLength());
        Assert.Equal(all.Count, (await api.GetAsync("/v1/events?limit=100&created_at[gte]=0001-01-01T00:00:00Z&created_at[lte]=9999-12-31T23:59:59Z")).Must(200).At("data").GetArrayLength());
        Assert.Equal(["created_at[gte]"], (await api.GetAsync("/v1/events?created_at[gte]=yesterday")).Must(400, "validation_failed").Fields());
        Assert.Equal(["created_at[lt]"], (await api.GetAsync($"/v1/events?created_at[lt]={middle}&created_at[lte]={middle}")).Must(400, "validation_failed").Fields());
    }

    private static JsonObject Entries(SchemaCheck schemas) => schemas.Document["webhooks"]!.AsObject();

    private static string SchemaOf(JsonNode operation) =>
        operation["requestBody"]!["content"]!["application/json"]!["schema"]!["$ref"]!.GetValue<string>()["#/components/schemas/".Length..];

    private async Task<(string Buyer, Answer Payment)> WaitingAsync()
    {
        var buyer = await Api.BuyerAsync();
        (await system.Sandbox.PatchAsync(buyer, [("marketplace.account", true)])).Must(200);
        var link = (await Api.LinkAsync(buyer, "card", ("payment_method", "pm_card_authenticationRequired"))).Must(201);
        Assert.Equal("active", (await system.Sandbox.DecideAsync(link["next_action.url"])).At("status"));
        var payment = (await Api.PayAsync((await Api.QuoteAsync(buyer, "card", "USD")).Must(201).Id)).Must(201);
        Assert.Equal("requires_action", payment["status"]);
        return (buyer, payment);
    }

    /// <summary>The provider's word on a payment, as its adapter would report it.</summary>
    private static async Task SayAsync(OtherApi other, string payment, DebitOutcome outcome)
    {
        var open = (await other.App.Services.GetRequiredService<OpenPaymentStore>().FindAsync(Id<PaymentResource>.Parse(payment, null), TestContext.Current.CancellationToken))!;
        await other.App.Services.GetRequiredService<PaymentChanges>().ApplyAsync(open.Payment, open.Attempt, outcome, TestContext.Current.CancellationToken);
    }

    private static async Task SayAsync(OtherApi other, string refund, Func<Refund, RefundOutcome> outcome)
    {
        var open = (await other.App.Services.GetRequiredService<OpenRefundStore>().FindAsync(Id<RefundResource>.Parse(refund, null), Mode.Test, TestContext.Current.CancellationToken))!;
        await other.App.Services.GetRequiredService<RefundChanges>().ApplyAsync(open.Refund, outcome(open.Refund), TimeProvider.System.GetUtcNow().AddHours(1));
    }

    /// <summary>Reads events as a marketplace does, and holds each against its schema.</summary>
    private sealed class Story(ApiClient api, SchemaCheck schemas)
    {
        public HashSet<string> Told { get; } = [];

        /// <summary>An object's events in their order, as type, version and the object's status then.</summary>
        public async Task TellsAsync(string objectId, params string[] expected)
        {
            var events = (await ReadAsync($"object_id={objectId}")).OrderBy(one => one["object_version"]!.GetValue<int>()).ToList();
            Assert.Equal(expected, events.Select(one => $"{one["type"]} {one["object_version"]} {one["data"]!["object"]!["status"] ?? one["data"]!["object"]!["state"]}"));
            Assert.All(events, one => Assert.Equal(objectId, one["data"]!["object"]!["id"]!.GetValue<string>()));
        }

        /// <summary>Each ledger transaction of the payment has one event, which says what the books say.</summary>
        public async Task BooksAsync(string payment, params string[] kinds)
        {
            var timeline = JsonNode.Parse((await api.GetAsync($"/v1/payments/{payment}/timeline")).Must(200).Text)!;
            var transactions = timeline["entries"]!.AsArray().Where(entry => entry!["kind"]!.GetValue<string>() == "ledger_transaction").Select(entry => entry!["ledger_transaction"]!).ToList();
            Assert.Equal(kinds, transactions.Select(transaction => transaction["kind"]!.GetValue<string>()).Order(StringComparer.Ordinal));
            foreach (var transaction in transactions)
            {
                var id = transaction["id"]!.GetValue<string>();
                var happened = Assert.Single(await ReadAsync($"object_id={id}"));
                Assert.Equal((1, "evt" + id[3..]), (happened["object_version"]!.GetValue<int>(), happened["id"]!.GetValue<string>()));
                Assert.True(JsonNode.DeepEquals(transaction, happened["data"]!["object"]), $"{transaction} / {happened}");
            }
        }

        private async Task<IReadOnlyList<JsonNode>> ReadAsync(string filter)
        {
            var events = JsonNode.Parse((await api.GetAsync($"/v1/events?limit=100&{filter}")).Must(200).Text)!["data"]!.AsArray().Select(one => one!).ToList();
            foreach (var one in events)
            {
                var type = one["type"]!.GetValue<string>();
                Told.Add(type);
                Assert.Equal("v1", one["api_version"]!.GetValue<string>());
                Assert.Empty(schemas.Faults(one, SchemaOf(Entries(schemas)[type]!["post"]!)));
            }

            return events;
        }
    }
}
