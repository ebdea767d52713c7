using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Webhooks;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Rates;

/// <summary>Rates over HTTP, on databases of their own: what is in force is the same for every marketplace.</summary>
public sealed class RateTests(WebhookServer postgres)
{
    private static readonly DateTimeOffset Start = new(2026, 4, 13, 16, 0, 0, TimeSpan.Zero);

    // 7.9827 ÷ 1.1684.
    private const string Dollar = "6.832163643";

    [Fact]
    public async Task A_fetched_rate_is_stored_once_prices_quotes_by_name_and_outlives_source_and_instance()
    {
        await using var ecb = await EcbServer.StartAsync();
        ecb.Publish(EcbServer.File("2026-04-13"), "one");
        var clock = new SettableClock(Start);
        await using var lab = await WebhookLab.EmptyAsync(postgres);
        // Three at once: one of them asks.
        var instances = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => lab.StartInstanceAsync(clock, Settings(ecb))));
        var clients = instances.Select(instance => lab.Client(instance, lab.Key)).ToList();
        foreach (var client in clients) Assert.Equal(Dollar, (await InForceAsync(client, "USD", rate => rate is not null))!.Value.GetProperty("mid").GetString());
        Assert.Equal([("", "")], ecb.Requests);
        Assert.Equal(["3 1"], await lab.Database.RowsAsync("select count(*), count(distinct fetched_at) from exchange_rates"));

        var quote = (await clients[0].QuoteAsync(await clients[0].BuyerAsync(), "card", "USD")).Must(201);
        Assert.Equal((Dollar, "USD 180700", "USD 186121"), (quote["exchange_rate.mid"], quote.Amount("source_amount"), quote.Amount("total")));
        var named = (await clients[1].GetAsync($"/v1/exchange-rates/{quote["exchange_rate.rate_id"]}")).Must(200);
        Assert.Equal((Dollar, "ecb", "accepted", "2026-04-13T15:00:00.000Z"), (named["mid"], named["source"], named["status"], named["as_of"]));
        Assert.Equal(named.Id, (await clients[2].GetAsync($"/v1/quotes/{quote.Id}")).Must(200)["exchange_rate.rate_id"]);

        // Not changed: asked once more by one of them, on condition.
        clock.Now += TimeSpan.FromMinutes(16);
        await Eventually.TrueAsync(() => ecb.Requests.Count == 2, () => $"{ecb.Requests.Count} requests");
        Assert.Equal(("\"one\"", "Mon, 13 Apr 2026 14:10:00 GMT"), ecb.Requests.Last());
        await SourceAsync(clients[0], source => source.GetProperty("status").GetString() == "ok" && source.GetProperty("checked_at").GetDateTimeOffset() == clock.Now);

        // The next day's.
        ecb.Publish(EcbServer.File("2026-04-14", usd: "1.17"), "two");
        clock.Now = Start.AddDays(1);
        foreach (var client in clients) await InForceAsync(client, "USD", rate => rate?.GetProperty("mid").GetString() == "6.822820513");
        Assert.Equal(["2 USD"], await lab.Database.RowsAsync("select count(*), base from exchange_rates where base = 'USD' group by base"));

        // Nothing answers any more and everything was restarted: what was fetched is in force, and ages.
        ecb.AnswerWith(500, "");
        foreach (var instance in instances) await lab.StopAsync(instance);
        clock.Now = Start.AddDays(8);
        var restarted = lab.Client(await lab.StartInstanceAsync(clock, Settings(ecb)), lab.Key);
        var kept = (await restarted.GetAsync("/v1/exchange-rates?base=USD")).Must(200);
        Assert.Equal(("6.822820513", "True"), (kept["data.0.mid"], kept["data.0.stale"]));
        Assert.True((await restarted.QuoteAsync(await restarted.BuyerAsync(), "card", "USD")).Must(201).At("exchange_rate.stale").GetBoolean());
        var live = lab.Client(await lab.StartInstanceAsync(clock, Settings(ecb)), lab.LiveKey);
        (await live.QuoteAsync(await live.BuyerAsync(), "card", "USD")).Must(503, "rate_source_unavailable");
    }

    [Fact]
    public async Task Before_anything_was_fetched_no_price_is_made_up()
    {
        await using var ecb = await EcbServer.StartAsync();
        ecb.AnswerWith(503, "later");
        await using var lab = await WebhookLab.StartAsync(postgres, new SettableClock(Start), Settings(ecb));
        foreach (var key in new[] { lab.Key, lab.LiveKey })
        {
            var client = await ClientAsync(lab, key, Settings(ecb));
            var refused = (await client.QuoteAsync(await client.BuyerAsync(), "card", "USD")).Must(503, "rate_source_unavailable");
            Assert.NotEmpty(refused.Headers["Retry-After"]);
            Assert.True(refused.At("retryable").GetBoolean());
        }

        // CNY needs no rate.
        (await lab.Api.QuoteAsync(await lab.Api.BuyerAsync(), "alipay", "CNY")).Must(201);
    }

    [Fact]
    public async Task Whatever_the_source_sends_the_last_good_rates_stay_and_its_error_shows()
    {
        await using var ecb = await EcbServer.StartAsync();
        ecb.Publish(EcbServer.File("2026-04-13"), "good");
        var clock = new SettableClock(Start);
        await using var lab = await WebhookLab.StartAsync(postgres, clock, [.. Settings(ecb), "--Rates:Ecb:Timeout=00:00:00.300"]);
        await InForceAsync(lab.Api, "USD", rate => rate is not null);
        var rows = await lab.Database.RowsAsync("select * from exchange_rates order by id");

        var laughs = string.Concat(Enumerable.Range(1, 12).Select(i => $"<!ENTITY l{i} '{string.Concat(Enumerable.Repeat($"&l{i - 1};", 10))}'>"));
        Task Slow(HttpContext context) => Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted);
        async Task Trickle(HttpContext context)
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync(" ");
                await context.Response.Body.FlushAsync();
                await Task.Delay(50, context.RequestAborted);
            }
        }

        async Task Cut(HttpContext context)
        {
            context.Response.ContentLength = 5_000;
            await context.Response.WriteAsync(EcbServer.File("2026-04-14")[..200]);
            context.Abort();
        }

        var troubles = new (string Name, Func<HttpContext, Task> Answer, string Says)[]
        {
            ("500", Body(500, "no"), "status 500"), ("404", Body(404, "no"), "status 404"), ("301", Moved, "status 301"), ("empty", Body(200, ""), "not well-formed"),
            ("html", Body(200, "<html><body><p>Service unavailable</body></html>"), "not well-formed"), ("json", Body(200, "{\"CNY\":7.9}"), "not well-formed"),
            ("other xml", Body(200, "<rates/>"), "exactly one day"), ("slow", Slow, "did not answer within 0.3 s"), ("trickle", Trickle, "did not answer within 0.3 s"),
            ("cut", Cut, "failed"),
            ("external entity", Body(200, "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>" + EcbServer.Envelope("<Cube><Cube time='2026-04-14'><Cube currency='CNY' rate='&e;'/></Cube></Cube>")), "not well-formed"),
            ("billion laughs", Body(200, $"<!DOCTYPE x [<!ENTITY l0 'lol'>{laughs}]>" + EcbServer.Envelope("&l12;")), "not well-formed"),
            ("long", Body(200, EcbServer.File("2026-04-14") + new string(' ', 1_100_000)), "longer than"),
            ("deep", Body(200, string.Concat(Enumerable.Repeat("<a>", 200_000))), "nested"),
            ("huge rate", Body(200, EcbServer.File("2026-04-14", usd: "7922816251426433759354395033")), "USD"), ("huge CNY", Body(200, EcbServer.File("2026-04-14", cny: "99999999999")), "CNY"),
            ("tiny rate", Body(200, EcbServer.File("2026-04-14", usd: "0.00000000000000001")), "USD"), ("zero", Body(200, EcbServer.File("2026-04-14", usd: "0")), "USD"),
            ("negative", Body(200, EcbServer.File("2026-04-14", usd: "-1")), "USD"), ("exponent", Body(200, EcbServer.File("2026-04-14", usd: "1e9")), "USD"),
            ("without CNY", Body(200, EcbServer.Envelope("<Cube><Cube time='2026-04-14'><Cube currency='USD' rate='1.1'/></Cube></Cube>")), "CNY"),
            ("a year ahead", Body(200, EcbServer.File("2027-04-14")), "a day to come"), ("the last day", Body(200, EcbServer.File("9999-12-31")), "a day to come"),
            ("markup in a value", Body(200, EcbServer.File("2026-04-14", usd: "&lt;script&gt;" + new string('x', 9_000))), "USD"),
        };
        foreach (var (name, answer, says) in troubles)
        {
            var checkedAt = clock.Now += TimeSpan.FromMinutes(16);
            ecb.Answer = answer;
            var source = await SourceAsync(lab.Api, one => one.GetProperty("checked_at").GetDateTimeOffset() >= checkedAt);
            Assert.True("failing" == source.GetProperty("status").GetString(), name);
            var error = source.GetProperty("error").GetString()!;
            Assert.True(error.Contains(says, StringComparison.Ordinal) && error.Length <= 260, $"{name}: {error}");
            Assert.Equal(Dollar, (await lab.Api.GetAsync("/v1/exchange-rates?base=USD"))["data.0.mid"]);
        }

        Assert.Equal(rows, await lab.Database.RowsAsync("select * from exchange_rates order by id"));
        TestContext.Current.TestOutputHelper!.WriteLine($"{troubles.Length} kinds of trouble, no rate changed");

        // A source that failed is asked again in a minute, and is well again.
        ecb.Publish(EcbServer.File("2026-04-14", usd: "1.17"), "new");
        clock.Now = Start.AddDays(1);
        Assert.Equal(JsonValueKind.Null, (await SourceAsync(lab.Api, one => one.GetProperty("status").GetString() == "ok")).GetProperty("error").ValueKind);
        await InForceAsync(lab.Api, "USD", rate => rate?.GetProperty("mid").GetString() == "6.822820513");

        static Func<HttpContext, Task> Body(int status, string text) => async context =>
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(text);
        };

        static Task Moved(HttpContext context)
        {
            context.Response.Redirect("/elsewhere", permanent: true);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_rate_that_jumps_is_held_back_once_alarmed_once_and_a_person_lets_it_in()
    {
        var alarms = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "payment_orchestrator.rates.held") self.EnableMeasurementEvents(instrument);
        };
        // No other test has this currency jump.
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            lock (alarms) alarms.AddRange(tags.ToArray().Where(tag => tag is { Key: "currency", Value: "JPY" }).Select(_ => count.ToString(CultureInfo.InvariantCulture)));
        });
        listener.Start();

        await using var ecb = await EcbServer.StartAsync();
        ecb.Publish(EcbServer.File("2026-04-13"), "one");
        var clock = new SettableClock(Start);
        await using var lab = await WebhookLab.StartAsync(postgres, clock, Settings(ecb));
        var other = await ClientAsync(lab, lab.Key, Settings(ecb), clock);
        var live = await ClientAsync(lab, lab.LiveKey, Settings(ecb), clock);
        foreach (var client in new[] { lab.Api, other, live }) await InForceAsync(client, "USD", rate => rate is not null);

        // The dollar at half its worth, the yen at ten times: EUR moves by a hair and is in force at once.
        ecb.Publish(EcbServer.File("2026-04-14", usd: "2.3368", jpy: "18.675", cny: "7.9828"), "two");
        clock.Now = Start.AddDays(1);
        foreach (var client in new[] { lab.Api, other, live }) await InForceAsync(client, "EUR", rate => rate?.GetProperty("mid").GetString() == "7.982800000");
        var standing = (await lab.Api.GetAsync("/v1/exchange-rates")).Must(200);
        var held = standing.At("held").EnumerateArray().ToDictionary(rate => rate.GetProperty("base").GetString()!);
        Assert.Equal(["JPY", "USD"], held.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("held", held["USD"].GetProperty("status").GetString());
        Assert.StartsWith("0.99997", held["USD"].GetProperty("jump").GetProperty("share").GetString(), StringComparison.Ordinal);
        Assert.Equal(["1"], alarms);

        // The last good one prices, and ages.
        var buyer = await lab.Api.BuyerAsync();
        var quote = (await lab.Api.QuoteAsync(buyer, "card", "USD")).Must(201);
        Assert.Equal((Dollar, "2026-04-13T15:00:00.000Z"), (quote["exchange_rate.mid"], quote["exchange_rate.as_of"]));
        Assert.Equal(held["USD"].GetProperty("jump").GetProperty("compared_with").GetString(), quote["exchange_rate.rate_id"]);

        var usd = $"/v1/exchange-rates/{held["USD"].GetProperty("id").GetString()}";
        var word = new JsonObject { ["decided_by"] = "ops@shop.example", ["reason"] = "confirmed with the source" };
        (await lab.Api.PostAsync($"{usd}/accept", word)).Must(403, "operator_key_needed");
        (await live.PostAsync($"{usd}/accept", word, null)).Must(400, "idempotency_key_missing");
        (await live.PostAsync($"{usd}/accept", new JsonObject())).Must(400, "validation_failed");
        (await live.PostAsync("/v1/exchange-rates/fxr_00000000000000000000000000/accept", word)).Must(404, "not_found");
        Assert.Equal(Dollar, (await InForceAsync(lab.Api, "USD", _ => true))!.Value.GetProperty("mid").GetString());

        var key = ApiClient.NewKey();
        var many = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => live.PostAsync($"{usd}/accept", word, key)));
        Assert.All(many, answer => Assert.Equal(("accepted", "accepted", "ops@shop.example"), (answer.Must(200)["status"], answer["decision.outcome"], answer["decision.decided_by"])));
        Assert.Equal(7, many.Count(answer => answer.Replayed));
        (await live.PostAsync($"{usd}/reject", word, key)).Must(422, "idempotency_key_reused");
        (await live.PostAsync($"{usd}/reject", word)).Must(409, "rate_not_held");
        foreach (var client in new[] { lab.Api, other, live }) await InForceAsync(client, "USD", rate => rate?.GetProperty("mid").GetString() == "3.416124615");
        Assert.Equal("3.416124615", (await lab.Api.QuoteAsync(buyer, "card", "USD")).Must(201)["exchange_rate.mid"]);

        var jpy = $"/v1/exchange-rates/{held["JPY"].GetProperty("id").GetString()}";
        Assert.Equal("rejected", (await live.PostAsync($"{jpy}/reject", word)).Must(200)["status"]);
        Assert.Equal("0.04274538153", (await lab.Api.GetAsync("/v1/exchange-rates?base=JPY"))["data.0.mid"]);
        Assert.Equal(0, (await lab.Api.GetAsync("/v1/exchange-rates")).At("held").GetArrayLength());
        Assert.Equal([jpy[^30..]], (await lab.Api.GetAsync("/v1/exchange-rates?status=rejected")).Must(200).At("data").EnumerateArray().Select(rate => rate.GetProperty("id").GetString()));
        Assert.Equal(["accepted 1 ops@shop.example", "rejected 1 ops@shop.example"], await lab.Database.RowsAsync("select outcome, marketplace_id, decided_by from exchange_rate_decisions order by 1"));
    }

    [Fact]
    public async Task Where_operators_are_named_no_other_marketplace_decides()
    {
        await using var lab = await WebhookLab.StartAsync(postgres, null, "--Rates:Operators=2,3");
        var live = await ClientAsync(lab, lab.LiveKey, ["--Rates:Operators=2,3"]);
        var rate = (await live.GetAsync("/v1/exchange-rates?base=USD")).Must(200)["data.0.id"];
        (await live.PostAsync($"/v1/exchange-rates/{rate}/accept", new JsonObject { ["decided_by"] = "me" })).Must(403, "operator_key_needed");
        var allowed = await ClientAsync(lab, lab.LiveKey, ["--Rates:Operators=1"]);
        (await allowed.PostAsync($"/v1/exchange-rates/{rate}/accept", new JsonObject { ["decided_by"] = "me" })).Must(409, "rate_not_held");
    }

    [Fact]
    public async Task The_history_is_filtered_paged_without_gaps_and_never_changed()
    {
        await using var ecb = await EcbServer.StartAsync();
        var clock = new SettableClock(Start);
        ecb.Publish(EcbServer.File("2026-04-01"), "d0");
        await using var lab = await WebhookLab.StartAsync(postgres, clock, Settings(ecb));
        await InForceAsync(lab.Api, "USD", rate => rate is not null);
        for (var day = 2; day <= 9; day++)
        {
            ecb.Publish(EcbServer.File($"2026-04-0{day}", usd: $"1.16{day}"), $"d{day}");
            clock.Now += TimeSpan.FromMinutes(16);
            await InForceAsync(lab.Api, "USD", rate => rate?.GetProperty("as_of").GetString()!.StartsWith($"2026-04-0{day}", StringComparison.Ordinal) == true);
        }

        var seen = new List<string>();
        for (var cursor = ""; ;)
        {
            var page = (await lab.Api.GetAsync($"/v1/exchange-rates?base=USD&limit=3{cursor}")).Must(200);
            seen.AddRange(page.At("data").EnumerateArray().Select(rate => rate.GetProperty("as_of").GetString()![..10]));
            if (!page.At("has_more").GetBoolean()) break;
            cursor = $"&cursor={page["next_cursor"]}";
        }

        Assert.Equal(Enumerable.Range(1, 9).Reverse().Select(day => $"2026-04-0{day}"), seen);
        Assert.Equal(["2026-04-05", "2026-04-04"], await DaysAsync("base=USD&from=2026-04-04&to=2026-04-05"));
        Assert.Equal(["2026-04-05"], await DaysAsync("base=USD&from=2026-04-04T15:00:01Z&to=2026-04-05T15:00:00Z"));
        Assert.Empty(await DaysAsync("base=USD&source=worldfirst"));
        Assert.Equal(27, (await DaysAsync("from=2026-01-01&limit=100")).Count);
        foreach (var (query, field) in new[]
        {
            ("base=usd", "base"), ("base=", "base"), ("from=yesterday", "from"), ("to=2026-02-30", "to"), ("from=2026-04-05&to=2026-04-04", "to"), ("status=good", "status"),
            ("limit=0", "limit"), ("limit=101", "limit"), ("cursor=x", "cursor"), ("cursor=quo_00000000000000000000000000", "cursor"), ("to=9999-12-31", "to"), ("source=%00", "source"),
        }) Assert.Equal([field], (await lab.Api.GetAsync($"/v1/exchange-rates?{query}")).Must(400, "validation_failed").Fields());

        Assert.Empty(await lab.Database.RowsAsync("""
            select role, t, privilege
            from unnest(array['po_app', 'po_worker']) role, unnest(array['exchange_rates', 'exchange_rate_decisions', 'fee_schedules']) t, unnest(array['update', 'delete', 'truncate']) privilege
            where has_table_privilege(role, t, privilege) or (privilege = 'update' and has_any_column_privilege(role, t, privilege))
            """));

        async Task<IReadOnlyList<string>> DaysAsync(string query) =>
            [.. (await lab.Api.GetAsync($"/v1/exchange-rates?{query}")).Must(200).At("data").EnumerateArray().Select(rate => rate.GetProperty("as_of").GetString()![..10])];
    }

    [Fact]
    public async Task A_configured_table_is_a_source_like_any_other()
    {
        await using var lab = await WebhookLab.StartAsync(
            postgres, new SettableClock(Start), "--Rates:Table:AsOf=2026-04-13T10:00:00Z", "--Rates:Table:Mid:USD=7.1", "--Rates:Table:Mid:KWD=23.456");
        var quote = (await lab.Api.QuoteAsync(await lab.Api.BuyerAsync(), "card", "USD", 7_100_00)).Must(201);
        Assert.Equal(("7.100000000", "table", "USD 100000"), (quote["exchange_rate.mid"], quote["exchange_rate.source"], quote.Amount("source_amount")));
        // Three decimals: 7,100.00 ÷ 23.456 = 302.694…
        Assert.Equal("KWD 302695", (await lab.Api.QuoteAsync(await lab.Api.BuyerAsync(), "card", "KWD", 7_100_00)).Must(201).Amount("source_amount"));
        (await lab.Api.QuoteAsync(await lab.Api.BuyerAsync(), "card", "EUR")).Must(422, "currency_not_supported");
        foreach (var wrong in new[] { "--Rates:Table:Mid:USD=0", "--Rates:Table:Mid:CNY=1", "--Rates:Table:Mid:XXX=1", "--Rates:Table:Mid:USD=7.10000000001", "--Rates:Table:AsOf=today", "--Rates:Ecb:Url=http://127.0.0.1:1/" })
            await RefuseAsync("--Rates:Table:AsOf=2026-04-13T10:00:00Z", wrong);
        foreach (var url in new[] { "http://www.ecb.europa.eu/x.xml", "ftp://127.0.0.1/", "eurofxref.xml" })
            await RefuseAsync($"--Rates:Ecb:Url={url}");
        foreach (var setting in new[] { "--Rates:MaxJump=0", "--Rates:MaxAge=-1" }) await RefuseAsync(setting);

        Task RefuseAsync(params string[] settings) => Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using var instance = ApiApp.Build(lab.Arguments(settings));
            await instance.StartAsync(TestContext.Current.CancellationToken);
        });
    }

    private static string[] Settings(EcbServer ecb) => [ecb.Setting, "--Rates:Refresh=00:00:00.030"];

    private static async Task<ApiClient> ClientAsync(WebhookLab lab, string key, string[] settings, TimeProvider? clock = null) =>
        lab.Client(await lab.StartInstanceAsync(clock ?? new SettableClock(Start), settings), key);

    /// <summary>The rate in force, once it is as wanted.</summary>
    private static async Task<JsonElement?> InForceAsync(ApiClient client, string currency, Func<JsonElement?, bool> wanted)
    {
        JsonElement? found = null;
        await Eventually.TrueAsync(async () =>
        {
            var list = (await client.GetAsync($"/v1/exchange-rates?base={currency}")).Must(200).At("data");
            found = list.GetArrayLength() == 0 ? null : list[0];
            return wanted(found);
        }, () => $"In force is {found}");
        return found;
    }

    private static async Task<JsonElement> SourceAsync(ApiClient client, Func<JsonElement, bool> wanted)
    {
        JsonElement? found = null;
        await Eventually.TrueAsync(async () =>
        {
            var list = (await client.GetAsync("/v1/exchange-rates")).Must(200).At("sources");
            found = list.GetArrayLength() == 0 ? null : list[0];
            return found is { } one && one.GetProperty("checked_at").ValueKind != JsonValueKind.Null && wanted(one);
        }, () => $"The source is {found}");
        return found!.Value;
    }
}
