using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Webhooks;
using PaymentOrchestrator.Domain;
using PaymentOrchestrator.Domain.Tests;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Fees;

/// <summary>Price lists over HTTP: published, in force, previewed, and never edited.</summary>
public sealed class FeeScheduleTests(TestSystem system, WebhookServer postgres)
{
    [Fact]
    public async Task The_default_says_what_each_length_of_hold_costs_and_quotes_charge_it()
    {
        var api = system.Api;
        var buyer = await api.BuyerAsync();
        foreach (var (method, currency, expected) in new[] { ("world_pay", "EUR", new[] { 30, 40, 55, 90 }), ("card", "EUR", [0, 0, 15, 50]), ("world_pay", "CNH", [0, 0, 0, 0]) })
        {
            var listed = (await api.GetAsync("/v1/payment-methods")).Must(200).Method(method, currency).GetProperty("lock_markup_bps");
            Assert.Equal(expected, new[] { "1m", "15m", "1h", "24h" }.Select(hold => listed.GetProperty(hold).GetInt32()));
            foreach (var (hold, bps) in new[] { "1m", "15m" }.Zip(expected))
            {
                var quote = (await api.QuoteAsync(buyer, method, currency, hold: hold)).Must(201);
                Assert.Equal((bps, hold), (quote.At("exchange_rate.markup_bps").GetInt32(), quote["lock"]));
            }
        }

        // CNY 12,345.67 ÷ (7.9827 × 0.9985) and ÷ (7.9827 × 0.995); 15 minutes cost nothing.
        var hour = (await api.QuoteAsync(buyer, "card", "EUR", hold: "1h")).Must(201);
        var day = (await api.QuoteAsync(buyer, "card", "EUR", hold: "24h")).Must(201);
        Assert.Equal(("EUR 154888", "EUR 232"), (hour.Amount("source_amount"), hour.Amount("exchange_rate.markup_amount")));
        Assert.Equal(("EUR 155433", "EUR 777"), (day.Amount("source_amount"), day.Amount("exchange_rate.markup_amount")));
        var usual = (await api.QuoteAsync(buyer, "card", "EUR")).Must(201);
        Assert.Equal(("null", "EUR 154656", "EUR 159296"), (usual["lock"], usual.Amount("source_amount"), usual.Amount("total")));
        Assert.Equal("fee_default_2", usual["fee_schedule_id"]);
        var schedule = (await api.GetAsync("/v1/fee-schedules/fee_default_2")).Must(200);
        Assert.Equal(("platform", "in_force", "90"), (schedule["owner"], schedule["status"], schedule["rules.0.lock_markup_bps.24h"]));
    }

    [Fact]
    public async Task A_published_list_is_in_force_at_its_instant_in_its_mode_for_its_marketplace_and_quotes_keep_their_own()
    {
        var tenant = await system.NewMarketplaceAsync();
        var other = await system.NewMarketplaceAsync();
        var buyer = await tenant.Test.BuyerAsync();
        var before = (await tenant.Test.QuoteAsync(buyer, "card", "USD")).Must(201);

        var first = (await tenant.Test.PostAsync("/v1/fee-schedules", Body(Rules(card: Fee("2"))))).Must(201);
        Assert.Equal(("in_force", "marketplace", $"/v1/fee-schedules/{first.Id}"), (first["status"], first["owner"], first.Headers["Location"]));
        var quote = (await tenant.Test.QuoteAsync(buyer, "card", "USD")).Must(201);
        Assert.Equal((first.Id, "USD 3614", "computed"), (quote["fee_schedule_id"], quote.Amount("fees.0.amount"), quote["fee_status"]));
        Assert.Equal(first.Id, (await tenant.Test.GetAsync("/v1/payment-methods")).Must(200)["data.0.fee_schedule_id"]);
        // The earlier quote is as it was.
        Assert.Equal(before.At("fees").GetRawText(), (await tenant.Test.GetAsync($"/v1/quotes/{before.Id}")).At("fees").GetRawText());

        // Nobody else's prices, and not the real ones.
        foreach (var client in new[] { tenant.Live, other.Test, other.Live })
        {
            (await client.GetAsync($"/v1/fee-schedules/{first.Id}")).Must(404, "not_found");
            Assert.DoesNotContain(first.Id, (await client.GetAsync("/v1/fee-schedules")).Must(200).Text, StringComparison.Ordinal);
            Assert.Equal("fee_default_2", (await client.GetAsync("/v1/payment-methods")).Must(200)["data.0.fee_schedule_id"]);
        }

        var at = DateTimeOffset.UtcNow.AddDays(30);
        var second = (await tenant.Test.PostAsync("/v1/fee-schedules", Body(Rules(card: Fee("1")), Text(at)))).Must(201);
        Assert.Equal("scheduled", second["status"]);
        Assert.Equal(first.Id, (await tenant.Test.QuoteAsync(buyer, "card", "USD")).Must(201)["fee_schedule_id"]);

        var list = (await tenant.Test.GetAsync("/v1/fee-schedules?limit=2")).Must(200);
        Assert.Equal([(second.Id, "scheduled"), (first.Id, "in_force")], list.At("data").EnumerateArray().Select(one => (one.GetProperty("id").GetString()!, one.GetProperty("status").GetString()!)));
        var rest = (await tenant.Test.GetAsync($"/v1/fee-schedules?cursor={list["next_cursor"]}")).Must(200);
        Assert.Equal(["fee_default_2 superseded", "fee_default_1 superseded"], rest.At("data").EnumerateArray().Select(one => $"{one.GetProperty("id").GetString()} {one.GetProperty("status").GetString()}"));
        Assert.False(rest.At("has_more").GetBoolean());
    }

    [Fact]
    public async Task To_the_millisecond_one_list_ends_where_the_next_begins()
    {
        var clock = new SettableClock(DateTimeOffset.UtcNow.AddSeconds(1));
        // A database of its own: the clock is its marketplace's alone.
        await using var lab = await WebhookLab.StartAsync(postgres, clock);
        var buyer = await lab.Api.BuyerAsync();
        var first = (await lab.Api.PostAsync("/v1/fee-schedules", Body(Rules(card: Fee("2"))))).Must(201);
        var at = clock.Now.AddDays(1);
        var second = (await lab.Api.PostAsync("/v1/fee-schedules", Body(Rules(card: Fee("1")), Text(at)))).Must(201);

        clock.Now = at.AddMilliseconds(-1);
        Assert.Equal((first.Id, "in_force", "scheduled"), ((await lab.Api.QuoteAsync(buyer, "card", "USD")).Must(201)["fee_schedule_id"], await StatusAsync(first), await StatusAsync(second)));
        clock.Now = at;
        Assert.Equal((second.Id, "superseded", "in_force"), ((await lab.Api.QuoteAsync(buyer, "card", "USD")).Must(201)["fee_schedule_id"], await StatusAsync(first), await StatusAsync(second)));
        Assert.Equal(1, (await lab.Api.GetAsync("/v1/fee-schedules")).At("data").EnumerateArray().Count(one => one.GetProperty("status").GetString() == "in_force"));

        async Task<string> StatusAsync(Answer schedule) => (await lab.Api.GetAsync($"/v1/fee-schedules/{schedule.Id}"))["status"];
    }

    [Fact]
    public async Task Nothing_begins_in_the_past_or_at_anothers_instant_and_a_key_publishes_once()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var rules = Rules();
        Assert.Equal(["effective_from"], (await api.PostAsync("/v1/fee-schedules", Body(rules, Text(DateTimeOffset.UtcNow.AddSeconds(-2))))).Must(400, "validation_failed").Fields());

        var at = Text(DateTimeOffset.UtcNow.AddDays(3));
        var key = ApiClient.NewKey();
        var many = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => api.PostAsync("/v1/fee-schedules", Body(rules, at), key)));
        var id = Assert.Single(many.Select(answer => answer.Must(201).Id).Distinct());
        Assert.Equal(7, many.Count(answer => answer.Replayed));
        (await api.PostAsync("/v1/fee-schedules", Body(Rules(card: Fee("1")), at), key)).Must(422, "idempotency_key_reused");
        (await api.PostAsync("/v1/fee-schedules", Body(rules, at))).Must(409, "fee_schedule_instant_taken");
        (await api.PostAsync("/v1/fee-schedules", Body(rules, at), null)).Must(409, "fee_schedule_instant_taken");
        Assert.Equal([id, "fee_default_2", "fee_default_1"], (await api.GetAsync("/v1/fee-schedules")).At("data").EnumerateArray().Select(one => one.GetProperty("id").GetString()));
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete })
            (await api.SendAsync(method, $"/v1/fee-schedules/{id}", null, null)).Must(405, "method_not_allowed");
        foreach (var unknown in new[] { "fee_00000000000000000000000000", "x", new string('f', 300) }) (await api.GetAsync($"/v1/fee-schedules/{unknown}")).Must(404, "not_found");
        foreach (var cursor in new[] { "x", "fee_%00", "pay_1" }) Assert.Equal(["cursor"], (await api.GetAsync($"/v1/fee-schedules?cursor={cursor}")).Must(400, "validation_failed").Fields());
    }

    [Fact]
    public async Task Every_fault_of_a_list_is_named_by_its_field_and_nothing_is_stored()
    {
        var tenant = await system.NewMarketplaceAsync();
        var before = await system.Database.FingerprintAsync(tenant.Id);
        JsonObject Card(string fee) => (JsonObject)JsonNode.Parse($$"""{"method":"card","markup_bps":0,"fee":{{fee}}}""")!;
        (string Field, JsonArray Rules)[] faults =
        [
            ("rules", []), ("rules", Without("alipay")), ("rules", new JsonArray([.. Rules().Select(rule => Changed(rule!, "currency", rule!["method"]!.GetValue<string>() == "alipay" ? "CNY" : "USD"))])),
            ("rules[4]", With("""{"method":"card","markup_bps":1}""")), ("rules[5]", new JsonArray([.. With("""{"method":"card","currency":"USD","markup_bps":1}""").Append(JsonNode.Parse("""{"method":"card","currency":"USD","markup_bps":2}""")).Select(rule => rule!.DeepClone())])),
            ("rules[4].currency", With("""{"method":"card","currency":"CNY","markup_bps":1}""")), ("rules[4].currency", With("""{"method":"alipay","currency":"USD","markup_bps":1}""")),
            ("rules[4].currency", With("""{"method":"card","currency":"XXX","markup_bps":1}""")), ("rules[4].method", With("""{"method":"cash","markup_bps":1}""")),
            ("rules[4].markup_bps", With("""{"method":"card","currency":"USD","markup_bps":-1}""")), ("rules[4].markup_bps", With("""{"method":"card","currency":"USD","markup_bps":10000}""")),
            ("rules[4].markup_bps", With("""{"method":"card","currency":"USD","markup_bps":1.5}""")), ("rules[4].markup_bps", With("""{"method":"card","currency":"USD"}""")),
            ("rules[4].lock_markup_bps", With("""{"method":"card","currency":"USD","markup_bps":0,"lock_markup_bps":{"2m":1}}""")),
            ("rules[4].lock_markup_bps.1h", With("""{"method":"card","currency":"USD","markup_bps":0,"lock_markup_bps":{"1h":99999}}""")),
            ("rules[4].fee.code", With("""{"method":"card","currency":"USD","markup_bps":0,"fee":{"code":"Fee!","percentage":"1"}}""")),
            ("rules[4].fee.tiers", With($$"""{"method":"card","currency":"USD","markup_bps":0,"fee":{"code":"f","percentage":"1","tiers":[{{string.Join(',', Enumerable.Range(1, 21).Select(i => Tier(i, "1")))}}]} }""")),
            ("rules[4].colour", With("""{"method":"card","currency":"USD","markup_bps":0,"colour":"red"}""")), ("rules[4].fee.rate", With("""{"method":"card","currency":"USD","markup_bps":0,"fee":{"code":"f","percentage":"1","rate":1}}""")),
            .. new[] { "", "-1", "101", "100.000001", "1e2", "1,5", ".5", "5.", "1.1234567", "NaN", "٣", " 1", "0x1", "1.0000000000000000000000000000001" }.Select(text => ("rules[3].fee.percentage", Rules(Card($$"""{"code":"f","percentage":"{{text}}"}""")))),
            ("rules[3].fee.fixed.currency", Rules(Card("""{"code":"f","percentage":"1","fixed":{"currency":"USD","value":1}}"""))), ("rules[3].fee.fixed.value", Rules(Card("""{"code":"f","percentage":"1","fixed":{"currency":"CNY","value":-1}}"""))),
            ("rules[3].fee.minimum.value", Rules(Card("""{"code":"f","percentage":"1","minimum":{"currency":"CNY","value":-1}}"""))),
            ("rules[3].fee.maximum", Rules(Card("""{"code":"f","percentage":"1","maximum":{"currency":"CNY","value":0}}"""))),
            ("rules[3].fee.maximum", Rules(Card("""{"code":"f","percentage":"1","minimum":{"currency":"CNY","value":2},"maximum":{"currency":"CNY","value":1}}"""))),
            ("rules[4].fee.maximum.currency", With("""{"method":"card","currency":"USD","markup_bps":0,"fee":{"code":"f","percentage":"1","minimum":{"currency":"CNY","value":1},"maximum":{"currency":"USD","value":2}}}""")),
            ("rules[3].fee.tiers[0].from.currency", Rules(Card("""{"code":"f","percentage":"1","tiers":[{"from":{"currency":"USD","value":1},"percentage":"1"}]}"""))), ("rules[3].fee.tiers[0].from.value", Rules(Card($$"""{"code":"f","percentage":"1","tiers":[{{Tier(0, "1")}}]}"""))),
            ("rules[3].fee.tiers[1].from", Rules(Card($$"""{"code":"f","percentage":"1","tiers":[{{Tier(5, "1")}},{{Tier(5, "2")}}]}"""))), ("rules[3].fee.tiers[0].percentage", Rules(Card($$"""{"code":"f","percentage":"1","tiers":[{{Tier(5, "x")}}]}"""))),
        ];
        foreach (var (field, rules) in faults)
        {
            foreach (var path in new[] { "/v1/fee-schedules", "/v1/fee-schedules/preview" })
            {
                var refused = await tenant.Test.PostAsync(path, Body((JsonArray)rules.DeepClone()), null);
                Assert.True(refused is { Status: 400, Code: "validation_failed" } && refused.Fields().Contains(field), $"{field}: {rules.ToJsonString()} {refused.Status} {refused.Text}");
            }
        }

        var large = Rules(Card("""{"code":"f","percentage":"1","fixed":{"currency":"CNY","value":9007199254740992}}"""));
        Assert.Equal(["rules[3].fee.fixed"], (await tenant.Test.PostAsync("/v1/fee-schedules", Body(large), null)).Must(422, "amount_too_large").Fields());
        foreach (var time in new[] { "tomorrow", "2027-01-01", "2027-02-30T00:00:00Z", "", "9999-12-31T23:59:59.9999999+00:00x" })
            Assert.Equal(["effective_from"], (await tenant.Test.PostAsync("/v1/fee-schedules", Body(Rules(), time))).Must(400, "validation_failed").Fields());
        Assert.Equal(before, await system.Database.FingerprintAsync(tenant.Id));
        TestContext.Current.TestOutputHelper!.WriteLine($"{2 * faults.Length + 5} faulty lists refused by field");
    }

    [Fact]
    public async Task A_preview_stores_nothing_and_says_what_quotes_then_say()
    {
        var tenant = await system.NewMarketplaceAsync();
        var rules = Rules(card: (JsonObject)JsonNode.Parse($$"""
            {"code":"card_fee","percentage":"2.9","fixed":{"currency":"CNY","value":200},"minimum":{"currency":"CNY","value":1000},"maximum":{"currency":"CNY","value":50000},
             "tiers":[{{Tier(500_000, "2.5")}},{"from":{"currency":"CNY","value":2000000},"percentage":"1.25","fixed":{"currency":"CNY","value":999} }]}
            """)!);
        var own = (JsonObject)JsonNode.Parse("""{"method":"card","currency":"USD","markup_bps":25,"lock_markup_bps":{"1h":60},"fee":{"code":"card_fee","percentage":"2.9","fixed":{"currency":"USD","value":30}},"fee_refundable":false}""")!;
        rules.Add(own);
        var before = await system.Database.FingerprintAsync(tenant.Id);
        var body = new JsonObject { ["rules"] = rules.DeepClone(), ["currencies"] = new JsonArray("USD", "EUR", "JPY", "CNY"), ["lock"] = "1h" };
        // World Pay's price is WorldFirst's, which the sandbox takes from the same file; it guarantees half an hour.
        var minute = (JsonObject)body.DeepClone();
        minute["lock"] = "1m";
        var previews = new[] { (await tenant.Test.PostAsync("/v1/fee-schedules/preview", body, null)).Must(200), (await tenant.Test.PostAsync("/v1/fee-schedules/preview", minute, null)).Must(200) };
        Assert.Equal(before, await system.Database.FingerprintAsync(tenant.Id));
        Assert.Equal("fee_default_2", previews[0]["compared_with"]);
        // Round sums, and both sides of both tiers.
        Assert.Equal([100_00, 1_000_00, 4_999_99, 5_000_00, 10_000_00, 19_999_99, 20_000_00], previews[0].Entries().Select(entry => entry.GetProperty("order_amount").GetProperty("value").GetInt64()).Distinct().Order());
        var (buyer, compared) = (await tenant.Test.BuyerAsync(), 0);
        foreach (var side in new[] { "before", "after" })
        {
            if (side == "after") (await tenant.Test.PostAsync("/v1/fee-schedules", new JsonObject { ["rules"] = rules.DeepClone() })).Must(201);
            foreach (var preview in previews)
            {
                foreach (var entry in preview.Entries())
                {
                    var method = entry.GetProperty("method").GetString()!;
                    if (preview["lock"] == "1h" && method is "world_pay" or "worldfirst_balance") continue;
                    var quote = (await tenant.Test.QuoteAsync(
                        buyer, method, entry.GetProperty("currency").GetString()!, entry.GetProperty("order_amount").GetProperty("value").GetInt64(), hold: preview["lock"])).Must(201);
                    var said = entry.GetProperty(side);
                    Assert.Equal(
                        (said.GetProperty("total").GetProperty("value").GetInt64(), said.GetProperty("source_amount").GetProperty("value").GetInt64(), said.GetProperty("fee_status").GetString()),
                        (quote.Value("total"), quote.Value("source_amount"), quote["fee_status"]));
                    if (quote["exchange_rate"] != "null") Assert.Equal(said.GetProperty("markup_bps").GetInt32(), quote.At("exchange_rate.markup_bps").GetInt32());
                    Assert.Equal(said.GetProperty("fee").ValueKind == JsonValueKind.Null ? 0 : said.GetProperty("fee").GetProperty("value").GetInt64(), quote.Value("total") - quote.Value("source_amount"));
                    compared++;
                }
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{compared} quotes as previewed");
        var changed = previews[0].Entries().Where(entry => entry.GetProperty("changed").GetBoolean()).ToList();
        Assert.Equal(changed.Count, previews[0].At("changed").GetInt32());
        Assert.All(changed, entry => Assert.Equal("card", entry.GetProperty("method").GetString()));
        var dollar = changed.Single(entry => entry.GetProperty("currency").GetString() == "USD" && entry.GetProperty("order_amount").GetProperty("value").GetInt64() == 10_000_00);
        // 10,000.00 ÷ 6.791170661 + 2.9 % + 0.30, against ÷ 6.821915397 (an hour is 15 bp) + 3 %.
        Assert.Equal((1_472_51 + 43_00, 1_465_87 + 43_98), (dollar.GetProperty("after").GetProperty("total").GetProperty("value").GetInt64(), dollar.GetProperty("before").GetProperty("total").GetProperty("value").GetInt64()));
        Assert.Equal(5_66, dollar.GetProperty("difference").GetProperty("value").GetInt64());
    }

    [Fact]
    public async Task Fees_of_tiers_and_limits_come_out_to_the_minor_unit_and_say_how()
    {
        var tenant = await system.NewMarketplaceAsync();
        var card = (JsonObject)JsonNode.Parse($$"""
            {"code":"card_fee","percentage":"3","fixed":{"currency":"CNY","value":100},"minimum":{"currency":"CNY","value":1000},"maximum":{"currency":"CNY","value":30000},"tiers":[{{Tier(1_000_000, "2")}}]}
            """)!;
        (await tenant.Test.PostAsync("/v1/fee-schedules", Body(Rules(card)))).Must(201);
        var buyer = await tenant.Test.BuyerAsync();
        foreach (var order in new long[] { 1, 299_99, 300_00, 5_000_00, 9_999_99, 10_000_00, 10_000_01, 14_999_99, 15_000_00, 15_000_50, 99_999_99 })
        {
            foreach (var currency in new[] { "USD", "JPY", "EUR" })
            {
                var quote = (await tenant.Test.QuoteAsync(buyer, "card", currency, order)).Must(201);
                var (mid, units) = (Exact.Parse(quote["exchange_rate.mid"]), Exact.MinorUnitsPerUnit(Currency.Parse(currency)));
                Exact In(long cny) => new Exact(cny, 100) / mid * units;
                var tier = order >= 10_000_00;
                var exact = ((Exact)quote.Value("source_amount") * (tier ? 2 : 3) / 100) + (tier ? 0 : In(1_00));
                var limit = exact < In(10_00) ? "minimum" : exact > In(300_00) ? "maximum" : "null";
                var expected = limit switch { "minimum" => In(10_00), "maximum" => In(300_00), _ => exact };
                var basis = quote.At("fees.0.basis");
                Assert.Equal((expected.HalfUp(), limit), (quote.Value("fees.0.amount"), quote["fees.0.basis.limit"]));
                Assert.Equal(quote.Value("source_amount") + quote.Value("fees.0.amount"), quote.Value("total"));
                Assert.Equal((tier ? "2" : "3", tier ? "CNY 1000000" : null), (basis.GetProperty("percentage").GetString(), tier ? quote.Amount("fees.0.basis.tier_from") : null));
                // Read again it is the same.
                Assert.Equal(quote.At("fees").GetRawText(), (await tenant.Test.GetAsync($"/v1/quotes/{quote.Id}")).At("fees").GetRawText());
            }
        }

        var method = (await tenant.Test.GetAsync("/v1/payment-methods")).Method("card", "USD");
        Assert.Equal(("computed", "2"), (method.GetProperty("fee_status").GetString(), method.GetProperty("fee").GetProperty("tiers")[0].GetProperty("percentage").GetString()));
        (await tenant.Test.PostAsync("/v1/fee-schedules", Body(Rules((JsonObject)JsonNode.Parse("""{"code":"f","percentage":"0","fixed":{"currency":"CNY","value":9007199254740991}}""")!)))).Must(201);
        Assert.Equal(["total"], (await tenant.Test.QuoteAsync(buyer, "card", "IDR", 1_00)).Must(422, "amount_too_large").Fields());
    }

    [Fact]
    public async Task Computed_zero_and_not_applicable_are_told_apart_in_every_breakdown()
    {
        var api = system.Api;
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        foreach (var (method, currency, status, lines) in new[] { ("card", "USD", "computed", 1), ("alipay", "CNY", "zero", 1), ("world_pay", "USD", "not_applicable", 0), ("worldfirst_balance", "USD", "not_applicable", 0) })
        {
            var quote = (await api.QuoteAsync(buyer, method, currency)).Must(201);
            var payment = (await api.PayAsync(quote.Id)).Must(201);
            var listed = (await api.GetAsync("/v1/payment-methods")).Method(method, currency);
            Assert.Equal([status, status, status, status], [quote["fee_status"], payment["fee_status"], (await api.GetAsync($"/v1/payments/{payment.Id}"))["fee_status"], listed.GetProperty("fee_status").GetString()]);
            Assert.Equal([lines, lines], new[] { quote, payment }.Select(one => one.At("fees").GetArrayLength()));
            if (lines == 1) Assert.Equal(status, quote["fees.0.basis.kind"]);
        }

        // The smallest order's fee was computed, and came to nothing.
        var small = (await api.QuoteAsync(buyer, "card", "USD", 1)).Must(201);
        Assert.Equal(("computed", "USD 0"), (small["fee_status"], small.Amount("fees.0.amount")));
        var options = (await api.PostAsync("/v1/payment-options", new JsonObject { ["buyer_id"] = buyer, ["order"] = ApiClient.Order(ApiClient.NewOrder(), 12_345_67), ["buyer_ip"] = ApiClient.Outside })).Must(201);
        var again = (await api.GetAsync($"/v1/payment-options/{options.Id}")).Must(200);
        foreach (var answer in new[] { options, again })
        {
            var statuses = answer.At("options").EnumerateArray().Where(option => option.GetProperty("quote").ValueKind != JsonValueKind.Null)
                .GroupBy(option => option.GetProperty("method").GetString()!, option => option.GetProperty("quote").GetProperty("fee_status").GetString()!).ToDictionary(group => group.Key, group => group.Distinct().Single());
            Assert.Equal(("computed", "zero", "not_applicable"), (statuses["card"], statuses["alipay"], statuses["world_pay"]));
        }
    }

    [Theory]
    [InlineData("card", "1h", 60, 15)]
    [InlineData("card", "24h", 1_440, 50)]
    [InlineData("world_pay", "1m", 1, 30)]
    public async Task The_quote_that_replaces_an_expired_one_holds_as_long_and_costs_what_that_costs(string method, string hold, int minutes, int bps)
    {
        var clock = new SettableClock(DateTimeOffset.UtcNow);
        var api = await system.StartAnotherApiAsync(clock);
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        var quote = (await api.QuoteAsync(buyer, method, "USD", hold: hold)).Must(201);
        clock.Now = quote.Time("expires_at");
        var expired = (await api.PayAsync(quote.Id, ip: ApiClient.Outside)).Must(409, "quote_expired");
        Assert.Equal((hold, bps), (expired["replacement.lock"], expired.At("replacement.exchange_rate.markup_bps").GetInt32()));
        Assert.Equal(TimeSpan.FromMinutes(minutes), expired.Time("replacement.expires_at") - expired.Time("replacement.created_at"));
        var stored = (await api.GetAsync($"/v1/quotes/{expired["replacement.id"]}")).Must(200);
        Assert.Equal((hold, expired["replacement.total.value"]), (stored["lock"], stored["total.value"]));
    }

    [Fact]
    public async Task WorldFirsts_guaranteed_prices_are_in_the_history_of_rates()
    {
        var quote = (await system.Api.QuoteAsync(await system.Api.BuyerAsync(), "world_pay", "THB")).Must(201);
        await Eventually.TrueAsync(
            async () => (await system.Api.GetAsync("/v1/exchange-rates?base=THB&source=worldfirst")).Must(200).Entries().Any(rate => rate.GetProperty("mid").GetString() == quote["exchange_rate.mid"]),
            () => "The price is not in the history.");
        Assert.Equal("null", quote["exchange_rate.rate_id"]);
        Assert.Equal("ecb", (await system.Api.GetAsync("/v1/exchange-rates?base=THB"))["data.0.source"]);
    }

    private static JsonObject Fee(string percentage) => new() { ["code"] = "card_fee", ["percentage"] = percentage };

    /// <summary>The example's rules, with another fee on cards.</summary>
    private static JsonArray Rules(JsonObject? card = null)
    {
        var rules = (JsonArray)JsonNode.Parse("""
            [{"method":"world_pay","markup_bps":40,"lock_markup_bps":{"1m":30,"1h":55,"24h":90}}, {"method":"alipay","markup_bps":0,"fee":{"code":"alipay_fee","percentage":"0"}},
             {"method":"worldfirst_balance","markup_bps":40,"lock_markup_bps":{"1m":30,"1h":55,"24h":90}},
             {"method":"card","markup_bps":0,"lock_markup_bps":{"1h":15,"24h":50},"fee":{"code":"card_fee","percentage":"3"}}]
            """)!;
        if (card is not null) rules[3]!["fee"] = (card["fee"] ?? card).DeepClone();
        return rules;
    }

    private static JsonArray With(string rule)
    {
        var rules = Rules();
        rules.Add(JsonNode.Parse(rule));
        return rules;
    }

    private static JsonArray Without(string method) => new([.. Rules().Where(rule => rule!["method"]!.GetValue<string>() != method).Select(rule => rule!.DeepClone())]);

    private static JsonNode Changed(JsonNode rule, string name, string value)
    {
        var copy = rule.DeepClone();
        copy[name] = value;
        return copy;
    }

    private static string Tier(long from, string percentage) => $$$"""{"from":{"currency":"CNY","value":{{{from}}}},"percentage":"{{{percentage}}}"}""";

    private static JsonObject Body(JsonArray rules, string? effectiveFrom = null)
    {
        var body = new JsonObject { ["rules"] = rules.DeepClone() };
        if (effectiveFrom is not null) body["effective_from"] = effectiveFrom;
        return body;
    }

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

internal static class FeeAnswers
{
    public static IEnumerable<JsonElement> Entries(this Answer list) => list.At("data").EnumerateArray();

    /// <summary>A method's entry for a currency in GET /v1/payment-methods.</summary>
    public static JsonElement Method(this Answer methods, string method, string currency) =>
        methods.Entries().Single(one => one.GetProperty("method").GetString() == method)
            .GetProperty("currencies").EnumerateArray().Single(one => one.GetProperty("currency").GetString() == currency);
}
