using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PaymentOrchestrator.AppHost.Seeding;

/// <summary>Makes the demo buyers over the API's and the sandbox's public HTTP interfaces, as any client could.</summary>
internal sealed class DemoData : IDisposable
{
    private readonly HttpClient api;
    private readonly HttpClient sandbox;
    private readonly string dataFolder;

    private DemoData(string apiUrl, string apiKey, string sandboxUrl, string dataFolder)
    {
        this.dataFolder = dataFolder;

        // Both are on this machine: a proxy from the environment could not reach them.
        api = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(apiUrl) };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        sandbox = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(sandboxUrl) };
    }

    /// <summary>Every demo buyer's reference with their id. A second start finds them again and leaves their facts alone.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> EnsureAsync(
        string apiUrl, string apiKey, string sandboxUrl, string dataFolder, CancellationToken cancellationToken)
    {
        using var demo = new DemoData(apiUrl, apiKey, sandboxUrl, dataFolder);
        var progress = await SeedingProgress.LoadAsync(dataFolder, cancellationToken);
        foreach (var buyer in DemoBuyer.All)
            await demo.EnsureBuyerAsync(buyer, progress, cancellationToken);
        await demo.WarmUpAsync(progress.Buyers[DemoBuyer.All[0].Reference], cancellationToken);
        return DemoBuyer.All.ToDictionary(buyer => buyer.Reference, buyer => progress.Buyers[buyer.Reference]);
    }

    public void Dispose()
    {
        api.Dispose();
        sandbox.Dispose();
    }

    private async Task EnsureBuyerAsync(DemoBuyer buyer, SeedingProgress progress, CancellationToken cancellationToken)
    {
        if (!progress.Buyers.TryGetValue(buyer.Reference, out var id) || !await ExistsAsync(id, cancellationToken))
        {
            id = await CreateAsync(buyer, cancellationToken);
            progress.Buyers[buyer.Reference] = id;
            await progress.SaveAsync(dataFolder, cancellationToken);
        }

        if (buyer.Facts is { } facts && !progress.FactsWritten.Contains(id))
        {
            await WriteFactsAsync(id, facts, buyer.Balances, cancellationToken);
            progress.FactsWritten.Add(id);
            await progress.SaveAsync(dataFolder, cancellationToken);
        }
    }

    /// <summary>Idempotency keys are not kept for ever and references are unique, so a known buyer is asked for and not made again.</summary>
    private async Task<bool> ExistsAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(api, new HttpRequestMessage(HttpMethod.Get, $"/v1/buyers/{id}"), HttpStatusCode.NotFound, cancellationToken);
        return response.IsSuccessStatusCode;
    }

    private async Task<string> CreateAsync(DemoBuyer buyer, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/buyers")
        {
            Content = JsonContent.Create(new JsonObject { ["reference"] = buyer.Reference, ["country"] = buyer.Country }),
            Headers = { { "Idempotency-Key", $"seed-buyer-{buyer.Reference}" } },
        };
        using var response = await SendAsync(api, request, HttpStatusCode.Conflict, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Conflict)
            throw new HostException($"The database has a buyer {buyer.Reference} that the data folder {dataFolder} does not know. Use the data folder that it was made with, or an empty database.");
        var created = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return created.GetProperty("id").GetString()!;
    }

    /// <summary>
    /// Asks the main job's first question once, so that the first answer that a person waits for is not the one that compiles the code: on a busy
    /// machine that alone can take longer than the providers' facts are waited for.
    /// </summary>
    private async Task WarmUpAsync(string buyerId, CancellationToken cancellationToken)
    {
        var order = new JsonObject { ["id"] = "warm-up", ["amount"] = new JsonObject { ["currency"] = "CNY", ["value"] = 100_000 } };
        using var response = await SendAsync(
            api,
            new HttpRequestMessage(HttpMethod.Post, "/v1/eligibility-checks")
            {
                Content = JsonContent.Create(new JsonObject { ["buyer_id"] = buyerId, ["order"] = order }),
            },
            allowed: null, cancellationToken);
    }

    private async Task WriteFactsAsync(
        string id, IReadOnlyList<string> facts, IReadOnlyDictionary<string, long> balances, CancellationToken cancellationToken)
    {
        // A fact about an account also makes the sandbox act as its holder: it links the account by notifying the API.
        var request = new HttpRequestMessage(HttpMethod.Patch, $"/sandbox/buyers/{id}")
        {
            Content = JsonContent.Create(new JsonObject
            {
                ["facts"] = new JsonObject(facts.Select(code => KeyValuePair.Create(code, (JsonNode?)true))),
                ["balances"] = new JsonObject(balances.Select(held => KeyValuePair.Create(held.Key, (JsonNode?)held.Value))),
                ["alipay_balance"] = 0,
            }),
        };
        using var response = await SendAsync(sandbox, request, allowed: null, cancellationToken);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, HttpRequestMessage request, HttpStatusCode? allowed, CancellationToken cancellationToken)
    {
        using (request)
        {
            var response = await client.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode || response.StatusCode == allowed)
                return response;
            using (response)
            {
                var body = await response.Content.ReadAsStringAsync(cancellationToken);
                throw new HostException($"The demo data could not be made: {request.Method} {new Uri(client.BaseAddress!, request.RequestUri!)} answered {(int)response.StatusCode}: {body} See the log above; start with --reset to begin from nothing.");
            }
        }
    }
}
