using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Refunds;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Operations;

/// <summary>What <c>/metrics</c> serves after the main job, and that dashboard and alert rules ask for nothing else.</summary>
public sealed partial class MetricsTests(TestSystem system, MeteredApi api) : IClassFixture<MeteredApi>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_main_job_is_counted_by_method_and_outcome()
    {
        var buyer = await system.Sandbox.ReadyAsync(await api.Client.BuyerAsync(), "USD");
        var before = await api.ScrapeAsync();
        var payment = await api.Client.PaidByAsync(buyer, "card", "USD", 1_000_00);
        (await api.Client.RefundAsync(payment.Id)).Must(201);
        // The exporter answers with what it last read for a third of a second.
        string[] refunded = ["status=\"succeeded\""];
        var after = await api.UntilAsync(text => text.Sum("payment_orchestrator_refunds_total", refunded) > before.Sum("payment_orchestrator_refunds_total", refunded));

        double Rise(string name, params string[] labels) => after.Sum(name, labels) - before.Sum(name, labels);
        Assert.True(Rise("payment_orchestrator_payments_total", "method=\"card\"", "status=\"succeeded\"", "mode=\"test\"") >= 1);
        Assert.True(Rise("payment_orchestrator_refunds_total", "status=\"succeeded\"") >= 1);
        Assert.True(Rise("payment_orchestrator_quotes_created_total", "method=\"card\"") >= 1);
        Assert.True(Rise("payment_orchestrator_quotes_consumed_total", "method=\"card\"") >= 1);
        Assert.True(Rise("payment_orchestrator_request_own_duration_seconds_count", "operation=\"createPayment\"", "status_class=\"2xx\"") >= 1);
        Assert.True(Rise("payment_orchestrator_provider_call_duration_seconds_count", "provider=\"card\"", "operation=\"POST payment_intents\"", "outcome=\"answered\"") >= 1);
        // Providers were waited for, and that time is not called ours.
        Assert.True(Rise("payment_orchestrator_request_own_duration_seconds_sum", "operation=\"createPayment\"") < Rise("http_server_request_duration_seconds_sum", "http_route=\"/v1/payments\""));
    }

    [Fact]
    public async Task Dashboard_and_alert_rules_name_only_what_is_served()
    {
        var buyer = await system.Sandbox.ReadyAsync(await api.Client.BuyerAsync(), "USD");
        var payment = await api.Client.PaidByAsync(buyer, "card", "USD", 1_000_00);
        (await api.Client.RefundAsync(payment.Id)).Must(201);
        (await api.Client.PostAsync("/v1/payment-options", new JsonObject { ["buyer_id"] = buyer, ["order"] = ApiClient.Order(ApiClient.NewOrder(), 1_000_00) }, null)).Must(201);
        (await api.Client.GetAsync("/v1/ledger/proof")).Must(200);
        var served = await api.UntilAsync(text => text.Has("payment_orchestrator_sample_timestamp_seconds") && text.Has("payment_orchestrator_resolver_inquiries_total"));

        var queries = Queries();
        Assert.True(queries.Count > 30, $"{queries.Count} queries");
        var missing = new List<string>();
        foreach (var query in queries)
            foreach (Match selector in Selector().Matches(Grouping().Replace(query, "")))
            {
                var (name, labels) = (selector.Groups["name"].Value, Label().Matches(selector.Groups["labels"].Value).Select(label => label.Groups[1].Value).ToList());
                if (!served.HasWithLabels(name, labels)) missing.Add($"{name}{{{string.Join(", ", labels)}}} in: {query}");
            }

        Assert.Empty(missing);
    }

    [Fact]
    public async Task Metrics_are_served_on_their_own_port_alone_and_nothing_else_is_served_there()
    {
        Assert.Equal(404, (await api.Client.GetAsync("/metrics")).Status);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        foreach (var path in new[] { "/v1/payments", "/health/live", "/swagger/index.html", "/openapi.yaml" })
        {
            using var answer = await http.GetAsync(new Uri(api.MetricsUrl, path), Cancellation);
            Assert.Equal(404, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task No_series_carries_an_id_a_key_or_an_address()
    {
        var buyer = await system.Sandbox.ReadyAsync(await api.Client.BuyerAsync(), "USD");
        var payment = await api.Client.PaidByAsync(buyer, "card", "USD", 1_000_00);
        await api.Client.GetAsync($"/v1/payments/{payment.Id}");
        await api.Client.GetAsync($"/v1/nothing/{buyer}");
        var served = (await api.ScrapeAsync()).Text;
        // Another request of this process may have written the same words; these ids are this test's alone.
        Assert.DoesNotContain(buyer, served, StringComparison.Ordinal);
        Assert.DoesNotContain(payment.Id, served, StringComparison.Ordinal);
        Assert.DoesNotContain("po_test_", served, StringComparison.Ordinal);
        Assert.DoesNotContain(ApiClient.Outside, served, StringComparison.Ordinal);
        Assert.DoesNotContain("password", served, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_payment_of_which_nobody_knows_the_outcome_is_a_gauge_until_it_is_known()
    {
        var payment = await system.PaidAsync(api.Client, amount: 1_000_00);
        var id = Database.Uuid(payment.Id);
        // As the row is when its owner died after the intent, long enough ago.
        await system.Database.ExecuteAsync("update payments set status = 'processing', created_at = now() - interval '1 minute' where id = $1", id);
        await system.Database.ExecuteAsync("update attempts set outcome = 'unknown' where payment_id = $1", id);
        await system.Database.ExecuteAsync(
            "insert into inquiries (payment_id, marketplace_id, mode, next_at, tries, shard_key) select id, marketplace_id, mode, now() + interval '1 hour', 1, shard_key from payments where id = $1 on conflict (payment_id, shard_key) do update set next_at = excluded.next_at",
            id);
        try
        {
            await api.UntilAsync(text => text.Sum("payment_orchestrator_payments_unknown_outcome", "mode=\"test\"") >= 1);
        }
        finally
        {
            await system.Database.ExecuteAsync("update payments set status = 'succeeded' where id = $1", id);
            await system.Database.ExecuteAsync("update attempts set outcome = 'succeeded' where payment_id = $1", id);
        }
    }

    [Fact]
    public async Task Log_lines_are_JSON_and_carry_the_ids_of_request_and_payment_and_nothing_of_the_caller()
    {
        var payment = await system.PaidAsync(api.Client, amount: 1_000_00);
        var shown = await api.Client.SendAsync(HttpMethod.Get, $"/v1/payments/{payment.Id}", null, null, request => request.Headers.UserAgent.ParseAdd("spy/of-the-caller"));
        var request = shown.Headers["Request-Id"];
        await UntilAsync(() => api.Log.Any(line => line.Contains(request, StringComparison.Ordinal)));
        foreach (var line in api.Log)
        {
            using var json = JsonDocument.Parse(line);
            Assert.True(json.RootElement.TryGetProperty("LogLevel", out _), line);
        }

        var own = Assert.Single(api.Log, line => line.Contains(request, StringComparison.Ordinal));
        Assert.Contains($"\"payment_id\":\"{payment.Id}\"", own, StringComparison.Ordinal);
        Assert.Contains("\"marketplace_id\":1", own, StringComparison.Ordinal);
        Assert.DoesNotContain("of-the-caller", string.Concat(api.Log), StringComparison.Ordinal);
        Assert.DoesNotContain("po_test_", string.Concat(api.Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_is_one_span_with_our_ids_and_nothing_that_the_caller_wrote()
    {
        var payment = await system.PaidAsync(api.Client, amount: 1_000_00);
        await api.Client.SendAsync(HttpMethod.Get, "/v1/payments/of-the-caller?filter=of-the-caller", null, null, request => request.Headers.UserAgent.ParseAdd("spy/of-the-caller"));
        await UntilAsync(() => api.Traces.Contains(payment.Id, StringComparison.Ordinal) && api.Traces.Contains("provider.call", StringComparison.Ordinal) && api.Traces.Contains("postgresql", StringComparison.Ordinal));
        var traces = api.Traces;
        Assert.Contains("payment.id", traces, StringComparison.Ordinal);
        Assert.Contains("quote.id", traces, StringComparison.Ordinal);
        Assert.Contains("POST payment_intents", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("of-the-caller", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("po_test_", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("sk_test_", traces, StringComparison.Ordinal);
        Assert.DoesNotContain(ApiClient.Outside, traces, StringComparison.Ordinal);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var patience = 0; !condition(); patience++)
        {
            Assert.True(patience < 100, "Waited in vain.");
            await Task.Delay(200, Cancellation);
        }
    }

    /// <summary>Every expression of the rules and of the dashboard.</summary>
    private static IReadOnlyList<string> Queries()
    {
        var folder = Path.Combine(Repository.Root, "deploy", "monitoring");
        var rules = RuleExpression().Matches(File.ReadAllText(Path.Combine(folder, "alerts.yaml"))).Select(match => match.Groups[1].Value);
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "dashboard.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!);
        return [.. rules, .. panels];
    }

    // Up to the next key of the rule, which stands as deep.
    [GeneratedRegex(@"^        expr: (?:\|\n)?(.+?)\n        (?=\w)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex RuleExpression();

    [GeneratedRegex(@"\bby \([^)]*\)")]
    private static partial Regex Grouping();

    // Our names and the framework's; not Prometheus's own functions, nor "up", which Prometheus writes itself.
    [GeneratedRegex(@"\b(?<name>(?:payment_orchestrator|http_server|db_client|dotnet|kestrel)_[a-z0-9_]+)\b(?!\s*[=!]~?"")(?:\{(?<labels>[^}]*)\})?")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(\w+)\s*(?:=~|!~|!=|=)\s*""")]
    private static partial Regex Label();
}
