using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.BadInput;

/// <summary>Whatever is sent: the right 4xx problem document that names the field, nothing of our insides in it, and nothing stored.</summary>
public sealed class BadInputTests(TestSystem system) : IAsyncLifetime
{
    private static readonly string[] Leaks = ["   at ", "Exception", "System.", "Npgsql", "Postgre", "PaymentOrchestrator.", "select ", "insert into", "Path: $", ".cs:"];

    // Marketplaces of this test's own, so that all their rows can be compared before and after.
    private Tenant mine = null!;
    private Tenant theirs = null!;
    private string buyer = "";
    private string quote = "";
    private string payment = "";
    private string worldFirst = "";
    private string marketplace = "";

    public async ValueTask InitializeAsync()
    {
        mine = await system.NewMarketplaceAsync();
        theirs = await system.NewMarketplaceAsync();
        (buyer, quote, payment, worldFirst, marketplace) = await FurnishAsync(mine.Test);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("buyers")]
    [InlineData("worldfirst")]
    [InlineData("marketplace_1688")]
    [InlineData("mainland_bank")]
    [InlineData("card")]
    [InlineData("marketplace-links")]
    [InlineData("eligibility-checks")]
    [InlineData("quotes")]
    [InlineData("quotes of a source amount")]
    [InlineData("payments")]
    [InlineData("resolve")]
    [InlineData("refunds")]
    [InlineData("payment-options")]
    public async Task Every_fault_of_a_body_is_refused_by_name_and_nothing_is_stored(string name)
    {
        var endpoint = EndpointOf(name);
        await RefuseAllAsync(endpoint.Path, Faults.Of(endpoint));
    }

    [Fact]
    public async Task Canceling_takes_no_body_or_an_empty_object()
    {
        var endpoint = new Endpoint($"/v1/payments/{payment}/cancel", []);
        await RefuseAllAsync(endpoint.Path,
            Faults.OfAnyBody(endpoint).Where(fault => fault.Code != "unsupported_media_type" && fault.Body.Length > 0)
                .Append(new Fault("a field", "{\"reason\":\"none\"}"u8.ToArray(), Named: "reason")));
        (await mine.Test.SendAsync(HttpMethod.Post, endpoint.Path, null, ApiClient.NewKey())).Must(409, "payment_not_cancelable");
    }

    [Fact]
    public async Task Wrong_values_of_single_fields_are_refused_by_name()
    {
        var quotes = EndpointOf("quotes");
        var link = EndpointOf("worldfirst");
        var pay = EndpointOf("payments");
        var buyers = EndpointOf("buyers");
        Fault Case(Endpoint endpoint, string path, string raw, string? named = null, int status = 400, string code = "validation_failed") =>
            new($"{path}={raw}", Encoding.UTF8.GetBytes(path.Length == 0 ? JsonEdit.WithMore(endpoint.Good, "", raw) : JsonEdit.With(endpoint.Good, path, raw)), status, code, named ?? path);

        await RefuseAllAsync(quotes.Path,
        [
            Case(quotes, "lock", "\"2m\""), Case(quotes, "", "\"fixed_side\":\"both\"", "fixed_side"), Case(quotes, "", "\"fixed_side\":\"source\"", "source_amount"),
            Case(quotes, "", "\"source_amount\":{\"currency\":\"USD\",\"value\":1}", "source_amount"), Case(quotes, "order.amount.currency", "\"USD\""),
            Case(quotes, "source_currency", "\"CNY\"", status: 422, code: "currency_not_supported"), Case(quotes, "source_currency", "\"KWD\"", status: 422, code: "currency_not_supported"),
            Case(quotes, "order.id", $"\"{new string('x', 65)}\""), Case(quotes, "", $"\"order\":{{\"id\":\"o\"}}", "order"),
            .. new[] { "1", "1.2.3", "0x7f.1", "01.2.3.4", "256.1.1.1", "8.8.8.8:80", "[::1]", "fe80::1%eth0", " 8.8.8.8", "example.org", "8.8.8.8/32", "1::2::3" }.Select(ip => Case(quotes, "buyer_ip", $"\"{ip}\"")),
        ]);
        await RefuseAllAsync(link.Path,
        [
            Case(link, "", "\"login\":\"alipay\"", "login"), Case(link, "", "\"payment_method\":\"pm_card_visa\"", "payment_method"), Case(link, "", $"\"alipay_account_id\":\"{worldFirst}\"", "alipay_account_id"),
            .. new[] { "http://shop.example/", "ftp://shop.example/", "javascript:alert(1)", "//shop.example/", "/back", "shop.example", "https://user:secret@shop.example/", "https://", "data:text/html,x", "https://shop.example/" + new string('a', 2_100) }
                .Select(url => Case(link, "return_url", $"\"{url}\"")),
        ]);
        await RefuseAllAsync(EndpointOf("card").Path,
            new[] { "pm_", "card_visa", "pm_a-b", "pm_" + new string('a', 300), "4242424242424241" }.Select(token => Case(EndpointOf("card"), "payment_method", $"\"{token}\"")));
        await RefuseAllAsync(pay.Path,
        [
            Case(pay, "", "\"metadata\":{\"a\":1}", "metadata.a"), Case(pay, "", "\"metadata\":{\"a\":null}", "metadata.a"), Case(pay, "", "\"metadata\":{\"a\":{}}", "metadata.a"), Case(pay, "", "\"metadata\":{\"a\":\"1\",\"a\":\"2\"}", "metadata.a"),
            Case(pay, "", "\"metadata\":[]", "metadata"), Case(pay, "", $"\"metadata\":{{\"{new string('n', 41)}\":\"\"}}", "metadata"), Case(pay, "", $"\"metadata\":{{\"a\":\"{new string('v', 501)}\"}}", "metadata.a"),
            Case(pay, "", "\"metadata\":{" + string.Join(',', Enumerable.Range(0, 21).Select(i => $"\"k{i}\":\"\"")) + "}", "metadata"), Case(pay, "", "\"metadata\":{\"a\":\"\\u0000\"}", "metadata.a"), Case(pay, "", "\"metadata\":{\"\\ud800\":\"\"}", "metadata"),
            Case(pay, "", "\"return_url\":\"http://shop.example/\"", "return_url"),
        ]);
        await RefuseAllAsync(buyers.Path,
        [
            .. new[] { "us", "USA", "U", "", "U1", "ÜS", "U\\u0000" }.Select(country => Case(buyers, "country", $"\"{country}\"")),
            Case(buyers, "reference", $"\"{new string('x', 129)}\""),
        ]);
    }

    [Fact]
    public async Task Ids_that_are_unknown_malformed_of_another_kind_or_of_somebody_else_are_not_found()
    {
        var (theirBuyer, theirQuote, theirPayment, theirWorldFirst, theirMarketplace) = await FurnishAsync(theirs.Test);
        var liveBuyer = await mine.Live.BuyerAsync();
        var foreign = new Dictionary<string, string[]>
        {
            ["byr"] = [theirBuyer, liveBuyer],
            ["quo"] = [theirQuote],
            ["pay"] = [theirPayment],
            ["lac"] = [theirWorldFirst, theirMarketplace],
        };
        string[] IdsInPlaceOf(string prefix) =>
        [
            $"{prefix}_00000000000000000000000000", $"{prefix}_7zzzzzzzzzzzzzzzzzzzzzzzzz", Id<Buyers.BuyerResource>.New(7, DateTimeOffset.UtcNow).ToString().Replace("byr", prefix, StringComparison.Ordinal),
            "", prefix, $"{prefix}_", $"{prefix}_short", $"{prefix.ToUpperInvariant()}_00000000000000000000000000", $"{prefix}_0000000000000000000000000U", $"{prefix}_80000000000000000000000000",
            "01890000-0000-7000-8000-000000000000", "1", "'; drop table payments;--", new string('x', 3_000), .. new[] { buyer, quote, payment, worldFirst }.Where(id => !id.StartsWith(prefix, StringComparison.Ordinal)), .. foreign[prefix],
        ];

        var before = await system.Database.FingerprintAsync(mine.Id, theirs.Id);
        var faults = new List<string>();
        foreach (var (name, path) in new[] { ("eligibility-checks", "buyer_id"), ("payment-options", "buyer_id"), ("quotes", "buyer_id"), ("payments", "quote_id"), ("mainland_bank", "alipay_account_id"), ("marketplace-links", "marketplace_account_id") })
        {
            var endpoint = EndpointOf(name);
            foreach (var id in IdsInPlaceOf(path switch { "buyer_id" => "byr", "quote_id" => "quo", _ => "lac" }))
                Expect(faults, $"{name} {path}={id}", await mine.Test.PostTextAsync(endpoint.Path, JsonEdit.With(endpoint.Good, path, $"\"{id}\""), ApiClient.NewKey()), 404, "not_found");
        }

        foreach (var (name, prefix) in new[] { ("worldfirst", "byr"), ("marketplace-links", "lac"), ("resolve", "pay"), ("refunds", "pay") })
        {
            var endpoint = EndpointOf(name);
            foreach (var id in IdsInPlaceOf(prefix).Where(id => id.Length > 0))
                Expect(faults, $"{endpoint.Path} of {id}", await mine.Test.PostAsync(Replace(endpoint.Path, id), endpoint.Good), 404, "not_found");
        }

        foreach (var (path, prefix) in new[] { ("/v1/buyers/x", "byr"), ("/v1/buyers/x/balances", "byr"), ("/v1/buyers/x/linked-accounts", "byr"), ("/v1/linked-accounts/x", "lac"), ("/v1/quotes/x", "quo"), ("/v1/payments/x", "pay") })
        {
            foreach (var id in IdsInPlaceOf(prefix).Where(id => id.Length > 0)) Expect(faults, $"GET {path} of {id}", await mine.Test.GetAsync(Replace(path, id)), 404, "not_found");
        }

        foreach (var id in IdsInPlaceOf("lac").Where(id => id.Length > 0)) Expect(faults, $"DELETE {id}", await mine.Test.DeleteAsync(Replace("/v1/linked-accounts/x", id)), 404, "not_found");
        foreach (var id in IdsInPlaceOf("pay").Where(id => id.Length > 0)) Expect(faults, $"cancel {id}", await mine.Test.SendAsync(HttpMethod.Post, Replace("/v1/payments/x/cancel", id), null, ApiClient.NewKey()), 404, "not_found");
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Equal(before, await system.Database.FingerprintAsync(mine.Id, theirs.Id));
        Assert.Equal(0, (await mine.Test.GetAsync($"/v1/payments?buyer_id={theirBuyer}")).Must(200).At("data").GetArrayLength());
        Assert.Equal(0, (await mine.Live.GetAsync("/v1/payments")).Must(200).At("data").GetArrayLength());
    }

    [Fact]
    public async Task Without_a_good_key_nothing_of_a_request_is_read()
    {
        var revoked = ApiKeys.Generate(Mode.Test);
        await system.Database.ExecuteAsync("insert into api_keys (key_hash, marketplace_id, mode, scopes, created_at, revoked_at) values ($1, $2, 'test', '{read}', now(), now())", ApiKeys.Hash(revoked), mine.Id);
        var crossed = ApiKeys.Generate(Mode.Live);
        await system.Database.ExecuteAsync("insert into api_keys (key_hash, marketplace_id, mode, scopes, created_at) values ($1, $2, 'test', '{read}', now())", ApiKeys.Hash(crossed), mine.Id);
        var before = await system.Database.FingerprintAsync(mine.Id);
        var faults = new List<string>();
        foreach (var key in new[] { null, "", "x", "po_test_", "po_test_" + new string('a', 38), ApiKeys.Generate(Mode.Test), ApiKeys.Generate(Mode.Live), revoked, crossed, new string('k', 4_000) })
        {
            var client = system.ClientWith(key);
            foreach (var name in new[] { "buyers", "worldfirst", "marketplace-links", "eligibility-checks", "payment-options", "quotes", "payments", "refunds", "resolve" })
            {
                var endpoint = EndpointOf(name);
                Expect(faults, $"{name} with {key}", await client.PostAsync(endpoint.Path, endpoint.Good), 401, "unauthorized");
                Expect(faults, $"{name} with {key}, garbage", await client.PostTextAsync(endpoint.Path, "{", null), 401, "unauthorized");
                Expect(faults, $"{name} with {key}, unknown id", await client.PostAsync(Replace(endpoint.Path, "byr_x"), endpoint.Good), 401, "unauthorized");
            }

            foreach (var path in new[] { $"/v1/buyers/{buyer}", $"/v1/payments/{payment}", "/v1/payments", "/v1/payment-methods", "/v1/exchange-rates", "/v1/quotes/x" })
            {
                var refused = await client.GetAsync(path);
                Expect(faults, $"GET {path} with {key}", refused, 401, "unauthorized");
                Assert.Equal("Bearer", refused.Headers["WWW-Authenticate"]);
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Equal(before, await system.Database.FingerprintAsync(mine.Id));
    }

    [Fact]
    public async Task Unknown_routes_and_methods_are_problem_documents_too()
    {
        var faults = new List<string>();
        foreach (var path in new[] { "/nothing", "/v1", "/v1/nothing", "/v1/buyers/x/nothing", "/v2/payments", "/v1/payments/x/y/z", "/v1/quotes/%ff", "/v1/payments/%E0%A4%A" })
            Expect(faults, $"GET {path}", await mine.Test.GetAsync(path), 404, "not_found");
        foreach (var (method, path) in new[] { (HttpMethod.Delete, "/v1/quotes"), (HttpMethod.Put, "/v1/payments"), (HttpMethod.Patch, $"/v1/buyers/{buyer}"), (HttpMethod.Get, "/v1/eligibility-checks"), (HttpMethod.Post, "/health/live"), (HttpMethod.Delete, $"/v1/payments/{payment}") })
        {
            var refused = await mine.Test.SendAsync(method, path, null, null);
            Expect(faults, $"{method} {path}", refused, 405, "method_not_allowed");
            Assert.True(refused.Headers.ContainsKey("Allow"), path);
        }

        foreach (var (query, field) in new[]
        {
            ("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("limit=1.0", "limit"), ("limit=-1", "limit"), ("limit=99999999999", "limit"), ("limit=", "limit"), ("cursor=x", "cursor"), ("status=paid", "status"), ("status=", "status"),
            ($"order_id={new string('x', 65)}", "order_id"), ("order_id=%00", "order_id"),
        })
        {
            var refused = await mine.Test.GetAsync($"/v1/payments?{query}");
            Expect(faults, query, refused, 400, "validation_failed", field);
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private async Task RefuseAllAsync(string path, IEnumerable<Fault> wrong)
    {
        var before = await system.Database.FingerprintAsync(mine.Id);
        var faults = new List<string>();
        var count = 0;
        foreach (var fault in wrong)
        {
            count++;
            using var content = new ByteArrayContent(fault.Body);
            if (fault.ContentType is not null) content.Headers.TryAddWithoutValidation("Content-Type", fault.ContentType);
            Expect(faults, $"{path}: {fault.Name}", await mine.Test.SendAsync(HttpMethod.Post, path, content, ApiClient.NewKey()), fault.Status, fault.Code, fault.Named);
        }

        Assert.True(count > 0);
        Assert.True(faults.Count == 0, $"{faults.Count} of {count}:\n{string.Join('\n', faults)}");
        Assert.Equal(before, await system.Database.FingerprintAsync(mine.Id));
    }

    private static void Expect(List<string> faults, string what, Answer answer, int status, string code, string? named = null)
    {
        void Fault(string why) => faults.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {why}; {answer.Status} {answer.Text}"));
        if (!answer.IsProblem)
        {
            Fault("no problem document");
            return;
        }

        if (answer.Status != status || answer.Code != code) Fault($"expected {status} {code}");
        if (answer.At("status").GetInt32() != answer.Status) Fault("another status in the document");
        if (!answer["request_id"].StartsWith("req_", StringComparison.Ordinal) || answer["request_id"] != answer.Headers.GetValueOrDefault("Request-Id")) Fault("no request id");
        if (new[] { "type", "title", "detail" }.Any(member => answer[member].Length == 0)) Fault("an empty member");
        if (named is not null && !answer.Fields().Contains(named)) Fault($"does not name {(named.Length == 0 ? "the body" : named)}");
        if (Leaks.FirstOrDefault(leak => answer.Text.Contains(leak, StringComparison.Ordinal)) is { } found) Fault($"says '{found}'");
    }

    /// <summary>A buyer with everything, an open quote, a paid payment, and two accounts.</summary>
    private async Task<(string Buyer, string Quote, string Payment, string WorldFirst, string Marketplace)> FurnishAsync(ApiClient client)
    {
        var ready = await system.Sandbox.ReadyAsync(await client.BuyerAsync());
        var paid = (await client.PayAsync((await client.QuoteAsync(ready, "card", "USD")).Must(201).Id)).Must(201).Id;
        var accounts = (await client.GetAsync($"/v1/buyers/{ready}/linked-accounts")).Must(200).At("data").EnumerateArray()
            .ToDictionary(account => account.GetProperty("provider").GetString()!, account => account.GetProperty("id").GetString()!);
        return (ready, (await client.QuoteAsync(ready, "card", "USD")).Must(201).Id, paid, accounts["worldfirst"], accounts["marketplace_1688"]);
    }

    private Endpoint EndpointOf(string name)
    {
        var link = $"/v1/buyers/{buyer}/linked-accounts";
        var order = new[] { new Field("order", FieldKind.Object), new Field("order.id", FieldKind.Text), new Field("order.supplier_id", FieldKind.Text, false) };
        Field[] amount = [new("order.amount", FieldKind.Amount), new("order.amount.currency", FieldKind.Currency), new("order.amount.value", FieldKind.Integer)];
        var provider = new Field("provider", FieldKind.Choice);
        var returnUrl = new Field("return_url", FieldKind.Text);
        JsonObject Order(bool withAmount = true)
        {
            var body = ApiClient.Order(ApiClient.NewOrder(), 5_000_00);
            body["supplier_id"] = "supplier-1";
            if (!withAmount) body.Remove("amount");
            return body;
        }

        JsonObject Link(string code) => new() { ["provider"] = code, ["return_url"] = ApiClient.ReturnUrl };
        return name switch
        {
            "buyers" => new Endpoint("/v1/buyers", new JsonObject { ["reference"] = $"buyer-{Guid.NewGuid():N}", ["country"] = "US" }, new Field("reference", FieldKind.Text), new Field("country", FieldKind.Text)),
            "worldfirst" => new Endpoint(link, Link("worldfirst"), provider, returnUrl),
            "marketplace_1688" => new Endpoint(link, With(Link("marketplace_1688"), "login", "alipay"), provider, returnUrl, new Field("login", FieldKind.Choice)),
            "mainland_bank" => new Endpoint(link, With(Link("mainland_bank"), "alipay_account_id", worldFirst), provider, returnUrl, new Field("alipay_account_id", FieldKind.Id)),
            "card" => new Endpoint(link, With(Link("card"), "payment_method", "pm_card_visa"), provider, returnUrl, new Field("payment_method", FieldKind.Choice, false)),
            "marketplace-links" => new Endpoint($"/v1/linked-accounts/{worldFirst}/marketplace-links", new JsonObject { ["marketplace_account_id"] = marketplace }, new Field("marketplace_account_id", FieldKind.Id)),
            "eligibility-checks" => new Endpoint(
                "/v1/eligibility-checks",
                new JsonObject { ["buyer_id"] = buyer, ["order"] = Order(), ["buyer_ip"] = ApiClient.Outside, ["methods"] = new JsonArray("card"), ["source_currency"] = "USD" },
                [new("buyer_id", FieldKind.Id), .. order, .. amount, new("buyer_ip", FieldKind.Text, false), new("methods", FieldKind.Choices, false), new("source_currency", FieldKind.Currency, false)]),
            "quotes" => new Endpoint(
                "/v1/quotes",
                new JsonObject { ["buyer_id"] = buyer, ["method"] = "card", ["order"] = Order(), ["source_currency"] = "USD", ["buyer_ip"] = ApiClient.Outside, ["lock"] = "15m" },
                [new("buyer_id", FieldKind.Id), new("method", FieldKind.Choice), .. order, .. amount, new("source_currency", FieldKind.Currency), new("buyer_ip", FieldKind.Text, false), new("lock", FieldKind.Choice, false)]),
            "quotes of a source amount" => new Endpoint(
                "/v1/quotes",
                new JsonObject
                {
                    ["buyer_id"] = buyer,
                    ["method"] = "card",
                    ["order"] = Order(withAmount: false),
                    ["source_currency"] = "USD",
                    ["fixed_side"] = "source",
                    ["source_amount"] = new JsonObject { ["currency"] = "USD", ["value"] = 100_00 },
                },
                [.. order, new("source_amount", FieldKind.Amount), new("source_amount.currency", FieldKind.Currency), new("source_amount.value", FieldKind.Integer)]),
            "payments" => new Endpoint(
                "/v1/payments", new JsonObject { ["quote_id"] = quote, ["buyer_ip"] = ApiClient.Outside, ["return_url"] = ApiClient.ReturnUrl },
                new Field("quote_id", FieldKind.Id), new Field("buyer_ip", FieldKind.Text, false), new Field("return_url", FieldKind.Text, false)),
            "resolve" => new Endpoint(
                $"/v1/payments/{payment}/resolve",
                new JsonObject { ["outcome"] = "moved", ["provider_reference"] = "ch_1", ["amount"] = new JsonObject { ["currency"] = "USD", ["value"] = 1_861_21 } },
                new Field("outcome", FieldKind.Choice), new Field("provider_reference", FieldKind.Text), new Field("amount", FieldKind.Object), new Field("amount.currency", FieldKind.Currency)),
            "refunds" => new Endpoint(
                $"/v1/payments/{payment}/refunds",
                new JsonObject { ["amount"] = new JsonObject { ["currency"] = "CNY", ["value"] = 5_00 }, ["reason"] = "returned" },
                new Field("amount", FieldKind.Object, false), new Field("amount.currency", FieldKind.Currency), new Field("reason", FieldKind.Text, false)),
            "payment-options" => new Endpoint(
                "/v1/payment-options",
                new JsonObject { ["buyer_id"] = buyer, ["order"] = Order(), ["buyer_ip"] = ApiClient.Outside, ["comparison_currency"] = "USD" },
                [new("buyer_id", FieldKind.Id), .. order, .. amount, new("buyer_ip", FieldKind.Text, false), new("comparison_currency", FieldKind.Currency, false)]),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
    }

    private static JsonObject With(JsonObject body, string name, string value)
    {
        body[name] = value;
        return body;
    }

    /// <summary>The third part of the path is another id.</summary>
    private static string Replace(string path, string id)
    {
        var parts = path.Split('/');
        if (parts.Length > 3) parts[3] = Uri.EscapeDataString(id);
        return string.Join('/', parts);
    }
}
