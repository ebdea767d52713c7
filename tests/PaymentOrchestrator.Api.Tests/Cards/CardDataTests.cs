using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Notifications;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Api.Providers.Notifications;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Cards;

/// <summary>No card number ever stays: not in logs, traces, tables, events or answers, wherever in a request it is put.</summary>
public sealed class CardDataTests(TestSystem system)
{
    private const int Planted = 1_000;

    [Fact]
    public async Task A_thousand_card_numbers_in_all_places_leave_no_trace()
    {
        var shop = await system.NewMarketplaceAsync();
        using var logs = new Captured();
        await using var instance = await system.StartOtherAsync(
            TimeProvider.System, services => services.AddSingleton<ILoggerProvider>(logs), "--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft.AspNetCore=Trace");
        using var traces = new TraceEars();
        var api = system.ClientWith(shop.TestKey, instance.Url);
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        var quote = (await api.QuoteAsync(buyer, "card", "USD")).Must(201).Id;
        var before = await system.Database.FingerprintAsync(shop.Id);
        var cards = new PlantedCards();
        var places = Places(api, cards, buyer, quote);
        var faults = new List<string>();
        for (var i = 0; cards.All.Count < Planted; i++)
        {
            var (name, send) = places[i % places.Count];
            var answer = await send();
            if (answer.Status != 400 || answer.Code != "card_data_refused" || answer.Fields().Count == 0) faults.Add($"{name}: {answer.Status} {answer.Text}");
            if (Holds(answer.Text, cards.All[^1]) || answer.Headers.Values.Any(value => Holds(value, cards.All[^1]))) faults.Add($"{name}: the answer repeats it");
        }

        Assert.Empty(faults);
        Assert.Equal(before, await system.Database.FingerprintAsync(shop.Id));
        await Task.Delay(300, TestContext.Current.CancellationToken);
        var heard = string.Join('\n', logs.Lines);
        Assert.True(logs.Lines.Count > Planted, $"{logs.Lines.Count} lines");
        Assert.True(traces.Texts.Count > Planted, $"{traces.Texts.Count} texts");
        var seen = string.Join('\n', traces.Texts);
        var stored = await DumpAsync(shop.Id);
        foreach (var number in cards.All)
        {
            if (Holds(heard, number)) Assert.Fail($"{number} is in the logs: {Around(heard, number)}");
            if (Holds(seen, number)) Assert.Fail($"{number} is in the traces: {Around(seen, number)}");
            Assert.False(Holds(stored, number), $"{number} is in a table.");
        }
    }

    [Fact]
    public async Task The_place_is_named_as_deep_as_it_lies_and_the_value_is_not()
    {
        var shop = await system.NewMarketplaceAsync();
        foreach (var (body, field) in new[]
        {
            ("""{"order":{"supplier_id":"4242 4242 4242 4242"}}""", "order.supplier_id"),
            ("""{"a":[{"b":{"c":["x",4242424242424242]}}]}""", "a[0].b.c[1]"),
            ("""{"a":4.242424242424242e15}""", "a"),
            ("""{"metadata":{"cvv":"123"}}""", "metadata.cvv"),
            ("""{"card":{"track_2":"x"}}""", "card.track_2"),
            ("""{"metadata":{"4242424242424242":"x"}}""", "metadata.(name)"),
            ("""{"metadata":{"\u0034242424242424242":"x"}}""", "metadata.(name)"),
            ("""{"note":"\u00344242424242424242"}""".Replace("4242424242424242", "242424242424242", StringComparison.Ordinal), "note"),
            ("""{"order":{"id":"4242424242424242"}}""", "order.id"),
            ("""{"order":{"id":"6200 0000 0000 0000 0"}}""", "order.id"),
        })
        {
            var refused = (await shop.Test.PostTextAsync("/v1/quotes", body, null)).Must(400, "card_data_refused");
            Assert.Equal([field], refused.Fields());
            Assert.DoesNotContain("4242", refused.Text, StringComparison.Ordinal);
        }

        Assert.Equal(["order_id"], (await shop.Test.GetAsync("/v1/payments?order_id=4242424242424242")).Must(400, "card_data_refused").Fields());
        Assert.Equal(["status"], (await shop.Test.GetAsync("/v1/payments?status=4242%204242-42424242")).Must(400, "card_data_refused").Fields());
        Assert.Equal(["path"], (await shop.Test.GetAsync("/v1/payments/4242424242424242")).Must(400, "card_data_refused").Fields());
        Assert.Equal(["Idempotency-Key"], (await shop.Test.PostTextAsync("/v1/quotes", "{}", "try-4242424242424242")).Must(400, "card_data_refused").Fields());
        Assert.Equal(["cvc"], (await shop.Test.GetAsync("/v1/payments?cvc=1")).Must(400, "card_data_refused").Fields());
    }

    [Fact]
    public async Task Order_numbers_that_look_like_cards_pass_as_order_numbers_and_are_found_again()
    {
        var shop = await system.NewMarketplaceAsync();
        var buyer = await system.Sandbox.ReadyAsync(await shop.Test.BuyerAsync());
        var cards = new PlantedCards();
        for (var i = 0; i < 20; i++)
        {
            var order = cards.Next(shortest: 17);
            var quote = (await shop.Test.QuoteAsync(buyer, "card", "USD", order: order)).Must(201);
            Assert.Equal(order, quote["order.id"]);
            Assert.Equal(0, (await shop.Test.GetAsync($"/v1/payments?order_id={order}")).Must(200).At("data").GetArrayLength());
        }
    }

    [Fact]
    public async Task Headers_that_tracers_add_with_random_numbers_are_let_through()
    {
        var shop = await system.NewMarketplaceAsync();
        foreach (var (name, value) in new[] { ("X-Cloud-Trace-Context", "105445aa7843bc8bf206b12000100000/4000000000000000006;o=1"), ("x-datadog-trace-id", "4000000000000000006"), ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-4242424242424242-01") })
            (await shop.Test.SendAsync(HttpMethod.Get, "/v1/payments", null, null, request => request.Headers.TryAddWithoutValidation(name, value))).Must(200);
    }

    [Fact]
    public void A_providers_id_of_an_account_is_kept_as_it_is_though_it_looks_like_a_card_number()
    {
        // By it the account is found again: 1688's members have thirteen digits, as some cards of Visa had.
        var account = new LinkedAccount
        {
            Id = default,
            Owner = new Caller(1, Mode.Test),
            BuyerId = default,
            Provider = LinkProvider.Marketplace1688,
            Status = LinkedAccount.Pending,
            CreatedAt = TimeProvider.System.GetUtcNow(),
            UpdatedAt = TimeProvider.System.GetUtcNow(),
        };
        Assert.Equal("b2b-4222222222222", account.WithGrant(new AccountGrant("b2b-4222222222222", "1688 b2•••22", "", null), "").ProviderAccountId);
        Assert.IsType<NotificationReading.OrderChanged>(new NotificationReading.OrderChanged(["4000000000000000006"]) { MemberId = "b2b-4222222222222" }.WithoutCardData());
    }

    [Fact]
    public void What_providers_say_is_kept_without_card_numbers()
    {
        Assert.Equal("bank card [card number]", ProviderText.Kept("bank card 6222 0212 3456 7890 128".Replace("6222 0212 3456 7890 128", "6200000000000005", StringComparison.Ordinal)));
        Assert.Equal("an unreadable code", ProviderText.Code("4242424242424242"));
        Assert.IsType<NotificationReading.Ignored>(new NotificationReading.PaymentChanged("4242424242424242", "pay_x").WithoutCardData());
        Assert.IsType<NotificationReading.Ignored>(new NotificationReading.OrderChanged(["4242424242424242"]).WithoutCardData());
        Assert.IsType<NotificationReading.OrderChanged>(new NotificationReading.OrderChanged(["4000000000000000006"]).WithoutCardData());
    }

    [Theory]
    [InlineData("key po_live_0123456789abcdefghijklmnopqrstuv012345 used", "key po_live_[hidden] used")]
    [InlineData("Authorization: Bearer abcdefgh.ijk-l", "Authorization: Bearer [hidden]")]
    [InlineData("""{"access_token":"abc","x":1}""", """{"access_token":"[hidden]","x":1}""")]
    [InlineData("Host=db;Password=hunter2;Database=po", "Host=db;Password=[hidden];Database=po")]
    [InlineData("paid with 4242 4242 4242 4242", "paid with [card number]")]
    [InlineData("GET /v1/payments?note=4242%204242%204242%204242", "GET /v1/payments?note=[card number]")]
    [InlineData("write to ann.lee@shop.example today", "write to [e-mail] today")]
    [InlineData("payment pay_01jrq7xv5fe8fbv3m1nfqk0a7c is processing", "payment pay_01jrq7xv5fe8fbv3m1nfqk0a7c is processing")]
    public void Secrets_and_personal_data_are_hidden_in_logs(string written, string logged) => Assert.Equal(logged, LogRedaction.Redact(written));

    [Fact]
    public async Task Whatever_is_logged_passes_that_wall_exceptions_included()
    {
        using var logs = new Captured();
        await using var instance = await system.StartOtherAsync(TimeProvider.System, services => services.AddSingleton<ILoggerProvider>(logs));
        var log = instance.App.Services.GetRequiredService<ILoggerFactory>().CreateLogger("test");
#pragma warning disable CA1848, CA2254
        log.LogError(new InvalidOperationException("with 4242424242424242"), "Card {Card} of {Mail}", "4242424242424242", "ann@shop.example");
#pragma warning restore CA1848, CA2254
        var line = Assert.Single(logs.Lines, one => one.Contains("Card ", StringComparison.Ordinal));
        Assert.DoesNotContain("4242", line, StringComparison.Ordinal);
        Assert.DoesNotContain("ann@", line, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException", line, StringComparison.Ordinal);
    }

    private static List<(string Name, Func<Task<Answer>> Send)> Places(ApiClient api, PlantedCards cards, string buyer, string quote)
    {
        return
        [
            ("reference", () => api.PostAsync("/v1/buyers", new JsonObject { ["reference"] = cards.NextWritten(), ["country"] = "US" })),
            ("supplier_id", () => QuoteAsync(body => body["order"]!["supplier_id"] = cards.NextWritten())),
            ("order.id", () => QuoteAsync(body => body["order"]!["id"] = cards.Next(longest: 16))),
            ("order.id divided", () => QuoteAsync(body => body["order"]!["id"] = PlantedCards.InFours(cards.Next(), "-"))),
            ("amount", () => QuoteAsync(body => body["order"]!["amount"]!["value"] = long.Parse(cards.Next(longest: 18), CultureInfo.InvariantCulture))),
            ("unknown field", () => QuoteAsync(body => body["note"] = cards.NextWritten())),
            ("deep", () => QuoteAsync(body => body["a"] = new JsonObject { ["b"] = new JsonArray(1, new JsonObject { ["c"] = new JsonArray(cards.NextWritten()) }) })),
            ("field name", () => QuoteAsync(body => body[cards.NextWritten()] = "x")),
            ("metadata", () => PayAsync(body => body["metadata"] = new JsonObject { ["note"] = cards.NextWritten() })),
            ("metadata name", () => PayAsync(body => body["metadata"] = new JsonObject { [cards.Next()] = "x" })),
            ("return_url", () => PayAsync(body => body["return_url"] = $"https://shop.example/?card={cards.Next()}")),
            ("reason", () => api.PostAsync("/v1/payments/pay_x/refunds", new JsonObject { ["reason"] = cards.NextWritten() })),
            ("link", () => api.PostAsync($"/v1/buyers/{buyer}/linked-accounts", new JsonObject { ["provider"] = "card", ["payment_method"] = cards.Next(), ["return_url"] = ApiClient.ReturnUrl })),
            ("webhook url", () => api.PostAsync("/v1/webhook-endpoints", new JsonObject { ["url"] = $"https://shop.example/{cards.Next()}" })),
            ("key's name", () => api.PostAsync("/v1/api-keys", new JsonObject { ["name"] = cards.NextWritten(), ["scopes"] = new JsonArray("read") })),
            ("idempotency key", () => api.PostAsync("/v1/payments", new JsonObject { ["quote_id"] = quote }, $"try-{cards.Next()}")),
            ("authorization", () => HeaderAsync(request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", cards.Next()))),
            ("user agent", () => HeaderAsync(request => request.Headers.TryAddWithoutValidation("User-Agent", cards.NextWritten()))),
            ("any header", () => HeaderAsync(request => request.Headers.TryAddWithoutValidation("X-Note", cards.NextWritten()))),
            ("baggage", () => HeaderAsync(request => request.Headers.TryAddWithoutValidation("baggage", $"card={cards.Next()}"))),
            ("tracestate", () => HeaderAsync(request => request.Headers.TryAddWithoutValidation("tracestate", $"shop={cards.Next()}"))),
            ("language", () => HeaderAsync(request => request.Headers.TryAddWithoutValidation("Accept-Language", cards.Next()))),
            ("session", () => HeaderAsync(request => request.Headers.TryAddWithoutValidation("Buyer-Session", cards.NextWritten()))),
            ("query", () => api.GetAsync($"/v1/payments?status={Uri.EscapeDataString(cards.NextWritten())}")),
            ("order_id query", () => api.GetAsync($"/v1/payments?order_id={cards.Next(longest: 16)}")),
            ("query name", () => api.GetAsync($"/v1/payments?{Uri.EscapeDataString(cards.NextWritten())}=1")),
            ("path", () => api.GetAsync($"/v1/payments/{Uri.EscapeDataString(PlantedCards.InFours(cards.Next(), " "))}")),
            ("path of nothing", () => api.GetAsync($"/nothing/{cards.Next()}/here")),
            ("return of a provider", () => api.GetAsync($"/v1/returns/card?state=x&code={cards.Next()}")),
            ("notification's header", () => api.SendAsync(HttpMethod.Post, "/v1/provider-notifications/card", ApiClient.Json("{}"u8.ToArray()), null, request => request.Headers.TryAddWithoutValidation("X-Note", cards.Next()))),
        ];

        Task<Answer> QuoteAsync(Action<JsonObject> plant)
        {
            var body = new JsonObject { ["buyer_id"] = buyer, ["method"] = "card", ["order"] = ApiClient.Order(ApiClient.NewOrder(), 12_345_67), ["source_currency"] = "USD" };
            plant(body);
            return api.PostAsync("/v1/quotes", body);
        }

        Task<Answer> PayAsync(Action<JsonObject> plant)
        {
            var body = new JsonObject { ["quote_id"] = quote };
            plant(body);
            return api.PostAsync("/v1/payments", body);
        }

        Task<Answer> HeaderAsync(Action<HttpRequestMessage> plant) =>
            api.SendAsync(HttpMethod.Post, "/v1/quotes", ApiClient.Json(Encoding.UTF8.GetBytes("{}")), null, plant);
    }

    /// <summary>Every row of every table: the marketplace's own where a table has a marketplace.</summary>
    private async Task<string> DumpAsync(int marketplace)
    {
        var all = await system.Database.RowsAsync("""
            select t.table_name, exists (select from information_schema.columns c where c.table_schema = 'public' and c.table_name = t.table_name and c.column_name = 'marketplace_id')
            from information_schema.tables t where t.table_schema = 'public' and t.table_type = 'BASE TABLE'
            """);
        var text = new StringBuilder();
        foreach (var table in all.Select(row => row.Split(' ')))
        {
            var rows = table[1] == "True"
                ? await system.Database.RowsAsync($"select t::text from {table[0]} t where marketplace_id = $1", marketplace)
                : await system.Database.RowsAsync($"select t::text from {table[0]} t");
            foreach (var row in rows) text.AppendLine(row);
        }

        return text.ToString();
    }

    private static bool Holds(string text, string number) =>
        text.Contains(number, StringComparison.Ordinal) || text.Contains(PlantedCards.InFours(number, " "), StringComparison.Ordinal)
        || text.Contains(PlantedCards.InFours(number, "-"), StringComparison.Ordinal) || text.Contains(PlantedCards.InFours(number, "%20"), StringComparison.Ordinal);

    private static string Around(string text, string number)
    {
        var at = new[] { number, PlantedCards.InFours(number, " "), PlantedCards.InFours(number, "-"), PlantedCards.InFours(number, "%20") }
            .Select(form => text.IndexOf(form, StringComparison.Ordinal)).First(found => found >= 0);
        return text[Math.Max(0, at - 200)..Math.Min(text.Length, at + 100)];
    }

    private sealed class Captured : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> lines = new();

        public IReadOnlyCollection<string> Lines => lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            var parts = state is IReadOnlyList<KeyValuePair<string, object?>> list ? string.Join('|', list.Select(part => part.Value?.ToString())) : "";
            lines.Enqueue($"{state} {parts}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var parts = state is IReadOnlyList<KeyValuePair<string, object?>> list ? string.Join('|', list.Select(part => part.Value?.ToString())) : "";
            lines.Enqueue($"{formatter(state, exception)} {parts} {exception}");
        }

        public void Dispose()
        {
        }
    }

    /// <summary>All that spans hold; not those of the tests' own client, which really sent it.</summary>
    private sealed class TraceEars : IDisposable
    {
        private readonly ConcurrentQueue<string> texts = new();
        private readonly ActivityListener listener;

        public TraceEars()
        {
            listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name != "System.Net.Http",
                Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = activity => texts.Enqueue(string.Join('|',
                    [activity.DisplayName, activity.TraceStateString, activity.ParentId, .. activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"),
                     .. activity.Baggage.Select(item => $"{item.Key}={item.Value}"), .. activity.Events.SelectMany(one => one.Tags).Select(tag => $"{tag.Value}")])),
            };
            ActivitySource.AddActivityListener(listener);
        }

        public IReadOnlyCollection<string> Texts => texts;

        public void Dispose() => listener.Dispose();
    }
}
