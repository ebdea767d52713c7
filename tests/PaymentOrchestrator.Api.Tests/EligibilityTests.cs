using System.Text.Json;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests;

public sealed class EligibilityTests(TestSystem system)
{
    private static readonly string[] AllMethods = ["world_pay", "alipay", "worldfirst_balance", "card"];

    private ApiClient Api => system.Api;

    /// <summary>Each fact that the sandbox can change, and the methods that it closes (the product's truth table).</summary>
    public static TheoryData<string, string> Facts { get; } = new()
    {
        { "worldfirst.account", "world_pay worldfirst_balance" },
        { "worldfirst.identity", "world_pay worldfirst_balance" },
        { "worldfirst.balance", "world_pay worldfirst_balance" },
        { "worldfirst.marketplace_link", "world_pay" },
        { "alipay.account", "world_pay alipay" },
        { "alipay.identity", "world_pay alipay" },
        { "alipay.mainland_bank_account", "alipay" },
        { "alipay.funding", "alipay" },
        { "marketplace.account", "alipay worldfirst_balance card" },
        { "marketplace.identity", "worldfirst_balance" },
        { "marketplace.alipay_login", "world_pay" },
        { "card.linked", "card" },
        { "card.scheme", "card" },
    };

    [Theory]
    [MemberData(nameof(Facts))]
    public async Task Each_requirement_flipped_alone_closes_exactly_its_methods_and_names_exactly_itself(string fact, string closes)
    {
        var closed = closes.Split(' ');
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        Assert.Equal(AllMethods, (await Api.CheckAsync(buyer)).Must(201).Open());
        var quotes = new Dictionary<string, string>();
        foreach (var method in AllMethods) quotes[method] = (await Api.QuoteAsync(buyer, method, method == "alipay" ? "CNY" : "USD")).Must(201).Id;

        await system.Sandbox.SetAsync(buyer, fact, false);
        var check = (await Api.CheckAsync(buyer)).Must(201);
        Assert.Equal(AllMethods.Except(closed), check.Open());
        foreach (var method in closed)
        {
            Assert.Equal([fact], check.Method(method).NotMet());
            var requirement = check.Method(method).Requirement(fact);
            Assert.Equal("unmet", requirement.GetProperty("status").GetString());
            Assert.NotEmpty(requirement.GetProperty("remediation").GetProperty("action").GetString()!);

            var refused = (await Api.PayAsync(quotes[method])).Must(422, "method_not_eligible");
            Assert.Equal([fact], refused.Json.NotMet());
            Assert.Equal(check.Method(method).GetProperty("requirements").GetArrayLength(), refused.At("requirements").GetArrayLength());
            Assert.Equal("open", (await Api.GetAsync($"/v1/quotes/{quotes[method]}"))["status"]);
        }

        Assert.Equal(0, await system.Sandbox.ExecutionsOfBuyerAsync(buyer));
        await system.Sandbox.SetAsync(buyer, fact, true);
        Assert.Equal(AllMethods, (await Api.CheckAsync(buyer)).Must(201).Open());
        Assert.Equal("succeeded", (await Api.PayAsync(quotes[closed[0]])).Must(201)["status"]);
    }

    [Fact]
    public async Task Every_requirement_of_every_method_is_listed_with_its_verdict()
    {
        var check = (await Api.CheckAsync(await Api.BuyerAsync(), amount: 999_99, ip: null)).Must(201);
        var table = (await Api.GetAsync("/v1/payment-methods")).Must(200);
        foreach (var method in AllMethods)
        {
            var asked = table.At("data").EnumerateArray().Single(one => one.GetProperty("method").GetString() == method).GetProperty("requirements").EnumerateArray().Select(one => one.GetString());
            var requirements = check.Method(method).GetProperty("requirements").EnumerateArray().ToList();
            Assert.Equal(asked, requirements.Select(one => one.GetProperty("code").GetString()));
            Assert.All(requirements, one => Assert.Equal(
                one.GetProperty("status").GetString() == "met", one.GetProperty("remediation").ValueKind == JsonValueKind.Null));
        }
    }

    [Theory]
    [InlineData(999_99, false)]
    [InlineData(1_000_00, true)]
    [InlineData(1_000_01, true)]
    public async Task WorldFirst_balance_pays_orders_from_one_thousand_yuan_itself_included(long amount, bool open)
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        var check = (await Api.CheckAsync(buyer, amount)).Must(201);
        Assert.Equal(open ? AllMethods : AllMethods.Except(["worldfirst_balance"]), check.Open());
        var quote = (await Api.QuoteAsync(buyer, "worldfirst_balance", "USD", amount)).Must(201);
        var paid = await Api.PayAsync(quote.Id);
        if (open)
        {
            Assert.Equal("succeeded", paid.Must(201)["status"]);
            return;
        }

        Assert.Equal(["order.minimum_amount"], paid.Must(422, "method_not_eligible").Json.NotMet());
        Assert.Equal(["order.minimum_amount"], check.Method("worldfirst_balance").NotMet());
        Assert.Equal(1, check.Method("worldfirst_balance").Requirement("order.minimum_amount").GetProperty("remediation").GetProperty("amount").GetProperty("value").GetInt64());
    }

    [Theory]
    [InlineData("8.8.8.8", "met")]
    [InlineData("2001:4860:4860::8888", "met")]
    [InlineData("202.45.84.58", "met")] // Hong Kong
    [InlineData("202.175.3.3", "met")] // Macau
    [InlineData("168.95.1.1", "met")] // Taiwan
    [InlineData("::ffff:8.8.8.8", "met")]
    [InlineData("114.114.114.114", "unmet")]
    [InlineData("223.5.5.5", "unmet")]
    [InlineData("::ffff:114.114.114.114", "unmet")]
    [InlineData("2400:3200::1", "unmet")]
    [InlineData("10.1.2.3", "unmet")]
    [InlineData("192.168.0.1", "unmet")]
    [InlineData("172.31.255.255", "unmet")]
    [InlineData("127.0.0.1", "unmet")]
    [InlineData("169.254.1.1", "unmet")]
    [InlineData("100.64.0.1", "unmet")]
    [InlineData("203.0.113.7", "unmet")]
    [InlineData("0.0.0.0", "unmet")]
    [InlineData("255.255.255.255", "unmet")]
    [InlineData("::1", "unmet")]
    [InlineData("::", "unmet")]
    [InlineData("fe80::1", "unmet")]
    [InlineData("fd00::1", "unmet")]
    [InlineData("2001:db8::1", "unmet")]
    [InlineData("::ffff:10.0.0.1", "unmet")]
    [InlineData(null, "unknown")]
    public async Task Only_an_address_known_to_be_outside_opens_the_network_bound_methods(string? address, string status)
    {
        var check = (await Api.CheckAsync(await Api.BuyerAsync(), ip: address)).Must(201);
        foreach (var method in new[] { "worldfirst_balance", "card" })
            Assert.Equal(status, check.Method(method).Requirement("network.outside_mainland_china").GetProperty("status").GetString());
        foreach (var method in new[] { "world_pay", "alipay" })
            Assert.DoesNotContain("network.outside_mainland_china", check.Method(method).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_the_mainland_the_network_bound_methods_cannot_be_paid_and_the_others_can()
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        Assert.Equal(["world_pay", "alipay"], (await Api.CheckAsync(buyer, ip: "223.5.5.5")).Open());
        foreach (var method in new[] { "card", "worldfirst_balance" })
        {
            var quote = (await Api.QuoteAsync(buyer, method, "USD", ip: "223.5.5.5")).Must(201);
            Assert.Equal(["network.outside_mainland_china"], (await Api.PayAsync(quote.Id)).Must(422, "method_not_eligible").Json.NotMet());
            Assert.Equal("succeeded", (await Api.PayAsync(quote.Id, ip: ApiClient.Outside)).Must(201)["status"]);
        }

        foreach (var (method, currency) in new[] { ("world_pay", "USD"), ("alipay", "CNY") })
            Assert.Equal("succeeded", (await Api.PayAsync((await Api.QuoteAsync(buyer, method, currency, ip: "223.5.5.5")).Must(201).Id)).Must(201)["status"]);
    }

    [Fact]
    public async Task Balances_are_never_added_and_the_smallest_shortfall_is_what_is_shown()
    {
        var buyer = await Api.BuyerAsync();
        // The order takes USD 1,814.25 or EUR 1,552.77: EUR lacks the smaller part, and both together would do.
        await system.Sandbox.PatchAsync(buyer, SandboxClient.Facts.Where(fact => fact != "worldfirst.balance").Select(fact => (fact, true)), ("USD", 1_000_00), ("EUR", 1_552_76));
        var balance = (await Api.CheckAsync(buyer)).Must(201).Method("world_pay").Requirement("worldfirst.balance");
        Assert.Equal("unmet", balance.GetProperty("status").GetString());
        Assert.Equal(("EUR", 1_552_76), Money(balance.GetProperty("observed")));
        Assert.Equal(("EUR", 1_552_77), Money(balance.GetProperty("required")));
        Assert.Equal(("EUR", 1), Money(balance.GetProperty("remediation").GetProperty("amount")));
        Assert.Equal(("USD", 814_25), Money((await Api.CheckAsync(buyer, currency: "USD")).Method("world_pay").Requirement("worldfirst.balance").GetProperty("remediation").GetProperty("amount")));

        await system.Sandbox.PatchAsync(buyer, [], ("EUR", 1_552_77));
        Assert.Contains("world_pay", (await Api.CheckAsync(buyer)).Open());
        Assert.Equal(["worldfirst.balance"], (await Api.PayAsync((await Api.QuoteAsync(buyer, "world_pay", "USD")).Id)).Must(422).Json.NotMet());
        Assert.Equal("succeeded", (await Api.PayAsync((await Api.QuoteAsync(buyer, "world_pay", "EUR")).Id)).Must(201)["status"]);
    }

    [Fact]
    public async Task A_CNH_balance_opens_world_pay_alone()
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync(), "CNH");
        Assert.Equal(["world_pay", "alipay", "card"], (await Api.CheckAsync(buyer)).Open());
        var payment = (await Api.PayAsync((await Api.QuoteAsync(buyer, "world_pay", "CNH")).Must(201).Id)).Must(201);
        Assert.Equal(("succeeded", "CNH 1234567"), (payment["status"], payment.Amount("total")));
        Assert.Equal(["buyer_funds CNH 1234567", "fx_position CNH -1234567", "fx_position CNY 1234567", "supplier_payable CNY -1234567"], await system.Database.LedgerAsync(payment.Id));
    }

    [Fact]
    public async Task An_alipay_balance_serves_where_no_bank_card_is_linked()
    {
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        await system.Sandbox.PatchAsync(buyer, [("alipay.funding", false)], ("alipay_balance", 12_345_66));
        var funding = (await Api.CheckAsync(buyer)).Method("alipay").Requirement("alipay.funding");
        Assert.Equal(("CNY", 1), Money(funding.GetProperty("remediation").GetProperty("amount")));
        await system.Sandbox.PatchAsync(buyer, [], ("alipay_balance", 12_345_67));
        Assert.Contains("alipay", (await Api.CheckAsync(buyer)).Open());
        Assert.Equal("succeeded", (await Api.PayAsync((await Api.QuoteAsync(buyer, "alipay", "CNY")).Id)).Must(201)["status"]);
    }

    [Fact]
    public async Task Only_the_methods_that_were_asked_for_are_judged()
    {
        var check = (await Api.PostAsync("/v1/eligibility-checks", new JsonObject
        {
            ["buyer_id"] = await Api.BuyerAsync(),
            ["order"] = ApiClient.Order("o", 1),
            ["methods"] = new JsonArray("card", "alipay"),
        })).Must(201);
        Assert.Equal(["alipay", "card"], check.At("methods").EnumerateArray().Select(one => one.GetProperty("method").GetString()));
    }

    private static (string, long) Money(JsonElement amount) => (amount.GetProperty("currency").GetString()!, amount.GetProperty("value").GetInt64());
}
