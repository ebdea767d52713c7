using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Providers;
using Stripe;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Refunds;

/// <summary>Refunds whose outcome is late, lost, or another than was asked for: payments at the sandbox, refunds at an acquirer that a test scripts.</summary>
public sealed class UncertainRefundTests(TestSystem system)
{
    [Fact]
    public async Task A_refund_that_the_bank_decides_later_is_pending_and_then_succeeds()
    {
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync());
        (await system.Api.LinkAsync(buyer, "card", ("payment_method", "pm_card_pendingRefund"))).Must(201);
        var payment = await system.Api.PaidByAsync(buyer, "card", "USD", 12_345_67);

        var refund = (await system.Api.RefundAsync(payment.Id)).Must(201);
        Assert.Equal("pending", refund["status"]);
        Assert.Equal(0, (await system.Api.GetAsync($"/v1/payments/{payment.Id}")).Value("amount_refunded"));
        // What is pending holds its part.
        (await system.Api.RefundAsync(payment.Id, 1)).Must(422, "refund_amount_too_large");

        await system.Api.UntilAsync(refund.Id, "succeeded");
        Assert.Equal(12_345_67, (await system.Api.GetAsync($"/v1/payments/{payment.Id}")).Value("amount_refunded"));
        Assert.Empty(await system.Database.NetAsync(payment.Id));
        Assert.Equal(2, (await system.Sandbox.ExecutionsAsync(payment.Id)).Count);
    }

    [Fact]
    public async Task A_request_that_never_arrived_is_sent_again_under_the_same_id_by_whoever_finds_it()
    {
        await using var acquirer = await ScriptedProvider.StartAsync();
        acquirer.AnswerPlain(500, "{}");
        await using var other = await OtherApiAsync(acquirer, TimeProvider.System, "--Refunds:Resolver:FirstDelay=00:00:00.1");
        var api = other.Client;
        var payment = await system.PaidAsync(system.Api);

        var refund = (await api.RefundAsync(payment.Id, 5_000)).Must(201);
        Assert.Equal("pending", refund["status"]);
        var asked = acquirer.Requests.Where(request => request.Path == "/v1/refunds").ToList();
        Assert.NotEmpty(asked);
        Assert.All(asked, request => Assert.Equal(refund.Id, request.Headers["Idempotency-Key"]));

        // The instance that made it does not look again; another one does, and reaches the acquirer.
        await system.Api.UntilAsync(refund.Id, "succeeded");
        Assert.Equal(["refund"], (await system.Sandbox.ExecutionsAsync(payment.Id)).Skip(1).Select(one => one.Split(' ')[0]));
        Assert.Equal(["payment", "refund"], await system.Database.KindsAsync(payment.Id));
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_asked_for_and_nothing_is_given_back_twice()
    {
        await using var acquirer = await ScriptedProvider.StartAsync();
        acquirer.Answer = async context =>
        {
            await ForwardAsync(acquirer.Requests.Last());
            context.Abort();
        };
        // Three instances may find it: the two here at once, and the tests' own.
        string[] eager = ["--Refunds:Resolver:Interval=00:00:00.1", "--Refunds:Resolver:FirstDelay=00:00:00.1"];
        await using var other = await OtherApiAsync(acquirer, TimeProvider.System, eager);
        var api = other.Client;
        await using var third = await system.StartOtherAsync(TimeProvider.System, eager);
        var payment = await system.PaidAsync(system.Api);

        var refund = (await api.RefundAsync(payment.Id, 5_000)).Must(201);

        await system.Api.UntilAsync(refund.Id, "succeeded");
        Assert.Single((await system.Sandbox.ExecutionsAsync(payment.Id)).Skip(1));
        Assert.Equal(["payment", "refund"], await system.Database.KindsAsync(payment.Id));
        Assert.Equal(["refund.created", "refund.succeeded"], await system.Database.EventsAsync(refund.Id));
        Assert.Equal(5_000, (await system.Api.GetAsync($"/v1/payments/{payment.Id}")).Value("amount_refunded"));
    }

    [Fact]
    public async Task A_refusal_fails_the_refund_and_frees_its_amount()
    {
        await using var acquirer = await ScriptedProvider.StartAsync();
        acquirer.AnswerPlain(402, """{"error":{"type":"card_error","code":"card_declined","message":"no"}}""");
        await using var other = await OtherApiAsync(acquirer, TimeProvider.System);
        var api = other.Client;
        var payment = await system.PaidAsync(system.Api);

        var refund = (await api.RefundAsync(payment.Id)).Must(201);

        Assert.Equal(("failed", "card_declined"), (refund["status"], refund["failure.code"]));
        Assert.Equal(["refund.created", "refund.failed"], await system.Database.EventsAsync(refund.Id));
        Assert.Equal(["payment"], await system.Database.KindsAsync(payment.Id));
        var second = (await system.Api.RefundAsync(payment.Id)).Must(201);
        Assert.Equal(("succeeded", payment.Amount("source_amount")), (second["status"], second.Amount("source_amount")));
    }

    [Fact]
    public async Task A_refund_that_the_bank_sends_back_is_taken_out_of_the_books_and_can_be_made_again()
    {
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync());
        (await system.Api.LinkAsync(buyer, "card", ("payment_method", "pm_card_refundFail"))).Must(201);
        var payment = await system.Api.PaidByAsync(buyer, "card", "USD", 12_345_67);
        var paid = await system.Database.NetAsync(payment.Id);
        var refund = (await system.Api.RefundAsync(payment.Id)).Must(201);
        Assert.Equal("succeeded", refund["status"]);

        // The sandbox's bank takes some seconds; then the acquirer tells us.
        await Task.Delay(TimeSpan.FromSeconds(6), TestContext.Current.CancellationToken);
        await NotifyAsync(refund.Id, payment.Id);

        var failed = (await system.Api.GetAsync($"/v1/refunds/{refund.Id}")).Must(200);
        Assert.Equal(("failed", "provider_refused"), (failed["status"], failed["failure.code"]));
        Assert.Equal(paid, await system.Database.NetAsync(payment.Id));
        Assert.Equal(["payment", "refund", "refund_reversal"], await system.Database.KindsAsync(payment.Id));
        Assert.Equal(0, (await system.Api.GetAsync($"/v1/payments/{payment.Id}")).Value("amount_refunded"));
        Assert.Equal("succeeded", (await system.Api.RefundAsync(payment.Id)).Must(201)["status"]);
    }

    [Fact]
    public async Task A_failed_refund_that_the_provider_reports_as_given_back_is_reviewed_and_counts_once_the_provider_stands_by_it()
    {
        await using var acquirer = await ScriptedProvider.StartAsync();
        acquirer.AnswerPlain(402, """{"error":{"type":"card_error","code":"card_declined","message":"no"}}""");
        await using var other = await OtherApiAsync(acquirer, TimeProvider.System);
        var api = other.Client;
        var payment = await system.PaidAsync(system.Api);
        var refund = (await api.RefundAsync(payment.Id)).Must(201);
        Assert.Equal("failed", refund["status"]);

        ListRefund(acquirer, refund.Id, 186_121);
        await NotifyAsync(refund.Id, payment.Id, api);

        Assert.Equal(("under_review", "provider_contradicts"), await StateAsync(api, refund.Id));
        Assert.Contains("suspense USD 186121", await system.Database.NetAsync(payment.Id));
        // It may have moved: its part is held.
        (await api.RefundAsync(payment.Id, 1)).Must(422, "refund_amount_too_large");

        await NotifyAsync(refund.Id, payment.Id, api);

        Assert.Equal("succeeded", (await api.GetAsync($"/v1/refunds/{refund.Id}"))["status"]);
        Assert.Empty(await system.Database.NetAsync(payment.Id));
        Assert.Equal(12_345_67, (await api.GetAsync($"/v1/payments/{payment.Id}")).Value("amount_refunded"));
        Assert.Equal(["refund.created", "refund.failed", "refund.under_review", "refund.succeeded"], await system.Database.EventsAsync(refund.Id));
    }

    [Fact]
    public async Task Money_given_back_twice_stays_in_suspense_and_is_never_counted_above_what_was_paid()
    {
        await using var acquirer = await ScriptedProvider.StartAsync();
        acquirer.AnswerPlain(402, """{"error":{"type":"card_error","code":"card_declined","message":"no"}}""");
        await using var other = await OtherApiAsync(acquirer, TimeProvider.System);
        var api = other.Client;
        var payment = await system.PaidAsync(system.Api);
        var refund = (await api.RefundAsync(payment.Id)).Must(201);
        // The merchant does it again, and this time it succeeds; then the acquirer says that the first one did, too.
        Assert.Equal("succeeded", (await system.Api.RefundAsync(payment.Id)).Must(201)["status"]);
        ListRefund(acquirer, refund.Id, 186_121);

        for (var i = 0; i < 3; i++) await NotifyAsync(refund.Id, payment.Id, api);

        Assert.Equal(("under_review", "provider_contradicts"), await StateAsync(api, refund.Id));
        Assert.Equal(["buyer_funds USD -186121", "suspense USD 186121"], await system.Database.NetAsync(payment.Id));
        Assert.Equal(12_345_67, (await api.GetAsync($"/v1/payments/{payment.Id}")).Value("amount_refunded"));
        (await api.RefundAsync(payment.Id)).Must(422, "refund_amount_too_large");
        Assert.True((await api.MovedAsync(refund.Id, "USD", 186_121)).Must(422, "refund_amount_too_large").IsProblem);
        Assert.Equal("failed", (await api.NotMovedAsync(refund.Id)).Must(200)["status"]);
        Assert.Empty(await system.Database.NetAsync(payment.Id));

        // It contradicts itself once more: what moved is booked once more.
        await NotifyAsync(refund.Id, payment.Id, api);
        Assert.Equal(["buyer_funds USD -186121", "suspense USD 186121"], await system.Database.NetAsync(payment.Id));
    }

    [Fact]
    public async Task Another_amount_waits_in_suspense_until_an_operator_knows_that_it_was_the_right_one()
    {
        await using var acquirer = await ScriptedProvider.StartAsync();
        AnswerRefunds(acquirer, amount => amount - 1);
        await using var other = await OtherApiAsync(acquirer, TimeProvider.System);
        var api = other.Client;
        var payment = await system.PaidAsync(system.Api);
        var refund = (await api.RefundAsync(payment.Id)).Must(201);
        Assert.Equal(("under_review", "amount_differs"), (refund["status"], refund["failure.code"]));
        Assert.Contains("suspense USD 186120", await system.Database.NetAsync(payment.Id));
        Assert.Equal(0, (await api.GetAsync($"/v1/payments/{payment.Id}")).Value("amount_refunded"));
        (await api.RefundAsync(payment.Id, 1)).Must(422, "refund_amount_too_large");

        (await api.MovedAsync(refund.Id, "USD", 186_120)).Must(422, "amount_differs");
        var key = ApiClient.NewKey();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => api.MovedAsync(refund.Id, "USD", 186_121, key)));

        Assert.All(answers, answer => Assert.Equal((200, "succeeded", "null"), (answer.Status, answer["status"], answer["failure"])));
        Assert.Equal(["payment", "refund", "suspense", "suspense_reversal"], (await system.Database.KindsAsync(payment.Id)).Order());
        Assert.Empty(await system.Database.NetAsync(payment.Id));
        Assert.Equal(["refund.created", "refund.under_review", "refund.succeeded"], await system.Database.EventsAsync(refund.Id));
        Assert.Equal(12_345_67, (await api.GetAsync($"/v1/payments/{payment.Id}")).Value("amount_refunded"));
        (await api.MovedAsync(refund.Id, "USD", 186_121)).Must(409, "refund_not_under_review");
    }

    [Fact]
    public async Task A_review_that_finds_nothing_moved_frees_the_amount_and_clears_the_suspense()
    {
        await using var acquirer = await ScriptedProvider.StartAsync();
        AnswerRefunds(acquirer, amount => amount + 1);
        await using var other = await OtherApiAsync(acquirer, TimeProvider.System);
        var api = other.Client;
        var payment = await system.PaidAsync(system.Api);
        var before = await system.Database.NetAsync(payment.Id);
        var refund = (await api.RefundAsync(payment.Id, 5_000)).Must(201);
        Assert.Equal("under_review", refund["status"]);

        var resolved = (await api.NotMovedAsync(refund.Id)).Must(200);

        Assert.Equal(("failed", "not_moved"), (resolved["status"], resolved["failure.code"]));
        Assert.Equal(before, await system.Database.NetAsync(payment.Id));
        Assert.Equal(payment.Amount("source_amount"), (await system.Api.RefundAsync(payment.Id)).Must(201).Amount("source_amount"));
    }

    [Fact]
    public async Task What_nobody_can_tell_for_too_long_goes_to_a_person()
    {
        await using var acquirer = await ScriptedProvider.StartAsync();
        acquirer.AnswerPlain(500, "{}");
        // Asked after in an hour, which comes by this clock alone: nobody else finds it due.
        var clock = new SettableClock(DateTimeOffset.UtcNow);
        await using var other = await OtherApiAsync(acquirer, clock, "--Refunds:Resolver:Interval=00:00:00.1", "--Refunds:Resolver:FirstDelay=01:00:00", "--Refunds:Resolver:GiveUpAfter=02:00:00");
        var api = other.Client;
        var payment = await system.PaidAsync(system.Api);
        var refund = (await api.RefundAsync(payment.Id, 5_000)).Must(201);
        Assert.Equal("pending", refund["status"]);

        clock.Now += TimeSpan.FromHours(2) + TimeSpan.FromSeconds(1);

        Assert.Equal("outcome_unknown", (await api.UntilAsync(refund.Id, "under_review"))["failure.code"]);
        Assert.Equal("failed", (await api.NotMovedAsync(refund.Id)).Must(200)["status"]);
    }

    [Fact]
    public async Task A_method_whose_provider_is_not_configured_is_refused_and_leaves_the_key_free()
    {
        var live = await system.NewMarketplaceAsync();
        var payment = await system.PaidAsync(live.Test);
        await system.Database.ExecuteAsync("update payments set mode = 'live' where id = $1", Database.Uuid(payment.Id));
        await system.Database.ExecuteAsync("update quotes set mode = 'live' where payment_id = $1", Database.Uuid(payment.Id));
        await system.Database.ExecuteAsync("update attempts set mode = 'live' where payment_id = $1", Database.Uuid(payment.Id));
        await system.Database.ExecuteAsync("update linked_accounts set mode = 'live' where buyer_id = $1", Database.Uuid(payment["buyer_id"]));

        (await live.Live.RefundAsync(payment.Id)).Must(503, "provider_not_configured");

        Assert.Equal(["0"], await system.Database.RowsAsync("select count(*) from refunds where payment_id = $1", Database.Uuid(payment.Id)));
    }

    /// <summary>An instance whose acquirer the test scripts, and which looks for refunds that are due only where it is told to.</summary>
    private Task<OtherApi> OtherApiAsync(ScriptedProvider acquirer, TimeProvider clock, params string[] settings) =>
        system.StartOtherAsync(clock, [$"--Providers:Test:Card:BaseUrl={acquirer.Url}", .. settings]);

    /// <summary>As the acquirer would say that the refund has changed.</summary>
    private async Task NotifyAsync(string refund, string payment, ApiClient? instance = null)
    {
        var body = new JsonObject
        {
            ["id"] = "evt_1",
            ["object"] = "event",
            ["type"] = "refund.failed",
            ["data"] = new JsonObject
            {
                ["object"] = new JsonObject
                {
                    ["id"] = "re_1",
                    ["object"] = "refund",
                    ["metadata"] = new JsonObject { ["refund_id"] = refund, ["payment_id"] = payment, ["request_id"] = refund },
                },
            },
        }.ToJsonString();
        var signature = EventUtility.GenerateSignatureHeader(body, system.CardWebhookSecret, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        (await (instance ?? system.ClientWith(null)).SendAsync(
            HttpMethod.Post, "/v1/provider-notifications/card", ApiClient.Json(Encoding.UTF8.GetBytes(body)), null, request => request.Headers.Add("Stripe-Signature", signature))).Must(200);
    }

    private static async Task<(string, string)> StateAsync(ApiClient api, string refund)
    {
        var now = (await api.GetAsync($"/v1/refunds/{refund}")).Must(200);
        return (now["status"], now["failure.code"]);
    }

    /// <summary>The acquirer lists one refund of whatever payment it is asked for, as given back.</summary>
    private static void ListRefund(ScriptedProvider acquirer, string refund, long amount)
    {
        var given = new JsonObject
        {
            ["id"] = "re_scripted",
            ["object"] = "refund",
            ["amount"] = amount,
            ["currency"] = "usd",
            ["metadata"] = new JsonObject { ["request_id"] = refund },
            ["status"] = "succeeded",
        };
        acquirer.Answer = context =>
        {
            context.Response.ContentType = "application/json";
            // Asked for by the payment at first, and by its own id once that is known.
            if (context.Request.Query.TryGetValue("payment_intent", out var intent)) given["payment_intent"] = intent.ToString();
            var one = context.Request.Path.Value!.EndsWith("re_scripted", StringComparison.Ordinal);
            var answer = one ? given.DeepClone() : new JsonObject { ["object"] = "list", ["url"] = "/v1/refunds", ["has_more"] = false, ["data"] = new JsonArray(given.DeepClone()) };
            return context.Response.WriteAsync(answer.ToJsonString());
        };
    }

    private async Task ForwardAsync(ScriptedProvider.Received request)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var forwarded = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(system.Sandbox.Root, request.Path));
        if (request.Body.Length > 0) forwarded.Content = new StringContent(request.Body, MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded"));
        foreach (var name in new[] { "Authorization", "Idempotency-Key", "Stripe-Version" })
            if (request.Headers.TryGetValue(name, out var value)) forwarded.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(forwarded);
    }

    /// <summary>An acquirer that gives back another amount than it is asked for.</summary>
    private static void AnswerRefunds(ScriptedProvider acquirer, Func<long, long> amount) => acquirer.Answer = context =>
    {
        var form = QueryHelpers.ParseQuery(acquirer.Requests.Last().Body);
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(new JsonObject
        {
            ["id"] = "re_scripted",
            ["object"] = "refund",
            ["amount"] = amount(long.Parse(form["amount"]!, CultureInfo.InvariantCulture)),
            ["currency"] = "usd",
            ["payment_intent"] = form["payment_intent"].ToString(),
            ["metadata"] = new JsonObject { ["request_id"] = form["metadata[request_id]"].ToString() },
            ["status"] = "succeeded",
        }.ToJsonString());
    };
}
