using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Tests.Disputes;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Reconciliations;
using PaymentOrchestrator.Api.Tests.Refunds;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Access;

/// <summary>Every route of the contract, walked with no key, with the wrong key, and after what belongs to someone else.</summary>
public sealed partial class RouteWalkTests(TestSystem system)
{
    // Whom these answer is settled otherwise: nobody's business, a provider's signature, a single-use state.
    private static readonly string[] Keyless = ["live", "ready", "receiveNotification", "returnFromProvider"];

    // Those that name nothing which could be someone else's: creations, lists, and exchange rates, which are everybody's. That lists hold one's own alone is tested below.
    private static readonly string[] NamesNothing =
    [
        "createBuyer", "createWebhookEndpoint", "createApiKey", "listPaymentMethods", "listExchangeRates", "listLedgerBalances", "proveLedger", "listWebhookEndpoints",
        "listApiKeys", "listAuditLog", "listPayments", "listEvents", "listLedgerEntries", "listDisputes", "createReconciliation", "listReconciliations", "publishFeeSchedule",
        "previewFeeSchedule", "listFeeSchedules", "listProviders", "getExchangeRate", "acceptExchangeRate", "rejectExchangeRate",
    ];

    // Rates serve both modes: a test key is refused whatever its scopes.
    private static readonly string[] LiveAlone = ["acceptExchangeRate", "rejectExchangeRate"];

    [Fact]
    public async Task What_is_served_is_what_is_documented()
    {
        await using var app = ApiApp.BuildForDocument();
        var served = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText != "/openapi.yaml")
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods, (endpoint, method) => $"{method} {endpoint.RoutePattern.RawText}")
            .Order(StringComparer.Ordinal).ToList();
        Assert.Equal(Contract.Operations.Select(operation => $"{operation.Method} {operation.Path}").Order(StringComparer.Ordinal), served);
        Assert.Equal(Contract.Text, await Documentation.WriteAsync(app.Services));
    }

    [Fact]
    public async Task An_endpoint_that_does_not_say_what_it_needs_stops_the_start()
    {
        await using var app = WebApplication.CreateBuilder().Build();
        app.MapGet("/fine", () => "x").Needs(Scope.Read);
        app.RequireDeclaredAccess();
        app.MapGet("/undeclared", () => "x");
        Assert.Contains("/undeclared", Assert.Throws<InvalidOperationException>(app.RequireDeclaredAccess).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_with_the_wrong_scope_and_from_a_browser_every_route_is_closed()
    {
        Assert.True(Contract.Operations.Count > 40);
        var shop = await system.NewMarketplaceAsync();
        var nobody = system.ClientWith(null);
        var publishable = system.ClientWith(await BrowserLab.PublishableKeyAsync(shop.Test));
        var session = (await shop.Test.PostAsync("/v1/buyer-sessions", new JsonObject { ["buyer_id"] = await shop.Test.BuyerAsync() })).Must(201)["client_secret"];
        var faults = new List<string>();
        foreach (var operation in Contract.Operations)
        {
            var path = Regex.Replace(operation.Path, "{[^}]+}", "x");
            if (Keyless.Contains(operation.Id))
            {
                Expect(operation, await SendAsync(nobody, operation, path), "without a key", status => status is not (401 or 403) || operation.Id == "receiveNotification");
                continue;
            }

            Expect(operation, await SendAsync(nobody, operation, path), "without a key", status => status == 401);
            if (operation.Scopes.Count != 1 || !Scope.Codes.Contains(operation.Scopes[0])) faults.Add($"{operation.Id} names no scope.");
            var almost = ApiKeys.Generate(Mode.Test);
            await system.Database.AddKeyAsync(shop.Id, almost, [.. Scope.Codes.Except(operation.Scopes)]);
            var refused = await SendAsync(system.ClientWith(almost), operation, path);
            Expect(operation, refused, "without its scope", status => status == 403);
            if (refused.Status == 403 && (refused.Code != "insufficient_scope" || refused["needed_scope"] != operation.Scopes[0])) faults.Add($"{operation.Id}: {refused.Text}");
            var enough = ApiKeys.Generate(LiveAlone.Contains(operation.Id) ? Mode.Live : Mode.Test);
            await system.Database.AddKeyAsync(shop.Id, enough, [.. operation.Scopes]);
            Expect(operation, await SendAsync(system.ClientWith(enough), operation, path), "with its scope alone", status => status is not (401 or 403));
            var browser = new Browser(publishable, session, Address: null);
            Expect(operation, await browser.SendAsync(new HttpMethod(operation.Method), path, ContentOf(operation, new JsonObject()), ApiClient.NewKey()), "from a browser",
                status => operation.OpenToBuyers ? status is not (401 or 403) : status == 403);
        }

        Assert.Empty(faults);

        void Expect(Operation operation, Answer answer, string how, Func<int, bool> good)
        {
            if (!good(answer.Status)) faults.Add($"{operation.Method} {operation.Path} {how}: {answer.Status} {answer.Text}");
        }
    }

    [Fact]
    public async Task What_is_someone_elses_or_of_the_other_mode_is_answered_as_what_does_not_exist()
    {
        var theirs = await system.NewMarketplaceAsync();
        var mine = await system.NewMarketplaceAsync();
        var things = await FurnishAsync(theirs);
        var faults = new List<string>();
        foreach (var operation in Contract.Operations.Where(operation => !Keyless.Contains(operation.Id) && !NamesNothing.Contains(operation.Id)))
        {
            if (Calls(operation.Id, things) is not { } call)
            {
                faults.Add($"{operation.Id} is not covered: add it to {nameof(Calls)}, or to {nameof(NamesNothing)} if it names nothing.");
                continue;
            }

            var nothing = Unknown(call);
            var unknown = await SendAsync(mine.Test, operation, nothing.Path, nothing.Body);
            if (unknown.Status != 404 || unknown.Code != "not_found") faults.Add($"{operation.Id} with an unknown id: {unknown.Status} {unknown.Text}");
            foreach (var (who, client) in new[] { ("another marketplace", mine.Test), ("the other mode", theirs.Live), ("another marketplace's other mode", mine.Live) })
            {
                var answer = await SendAsync(client, operation, call.Path, call.Body);
                if (answer.Status != 404 || WithoutRequest(answer) != WithoutRequest(unknown))
                    faults.Add($"{operation.Id} as {who}: {answer.Status} {answer.Text} is not {unknown.Text}");
            }
        }

        Assert.Empty(faults);
    }

    [Fact]
    public async Task Lists_hold_ones_own_alone()
    {
        var theirs = await system.NewMarketplaceAsync();
        var mine = await system.NewMarketplaceAsync();
        await FurnishAsync(theirs);
        foreach (var client in new[] { mine.Test, theirs.Live, mine.Live })
        {
            foreach (var path in new[] { "/v1/payments", "/v1/events", "/v1/ledger/entries", "/v1/ledger/balances", "/v1/webhook-endpoints", "/v1/audit-log", "/v1/disputes", "/v1/reconciliations" })
                Assert.True((await client.GetAsync(path)).Must(200).At("data").GetArrayLength() == 0, path);
            Assert.Equal(1, (await client.GetAsync("/v1/api-keys")).Must(200).At("data").GetArrayLength());
        }
    }

    /// <summary>A call that succeeds, or could, for whom the things belong to.</summary>
    private static Call? Calls(string operation, IReadOnlyDictionary<string, string> things)
    {
        var order = ApiClient.Order(ApiClient.NewOrder(), 12_345_67);
        return operation switch
        {
            "getBuyer" => At($"/v1/buyers/{things["byr"]}"),
            "getBalances" => At($"/v1/buyers/{things["byr"]}/balances"),
            "linkAccount" => At($"/v1/buyers/{things["byr"]}/linked-accounts", new JsonObject { ["provider"] = "worldfirst", ["return_url"] = ApiClient.ReturnUrl }),
            "listLinkedAccounts" => At($"/v1/buyers/{things["byr"]}/linked-accounts"),
            "getLinkedAccount" or "revokeLinkedAccount" => At($"/v1/linked-accounts/{things["lac"]}"),
            "linkMarketplace" => At($"/v1/linked-accounts/{things["lac"]}/marketplace-links", new JsonObject { ["marketplace_account_id"] = things["lac"] }),
            "checkEligibility" or "createPaymentOptions" => At(operation == "checkEligibility" ? "/v1/eligibility-checks" : "/v1/payment-options", new JsonObject { ["buyer_id"] = things["byr"], ["order"] = order }),
            "getEligibilityCheck" => At($"/v1/eligibility-checks/{things["elg"]}"),
            "getPaymentOptions" => At($"/v1/payment-options/{things["opt"]}"),
            "createQuote" => At("/v1/quotes", Browser.Quote(things["byr"])),
            "getQuote" => At($"/v1/quotes/{things["quo"]}"),
            "createPayment" => At("/v1/payments", new JsonObject { ["quote_id"] = things["quo"] }),
            "getPayment" => At($"/v1/payments/{things["pay"]}"),
            "cancelPayment" => At($"/v1/payments/{things["pay"]}/cancel", []),
            "getPaymentTimeline" => At($"/v1/payments/{things["pay"]}/timeline"),
            "resolvePayment" => At($"/v1/payments/{things["pay"]}/resolve", new JsonObject { ["outcome"] = "not_moved" }),
            "createRefund" => At($"/v1/payments/{things["pay"]}/refunds", []),
            "listRefunds" => At($"/v1/payments/{things["pay"]}/refunds"),
            "getRefund" => At($"/v1/refunds/{things["ref"]}"),
            "resolveRefund" => At($"/v1/refunds/{things["ref"]}/resolve", new JsonObject { ["outcome"] = "not_moved" }),
            "getDispute" => At($"/v1/disputes/{things["dsp"]}"),
            "getReconciliation" => At($"/v1/reconciliations/{things["rec"]}"),
            "listReconciliationLines" => At($"/v1/reconciliations/{things["rec"]}/lines"),
            "listReconciliationDifferences" => At($"/v1/reconciliations/{things["rec"]}/differences"),
            "getReconciliationDifference" => At($"/v1/reconciliations/{things["rec"]}/differences/{things["dif"]}"),
            "resolveReconciliationDifference" => At(
                $"/v1/reconciliations/{things["rec"]}/differences/{things["dif"]}/resolve", new JsonObject { ["state"] = "resolved", ["by"] = "mei", ["note"] = "A top-up." }),
            "getFeeSchedule" => At($"/v1/fee-schedules/{things["fee"]}"),
            "getEvent" => At($"/v1/events/{things["evt"]}"),
            "getWebhookEndpoint" or "deleteWebhookEndpoint" => At($"/v1/webhook-endpoints/{things["whe"]}"),
            "updateWebhookEndpoint" => At($"/v1/webhook-endpoints/{things["whe"]}", new JsonObject { ["enabled"] = false }),
            "rotateWebhookSecret" => At($"/v1/webhook-endpoints/{things["whe"]}/rotate-secret", []),
            "sendTestEvent" => At($"/v1/webhook-endpoints/{things["whe"]}/test", []),
            "listWebhookDeliveries" => At($"/v1/webhook-endpoints/{things["whe"]}/deliveries"),
            "redeliverWebhook" => At($"/v1/webhook-endpoints/{things["whe"]}/deliveries/whd_{things["evt"][4..]}/redeliver", []),
            "redeliverWebhooksSince" => At($"/v1/webhook-endpoints/{things["whe"]}/redeliver", new JsonObject { ["since"] = DateTimeOffset.UtcNow.AddHours(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) }),
            "getApiKey" or "revokeApiKey" => At($"/v1/api-keys/{things["key"]}"),
            "rotateApiKey" => At($"/v1/api-keys/{things["key"]}/rotate", []),
            "createBuyerSession" => At("/v1/buyer-sessions", new JsonObject { ["buyer_id"] = things["byr"] }),
            "getBuyerSession" or "endBuyerSession" => At($"/v1/buyer-sessions/{things["bse"]}"),
            _ => null,
        };

        static Call At(string path, JsonObject? body = null) => new(path, body);
    }

    /// <summary>One of everything, in test mode, by the prefixes of their ids.</summary>
    private async Task<IReadOnlyDictionary<string, string>> FurnishAsync(Tenant shop)
    {
        var api = shop.Test;
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        var payment = await api.PaidByAsync(buyer, "card", "USD", 12_345_67);
        var (disputed, reference) = await system.DisputedAsync(api);
        (await system.NotifyDisputeAsync(reference)).Must(200);
        var day = new DateTimeOffset(2026, 4, 13, 0, 0, 0, TimeSpan.Zero);
        var reconciliation = (await api.UploadAsync("card", day, day.AddDays(1), [$"payment,pi_stray,,,USD,1,{day.Text()}"])).Must(201);
        var rules = JsonNode.Parse((await api.GetAsync("/v1/fee-schedules/fee_default_2")).Must(200).At("rules").GetRawText())!.AsArray();
        foreach (var rule in rules) rule!.AsObject().Remove("object");
        var ids = new[]
        {
            buyer,
            (await api.GetAsync($"/v1/buyers/{buyer}/linked-accounts")).Must(200).At("data").EnumerateArray().First(one => one.GetProperty("provider").GetString() == "worldfirst").GetProperty("id").GetString()!,
            (await api.CheckAsync(buyer)).Must(201).Id,
            (await api.PostAsync("/v1/payment-options", Browser.Check(buyer))).Must(201).Id,
            (await api.QuoteAsync(buyer, "card", "USD")).Must(201).Id,
            payment.Id,
            (await api.RefundAsync(payment.Id, 5_000)).Must(201).Id,
            (await api.GetAsync("/v1/events")).Must(200)["data.0.id"],
            (await api.PostAsync("/v1/webhook-endpoints", new JsonObject { ["url"] = "https://shop.example/hooks" })).Must(201).Id,
            (await api.GetAsync("/v1/api-keys")).Must(200)["data.0.id"],
            (await api.PostAsync("/v1/buyer-sessions", new JsonObject { ["buyer_id"] = buyer })).Must(201).Id,
            (await api.DisputeAsync(disputed.Id)).Id,
            reconciliation.Id,
            (await api.GetAsync($"/v1/reconciliations/{reconciliation.Id}/differences")).Must(200)["data.0.id"],
            (await api.PostAsync("/v1/fee-schedules", new JsonObject { ["rules"] = rules })).Must(201).Id,
        };
        return ids.ToDictionary(id => id[..3]);
    }

    private static Call Unknown(Call call) => new(Turned(call.Path), call.Body is null ? null : JsonNode.Parse(Turned(call.Body.ToJsonString()))!.AsObject());

    /// <summary>With every id in it turned into one of the same kind that nobody has.</summary>
    private static string Turned(string text) => IdForm().Replace(text, id => id.Value[..4] + Id<Thing>.New(0, DateTimeOffset.UtcNow).ToString()[4..]);

    private static Task<Answer> SendAsync(ApiClient api, Operation operation, string path, JsonObject? body = null) =>
        api.SendAsync(new HttpMethod(operation.Method), path, ContentOf(operation, body ?? []), ApiClient.NewKey(), request => request.Headers.TryAddWithoutValidation("If-Match", "*"));

    private static ByteArrayContent? ContentOf(Operation operation, JsonObject body) =>
        operation.Method is "POST" or "PATCH" ? ApiClient.Json(Encoding.UTF8.GetBytes(body.ToJsonString())) : null;

    private static string WithoutRequest(Answer answer) => answer.Text.Replace(answer["request_id"], "", StringComparison.Ordinal);

    [GeneratedRegex("[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}")]
    private static partial Regex IdForm();

    private sealed record Call(string Path, JsonObject? Body);

    private sealed record Thing : IResource
    {
        public static string Prefix => "thi";
    }
}
