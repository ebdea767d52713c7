using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using PaymentOrchestrator.Api.Tests.Access;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Refunds;
using Swashbuckle.AspNetCore.Swagger;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Limits;

/// <summary>
/// Requests generated from the contract, over real sockets to a process of its own. <c>PO_FUZZ_REQUESTS</c> says how many, <c>PO_FUZZ_SEED</c> which; from 50,000 on
/// the process must be back at its memory afterwards.
/// </summary>
public sealed class FuzzTests(TestSystem system)
{
    private const int Connections = 8;

    // Answers of providers that did not come in time, which a busy machine can cause.
    private static readonly string[] Unavailable = ["provider_unavailable", "facts_unavailable"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_request_breaks_the_service_and_every_refusal_that_it_gives_is_a_problem_document()
    {
        var requests = Setting("PO_FUZZ_REQUESTS", 2_000);
        var seed = Setting("PO_FUZZ_SEED", 20261123);
        await using var api = await ApiProcess.StartAsync(system);
        var shop = await system.NewMarketplaceAsync();
        var ids = await FurnishAsync(shop);
        var document = await ContractAsync();
        var tally = new Tally();

        await RunAsync(api.Url, document, shop.TestKey, ids, seed, Math.Max(requests / 10, 200), tally);
        var before = await SettledMemoryAsync(api, requests);
        var watch = Stopwatch.StartNew();
        await RunAsync(api.Url, document, shop.TestKey, ids, seed + 1000, requests, tally);
        var took = watch.Elapsed;
        var peak = api.Memory;
        var after = await SettledMemoryAsync(api, requests);

        var report = string.Create(CultureInfo.InvariantCulture,
            $"{tally.Sent} requests with the warming up, {requests / took.TotalSeconds:0} a second, seed {seed}: {tally}. Memory {before >> 20} MiB before, {peak >> 20} at the end, {after >> 20} afterwards.");
        TestContext.Current.SendDiagnosticMessage(report);
        Console.WriteLine(report);
        Assert.True(api.Runs, "The API has stopped.");
        Assert.True(tally.Faults.IsEmpty, $"{tally.Faults.Count} faults.\n{string.Join("\n\n", tally.Faults.Take(10))}");
        Assert.Equal(0, tally.Unanswered);
        // Both kinds must be there, or the generator tries nothing.
        Assert.True(tally.Of(200, 299) > requests / 50 && tally.Of(400, 499) > requests / 10, report);
        if (requests >= 50_000) Assert.True(after <= before * 1.2, report);
    }

    private static async Task RunAsync(Uri url, JsonNode document, string key, ILookup<string, string> ids, int seed, int requests, Tally tally) =>
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async line =>
        {
            var fuzzer = new ApiFuzzer(document.DeepClone(), key, ids, seed + line);
            using var http = new RawHttp(url);
            for (var i = line; i < requests; i += Connections)
            {
                var request = fuzzer.Next();
                RawAnswer answer;
                try
                {
                    answer = await SendAsync(http, request);
                }
                catch (IOException e)
                {
                    tally.NotAnswered(request, e);
                    continue;
                }

                tally.Count(answer.Status);
                if (FaultIn(request, answer) is { } fault) tally.Faults.Enqueue($"{fault}: {answer.Status} {answer.Body}\n{request}");
            }
        }));

    /// <summary>Once more on a new connection where the old one had ended: it may do so after any answer.</summary>
    private static async Task<RawAnswer> SendAsync(RawHttp http, FuzzRequest request)
    {
        try
        {
            return await http.SendAsync(request.Bytes, request.IsHead, Cancellation);
        }
        catch (IOException)
        {
            return await http.SendAsync(request.Bytes, request.IsHead, Cancellation);
        }
    }

    private static string? FaultIn(FuzzRequest request, RawAnswer answer)
    {
        // What is not HTTP is refused by the web server itself: with no body, and nothing of ours.
        if (!answer.Headers.ContainsKey("Request-Id")) return answer is { Status: 400 or 405 or 408 or 411 or 413 or 414 or 431 or 505, Body: "" } ? null : "Not answered by the application";
        if (answer.Status is >= 200 and < 300) return null;
        if (request.IsHead) return answer.Status < 500 ? null : "5xx";
        // Buyers' browsers are sent on, or shown a page.
        if (request.Operation.Contains("/returns/", StringComparison.Ordinal) && answer.Status is 302 or 303) return null;
        if (answer.Headers.GetValueOrDefault("Content-Type") != "application/problem+json") return "No problem document";
        if (answer.Body.Length == 0) return "No body";
        var problem = JsonNode.Parse(answer.Body)!;
        if ((string?)problem["code"] is not { Length: > 0 } code || (string?)problem["request_id"] != answer.Headers["Request-Id"] || (int)problem["status"]! != answer.Status) return "Not a whole problem document";
        return answer.Status >= 500 && !Unavailable.Contains(code) ? "5xx" : null;
    }

    private static async Task<long> SettledMemoryAsync(ApiProcess api, int requests)
    {
        if (requests < 50_000) return api.Memory;
        // Idle, it gives back what it does not need.
        await Task.Delay(TimeSpan.FromSeconds(20), Cancellation);
        return api.Memory;
    }

    private static async Task<JsonNode> ContractAsync()
    {
        await using var app = ApiApp.BuildForDocument();
        var contract = app.Services.GetRequiredService<ISwaggerProvider>().GetSwagger("v1");
        await using var text = new StringWriter(CultureInfo.InvariantCulture);
        contract.SerializeAs(OpenApiSpecVersion.OpenApi3_1, new OpenApiJsonWriter(text));
        return JsonNode.Parse(text.ToString())!;
    }

    private async Task<ILookup<string, string>> FurnishAsync(Tenant shop)
    {
        var api = shop.Test;
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
            var payment = await api.PaidByAsync(buyer, "card", "USD", 12_345_67);
            ids.AddRange([buyer, payment.Id, (await api.RefundAsync(payment.Id, 5_000)).Must(201).Id, (await api.CheckAsync(buyer)).Must(201).Id]);
            foreach (var (method, currency) in new[] { ("card", "USD"), ("world_pay", "USD"), ("alipay", "CNY") }) ids.Add((await api.QuoteAsync(buyer, method, currency)).Must(201).Id);
            ids.AddRange((await api.GetAsync($"/v1/buyers/{buyer}/linked-accounts")).Must(200).At("data").EnumerateArray().Select(one => one.GetProperty("id").GetString()!));
            ids.Add((await api.PostAsync("/v1/payment-options", Browser.Check(buyer))).Must(201).Id);
            ids.Add((await api.PostAsync("/v1/webhook-endpoints", new JsonObject { ["url"] = $"https://shop.example/hooks/{i}" })).Must(201).Id);
            ids.Add((await api.PostAsync("/v1/buyer-sessions", new JsonObject { ["buyer_id"] = buyer })).Must(201).Id);
        }

        ids.AddRange((await api.GetAsync("/v1/events")).Must(200).At("data").EnumerateArray().Select(one => one.GetProperty("id").GetString()!));
        return ids.ToLookup(id => id[..3]);
    }

    private static int Setting(string name, int otherwise) => Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private sealed class Tally
    {
        private readonly ConcurrentDictionary<int, int> statuses = new();
        private int unanswered;

        public ConcurrentQueue<string> Faults { get; } = [];

        public int Unanswered => unanswered;

        public int Sent => statuses.Values.Sum() + unanswered;

        public void Count(int status) => statuses.AddOrUpdate(status, 1, (_, count) => count + 1);

        public void NotAnswered(FuzzRequest request, IOException e)
        {
            Interlocked.Increment(ref unanswered);
            Faults.Enqueue($"No answer: {e.Message}\n{request}");
        }

        public int Of(int from, int to) => statuses.Where(one => one.Key >= from && one.Key <= to).Sum(one => one.Value);

        public override string ToString() => $"{string.Join(", ", statuses.OrderBy(one => one.Key).Select(one => $"{one.Value} × {one.Key}"))}, {unanswered} unanswered";
    }
}
