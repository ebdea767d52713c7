using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.PaymentOptions;

/// <summary>The steps are instructions: who follows them, call by call and page by page, can pay by the method.</summary>
public sealed partial class StepsTests(TestSystem system)
{
    // One thousand take a few minutes; every run draws other buyers, and a failure names its seed.
    private static readonly int Cases = int.Parse(Environment.GetEnvironmentVariable("STEPS_CASES") ?? "40", CultureInfo.InvariantCulture);

    private static readonly string[] Currencies = ["USD", "EUR", "JPY", "GBP", "CNH"];

    private ApiClient Api => system.Api;

    [Fact]
    public Task Following_the_steps_of_a_closed_method_opens_it() => Parallel.ForEachAsync(
        Enumerable.Range(0, Cases).Select(_ => Random.Shared.Next()),
        new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken },
        async (seed, _) => await FollowAsync(seed));

    private async Task FollowAsync(int seed)
    {
        // Reproducible cases are wanted here, not secrets.
#pragma warning disable CA5394
        var random = new Random(seed);
        var buyer = await Api.BuyerAsync();
        var facts = SandboxClient.Facts.Where(fact => fact != "worldfirst.balance" && random.Next(10) < 7).ToList();
        // A card is linked while its scheme is accepted; that another one was linked earlier shows afterwards.
        var linkable = facts.Contains("card.linked") ? facts.Append("card.scheme").Distinct() : facts;
        await PatchAsync(buyer, new JsonObject
        {
            ["facts"] = new JsonObject(linkable.Select(fact => KeyValuePair.Create(fact, (JsonNode?)true))),
            ["balances"] = new JsonObject(Currencies.Where(_ => random.Next(3) == 0).Select(currency => KeyValuePair.Create(currency, (JsonNode?)random.Next(400_000)))),
            ["alipay_balance"] = random.Next(2_000_000),
        });
        if (!facts.Contains("card.scheme")) await system.Sandbox.SetAsync(buyer, "card.scheme", false);
        var amount = random.Next(4) == 0 ? random.Next(1, 100_000) : random.Next(100_000, 2_000_000);
        var ip = random.Next(3) switch { 0 => null, 1 => "114.114.114.114", _ => ApiClient.Outside };
#pragma warning restore CA5394

        var before = (await Api.OptionsAsync(buyer, amount, ip: ip)).Must(201);
        foreach (var option in before.List().Where(option => !option.GetProperty("eligible").GetBoolean() && option.IsNull("source_currency")))
        {
            // Each method by itself, from what is true then: the steps of another may have opened this one too.
            var now = (await AskAsync(buyer, amount, ip)).First(other => other.Text("method") == option.Text("method"));
            var (orderAmount, address) = (amount, ip);
            var made = new Dictionary<string, string>();
            foreach (var step in now.GetProperty("steps").EnumerateArray())
            {
                switch (step.Text("action"))
                {
                    case "increase_order":
                        orderAmount += (int)step.Money("amount").Value;
                        break;
                    case "send_buyer_ip" or "change_network":
                        address = ApiClient.Outside;
                        break;
                    case "verify_identity":
                        await system.Sandbox.SetAsync(buyer, step.GetProperty("meets")[0].GetString()!, true);
                        break;
                    case "top_up":
                        await TopUpAsync(buyer, step, amount: orderAmount);
                        break;
                    default:
                        await CallAsync(step, made);
                        break;
                }
            }

            var after = await AskAsync(buyer, orderAmount, address);
            Assert.True(
                after.Any(other => other.Text("method") == option.Text("method") && other.GetProperty("eligible").GetBoolean()),
                $"Seed {seed}, {option.Text("method")}: followed {now.GetProperty("steps").GetRawText()} and got {after.First(other => other.Text("method") == option.Text("method")).GetRawText()}");
        }
    }

    /// <summary>The options once every provider has answered: on a busy machine one may be late, and then the step is to ask again.</summary>
    private async Task<IReadOnlyList<JsonElement>> AskAsync(string buyer, long amount, string? ip)
    {
        for (var patience = 0; ; patience++)
        {
            var options = (await Api.OptionsAsync(buyer, amount, ip: ip)).Must(201).List();
            if (!options.Any(option => option.Actions().Contains("try_again_later"))) return options;
            Assert.True(patience < 50, "A provider is silent.");
        }
    }

    private async Task TopUpAsync(string buyer, JsonElement step, long amount)
    {
        var missing = step.Money("amount");
        if (step.GetProperty("meets")[0].GetString() == "alipay.funding")
        {
            await PatchAsync(buyer, new JsonObject { ["alipay_balance"] = amount });
            return;
        }

        var view = (await system.Sandbox.AskAsync(HttpMethod.Get, new Uri(system.SandboxUrl, $"/sandbox/buyers/{buyer}"), null)).Must(200);
        var held = view.At("balances").TryGetProperty(missing.Currency, out var balance) ? balance.GetInt64() : 0;
        await PatchAsync(buyer, new JsonObject { ["balances"] = new JsonObject { [missing.Currency] = held + missing.Value } });
    }

    /// <summary>Makes the call as it is written, with ids that earlier steps made, and takes the buyer through the page.</summary>
    private async Task CallAsync(JsonElement step, Dictionary<string, string> made)
    {
        var call = step.GetProperty("call");
        var body = new JsonObject();
        made["return_url"] = ApiClient.ReturnUrl;
        foreach (var field in call.GetProperty("body").EnumerateObject()) body[field.Name] = Fill(field.Value.GetString()!);
        var links = body.ContainsKey("provider");
        var answer = (await Api.PostAsync(Fill(call.Text("path")!), body)).Must(201);
        if (!links) return;
        if (answer["next_action"] != "null") (await system.Sandbox.DecideAsync(answer["next_action.url"])).Answer.Must(303);
        made[$"{body["provider"]}_account_id"] = answer.Id;

        string Fill(string text) => InBraces().Replace(text, match => made[match.Groups[1].Value]);
    }

    private async Task PatchAsync(string buyer, JsonObject change) =>
        (await system.Sandbox.AskAsync(HttpMethod.Patch, new Uri(system.SandboxUrl, $"/sandbox/buyers/{buyer}"), new StringContent(change.ToJsonString(), Encoding.UTF8, "application/json"))).Must(200);

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex InBraces();
}
