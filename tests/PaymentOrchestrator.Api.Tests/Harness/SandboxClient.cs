using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Harness;

/// <summary>The other side: the buyer in a browser at the providers' pages, what is true of the buyer there, and what was really executed.</summary>
public sealed class SandboxClient(HttpClient http, Uri root)
{
    public static readonly IReadOnlyList<string> Facts =
    [
        "worldfirst.account", "worldfirst.identity", "worldfirst.balance", "worldfirst.marketplace_link",
        "alipay.account", "alipay.identity", "alipay.mainland_bank_account", "alipay.funding",
        "marketplace.account", "marketplace.identity", "marketplace.alipay_login", "card.linked", "card.scheme",
    ];

    public Uri Root => root;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The buyer opens the provider's page, decides, and lets the browser go where it is sent: at last to our API's own answer.</summary>
    public async Task<Journey> DecideAsync(string url, bool approve = true, params (string Name, string Value)[] fields)
    {
        (await AskAsync(HttpMethod.Get, new Uri(url), null)).Must(200);
        var form = new FormUrlEncodedContent(
            fields.Select(field => KeyValuePair.Create(field.Name, field.Value)).Append(KeyValuePair.Create("decision", approve ? "approve" : "refuse")));
        var back = (await AskAsync(HttpMethod.Post, new Uri(url), form)).Must(303).Location;
        return new Journey(back, await AskAsync(HttpMethod.Get, back, null));
    }

    /// <summary>Changes facts and balances; a fact that makes an account exist also links it.</summary>
    public async Task<Answer> PatchAsync(string buyer, IEnumerable<(string Fact, bool Value)> facts, params (string Currency, long Available)[] balances)
    {
        var body = new JsonObject
        {
            ["facts"] = new JsonObject(facts.Select(fact => KeyValuePair.Create(fact.Fact, (JsonNode?)fact.Value))),
            ["balances"] = new JsonObject(balances.Select(held => KeyValuePair.Create(held.Currency, (JsonNode?)held.Available))),
        };
        return (await AskAsync(HttpMethod.Patch, new Uri(root, $"/sandbox/buyers/{buyer}"), new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"))).Must(200);
    }

    public Task<Answer> SetAsync(string buyer, string fact, bool value) => PatchAsync(buyer, [(fact, value)]);

    /// <summary>Everything linked, verified and funded in the given currencies; a hundred million minor units of US dollars by default.</summary>
    public async Task<string> ReadyAsync(string buyer, params string[] currencies)
    {
        var held = currencies.Length == 0 ? ["USD"] : currencies;
        await PatchAsync(buyer, Facts.Where(fact => fact != "worldfirst.balance").Select(fact => (fact, true)), [.. held.Select(currency => (currency, 10_000_000_000L))]);
        return buyer;
    }

    /// <summary>What the providers executed for a payment, as <c>operation provider currency value</c>.</summary>
    public async Task<IReadOnlyList<string>> ExecutionsAsync(string payment) =>
        [.. (await AskAsync(HttpMethod.Get, new Uri(root, $"/sandbox/executions?payment={payment}"), null)).Must(200).At("data").EnumerateArray()
            .Select(one => string.Create(CultureInfo.InvariantCulture,
                $"{one.GetProperty("operation").GetString()} {one.GetProperty("provider").GetString()} {one.GetProperty("amount").GetProperty("currency").GetString()} {one.GetProperty("amount").GetProperty("value").GetInt64()}"))];

    /// <summary>How often a provider executed anything for a buyer.</summary>
    public async Task<int> ExecutionsOfBuyerAsync(string buyer) =>
        (await AskAsync(HttpMethod.Get, new Uri(root, $"/sandbox/executions?buyer={buyer}"), null)).Must(200).At("data").GetArrayLength();

    public async Task<Answer> AskAsync(HttpMethod method, Uri url, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, url) { Content = content };
        using var response = await http.SendAsync(request, Cancellation);
        return await Answer.OfAsync(response, Cancellation);
    }
}

/// <summary>A buyer's way back.</summary>
/// <param name="Return">The address of ours that the provider sent the browser to, state included.</param>
/// <param name="Answer">What we answered there.</param>
public sealed record Journey(Uri Return, Answer Answer)
{
    /// <summary>A value that we appended to the shop's return address.</summary>
    public string? At(string name) => QueryHelpers.ParseQuery(Answer.Must(303).Location.Query).TryGetValue(name, out var value) ? value.ToString() : null;
}
