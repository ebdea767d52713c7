using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Reconciliations;

/// <summary>Whatever is uploaded: taken whole where it is right, refused with the numbers of its lines where it is not, and then nothing of it is kept.</summary>
public sealed class HostileStatementTests(TestSystem system)
{
    private const string At = "2026-04-13T10:00:00Z";
    private const string From = "2026-04-13T00:00:00Z";
    private const string To = "2026-04-14T00:00:00Z";
    private const string Good = $"payment,pi_1,,,USD,100,{At}";

    [Theory]
    [InlineData("\uFEFF" + StatementSteps.Header + "\n" + Good + "\n")]
    [InlineData(StatementSteps.Header + "\r\n" + Good + "\r\n")]
    [InlineData(StatementSteps.Header + "\n" + Good)]
    [InlineData(StatementSteps.Header + "\n\"payment\",\"pi_1\",,\"\",USD,\"100\"," + At + "\n")]
    public async Task Marks_line_ends_and_quotes_make_no_difference(string text)
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var first = (await api.UploadAsync("card", From, To, Encoding.UTF8.GetBytes(StatementSteps.Header + "\n" + Good + "\n"))).Must(201);

        Assert.Equal(first.Id, (await api.UploadAsync("card", From, To, Encoding.UTF8.GetBytes(text))).Must(201).Id);
        Assert.Equal(first.Id, (await api.UploadAsync("card", From, To, Encoding.UTF8.GetBytes(text), type: "text/csv; charset=utf-8")).Must(201).Id);
    }

    [Fact]
    public async Task A_quoted_comma_and_quote_are_text()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var made = (await api.UploadAsync("card", From, To, Encoding.UTF8.GetBytes($"{StatementSteps.Header}\npayment,\"pi,\"\"1\"\"\",,,USD,100,{At}\n"))).Must(201);
        Assert.Equal("pi,\"1\"", (await api.GetAsync($"/v1/reconciliations/{made.Id}/lines"))["data.0.provider_reference"]);
    }

    [Theory]
    [InlineData("type,provider_reference,request_id,payment_id,currency,amount", "lines.1")]
    [InlineData("Type,provider_reference,request_id,payment_id,currency,amount,occurred_at", "lines.1")]
    [InlineData("", "lines.1")]
    [InlineData("\n" + StatementSteps.Header, "lines.1")]
    public async Task A_wrong_header_is_refused(string text, string field) => await RefusedAsync(Encoding.UTF8.GetBytes(text), field);

    [Theory]
    [InlineData("payment,pi_2,,,USD,1e5," + At, "lines.3.amount")]
    [InlineData("payment,pi_2,,,USD,1.00," + At, "lines.3.amount")]
    [InlineData("payment,pi_2,,,USD,\"1,000\"," + At, "lines.3.amount")]
    [InlineData("payment,pi_2,,,USD,0," + At, "lines.3.amount")]
    [InlineData("payment,pi_2,,,USD,007," + At, "lines.3.amount")]
    [InlineData("payment,pi_2,,,USD,-5," + At, "lines.3.amount")]
    [InlineData("payment,pi_2,,,USD,+5," + At, "lines.3.amount")]
    [InlineData("payment,pi_2,,,USD, 5," + At, "lines.3.amount")]
    [InlineData("payment,pi_2,,,USD,0x10," + At, "lines.3.amount")]
    [InlineData("payment,pi_2,,,USD,9007199254740992," + At, "lines.3.amount")]
    [InlineData("payment,pi_2,,,USD,99999999999999999999," + At, "lines.3.amount")]
    [InlineData("payment,pi_2,,,USD,١٢," + At, "lines.3.amount")]
    [InlineData("payment,pi_2,,,USD,," + At, "lines.3.amount")]
    [InlineData("payment,pi_2,,,USD,=1+1," + At, "lines.3.amount")]
    [InlineData("payment,=cmd|'/C calc'!A0,,,USD,5," + At, "lines.3.provider_reference")]
    [InlineData("payment,@SUM(A1),,,USD,5," + At, "lines.3.provider_reference")]
    [InlineData("payment,,,,USD,5," + At, "lines.3.provider_reference")]
    [InlineData("payment,pi_1,,,USD,5," + At, "lines.3.provider_reference")]
    [InlineData("payout,pi_2,,,USD,5," + At, "lines.3.type")]
    [InlineData("payment,pi_2,,,usd,5," + At, "lines.3.currency")]
    [InlineData("payment,pi_2,,,ZZZ,5," + At, "lines.3.currency")]
    [InlineData("payment,pi_2,,,USD,5,2026-04-13", "lines.3.occurred_at")]
    [InlineData("payment,pi_2,,,USD,5,2026-04-13T10:00:00+08:00", "lines.3.occurred_at")]
    [InlineData("payment,pi_2,,,USD,5,2026-04-14T00:00:00Z", "lines.3.occurred_at")]
    [InlineData("payment,pi_2,,,USD,5", "lines.3")]
    [InlineData("payment,pi_2,,,USD,5," + At + ",more", "lines.3")]
    [InlineData("", "lines.3")]
    [InlineData("payment,\"pi_2,,,USD,5," + At, "lines.3")]
    [InlineData("payment,\"pi_2\"x,,,USD,5," + At, "lines.3")]
    [InlineData("payment,pi\"_2,,,USD,5," + At, "lines.3")]
    [InlineData("payment,pi_2\u0000,,,USD,5," + At, "lines.3.provider_reference")]
    [InlineData("payment,pi_2\r,,,USD,5," + At, "lines.3.provider_reference")]
    public async Task A_bad_line_is_refused_by_its_number_and_nothing_is_kept(string line, string field) =>
        await RefusedAsync(Encoding.UTF8.GetBytes($"{StatementSteps.Header}\n{Good}\n{line}\npayment,pi_9,,,USD,5,{At}\n"), field);

    [Fact]
    public async Task Every_fault_is_named_up_to_a_hundred_and_long_lines_and_bad_bytes_end_the_reading()
    {
        var bad = string.Concat(Enumerable.Range(0, 500).Select(i => $"payment,pi_{i},,,USD,1e5,{At}\n"));
        Assert.Equal(100, (await RefusedAsync(Encoding.UTF8.GetBytes($"{StatementSteps.Header}\n{bad}"), "lines.2.amount")).Fields().Count);
        await RefusedAsync(Encoding.UTF8.GetBytes($"{StatementSteps.Header}\n{Good}\n{new string('x', 3_000_000)}\n"), "lines.3");
        await RefusedAsync([.. Encoding.UTF8.GetBytes($"{StatementSteps.Header}\n{Good}\npayment,pi_"), 0xff, 0xfe, .. "\n"u8], null);
        await RefusedAsync(Encoding.Unicode.GetBytes($"{StatementSteps.Header}\n{Good}\n"), null);
    }

    [Fact]
    public async Task As_many_lines_as_may_be_are_taken()
    {
        // The limit itself with PO_STATEMENT_LINES=100000; what is run every time is the same in small.
        var count = Environment.GetEnvironmentVariable("PO_STATEMENT_LINES") is { } set ? int.Parse(set, CultureInfo.InvariantCulture) : 12_000;
        var tenant = await system.NewMarketplaceAsync();
        var text = new StringBuilder(StatementSteps.Header).Append('\n');
        for (var i = 0; i < count; i++) text.Append(CultureInfo.InvariantCulture, $"payment,pi_{i},pay_00000000000000000000000001-1,,USD,{i + 1},{At}\n");
        var clock = Stopwatch.StartNew();

        var made = (await tenant.Test.UploadAsync("card", From, To, Encoding.UTF8.GetBytes(text.ToString()))).Must(201);

        TestContext.Current.TestOutputHelper!.WriteLine($"{count} lines, all of them differences: {clock.Elapsed.TotalSeconds:F1} s.");
        Assert.Equal((count, count), (made.At("counts.lines").GetInt32(), made.At("counts.missing_here").GetInt32()));
        var page = (await tenant.Test.GetAsync($"/v1/reconciliations/{made.Id}/lines?limit=100&cursor={count - 100}")).Must(200);
        Assert.Equal(($"{count + 1}", "False"), (page["data.99.line_number"], page["has_more"]));
        Assert.Equal(
            [$"{count} {count}"],
            await system.Database.RowsAsync(
                "select (select count(*) from reconciliation_differences where marketplace_id = $1), (select count(*) from events where marketplace_id = $1 and type = 'reconciliation.difference_found')",
                tenant.Id));
    }

    [Fact]
    public async Task Too_many_bytes_are_refused_before_they_are_sent()
    {
        var tenant = await system.NewMarketplaceAsync();
        // Whoever asks first is told before the body is on its way; without asking, the connection ends in the middle of it.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, Expect100ContinueTimeout = TimeSpan.FromMinutes(1) });
        var client = new ApiClient(http, system.ApiUrl, tenant.TestKey);

        var refused = await client.SendAsync(
            HttpMethod.Post, $"/v1/reconciliations?provider=card&from={Uri.EscapeDataString(From)}&to={Uri.EscapeDataString(To)}",
            new ByteArrayContent(new byte[(32 * 1024 * 1024) + 1]) { Headers = { ContentType = new("text/csv") } }, null, request => request.Headers.ExpectContinue = true);

        Assert.True(refused.Must(413, "payload_too_large").IsProblem);
    }

    [Fact]
    public async Task The_time_and_the_form_are_checked_and_a_json_body_keeps_its_own_limit()
    {
        var tenant = await system.NewMarketplaceAsync();
        var api = tenant.Test;
        var before = await system.Database.FingerprintAsync(tenant.Id);
        var good = Encoding.UTF8.GetBytes($"{StatementSteps.Header}\n{Good}\n");
        void Is(Answer answer, int status, string code, params string[] fields)
        {
            Assert.True(answer.Must(status, code).IsProblem);
            Assert.Equal(fields, answer.Fields());
        }

        Is(await api.UploadAsync("paypal", "yesterday", "", good), 400, "validation_failed", "provider", "from", "to");
        Is(await api.UploadAsync("card", To, From, good), 400, "validation_failed", "to");
        Is(await api.UploadAsync("card", "2026-01-01T00:00:00Z", To, good), 400, "validation_failed", "to");
        Is(await api.UploadAsync("card", TimeProvider.System.GetUtcNow().Text(), TimeProvider.System.GetUtcNow().AddHours(1).Text(), good), 400, "validation_failed", "to");
        Is(await api.UploadAsync("card", From, To, good, type: "text/plain"), 415, "unsupported_media_type");
        Is(await api.UploadAsync("card", From, To, good, type: "text/csv; charset=iso-8859-1"), 415, "unsupported_media_type");
        Is(await api.SendAsync(HttpMethod.Post, $"/v1/reconciliations?provider=card&from={From}&to={To}", new ByteArrayContent(good) { Headers = { ContentType = new("text/csv"), ContentEncoding = { "gzip" } } }, null), 415, "unsupported_media_type");
        Is(await api.PostAsync("/v1/reconciliations", new JsonObject { ["provider"] = "card", ["from"] = From, ["until"] = To }), 400, "validation_failed", "until", "to");
        Is(await api.PostAsync("/v1/reconciliations", new JsonObject { ["provider"] = "card", ["from"] = 1, ["to"] = To }), 400, "validation_failed", "from");
        Is(await api.PostTextAsync("/v1/reconciliations", new string(' ', 65 * 1024) + "{}", null), 413, "payload_too_large");
        Is(await system.ClientWith(null).UploadAsync("card", From, To, good), 401, "unauthorized");

        Assert.Equal(before, await system.Database.FingerprintAsync(tenant.Id));
    }

    private async Task<Answer> RefusedAsync(byte[] body, string? field)
    {
        var tenant = await system.NewMarketplaceAsync();
        var before = await system.Database.FingerprintAsync(tenant.Id);

        var refused = (await tenant.Test.UploadAsync("card", From, To, body)).Must(400, "validation_failed");

        Assert.True(refused.IsProblem);
        if (field is null) Assert.StartsWith("lines.", refused.Fields()[0], StringComparison.Ordinal);
        else Assert.Equal(field, refused.Fields()[0]);
        Assert.Equal(before, await system.Database.FingerprintAsync(tenant.Id));
        return refused;
    }
}
