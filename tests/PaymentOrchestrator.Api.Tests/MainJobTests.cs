using System.Globalization;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests;

/// <summary>From a buyer who has nothing to an order that is paid, for each of the four methods.</summary>
public sealed class MainJobTests(TestSystem system)
{
    private ApiClient Api => system.Api;

    [Fact]
    public void The_tests_run_on_a_real_PostgreSQL()
    {
        TestContext.Current.TestOutputHelper!.WriteLine(system.PostgresDescription);
        Assert.NotEqual("none", system.PostgresDescription);
    }

    [Fact]
    public async Task A_new_buyer_links_everything_for_world_pay_and_pays_once()
    {
        var buyer = await Api.BuyerAsync();
        Assert.Empty((await Api.CheckAsync(buyer)).Must(201).Open());

        var worldFirst = await LinkAsync(buyer, "worldfirst");
        await LinkAsync(buyer, "alipay");
        var marketplace = await LinkAsync(buyer, "marketplace_1688", ("login", "alipay"));
        var check = (await Api.CheckAsync(buyer)).Must(201);
        Assert.Equal(["worldfirst.marketplace_link", "worldfirst.balance"], check.Method("world_pay").NotMet());

        var link = (await Api.PostAsync($"/v1/linked-accounts/{worldFirst}/marketplace-links", new JsonObject { ["marketplace_account_id"] = marketplace })).Must(201);
        Assert.Equal(("active", worldFirst, marketplace), (link["status"], link["worldfirst_account_id"], link["marketplace_account_id"]));
        await system.Sandbox.PatchAsync(buyer, [], ("EUR", 5_000_00));

        await PayAsync(buyer, "world_pay", "EUR", "createTransfer worldfirst EUR 155277",
            "buyer_funds EUR 155277", "fx_position EUR -154656", "markup_revenue EUR -621", "fx_position CNY 1234567", "supplier_payable CNY -1234567");
    }

    [Fact]
    public async Task A_new_buyer_links_everything_for_alipay_and_pays_once()
    {
        var buyer = await Api.BuyerAsync();
        await LinkAsync(buyer, "marketplace_1688", ("login", "password"));
        var alipay = await LinkAsync(buyer, "alipay");
        Assert.Equal(["alipay.mainland_bank_account", "alipay.funding"], (await Api.CheckAsync(buyer)).Method("alipay").NotMet());
        await LinkAsync(buyer, "mainland_bank", ("alipay_account_id", alipay));

        await PayAsync(buyer, "alipay", "CNY", "pay alipay CNY 1234567",
            "buyer_funds CNY 1234567", "fx_position CNY -1234567", "fx_position CNY 1234567", "supplier_payable CNY -1234567");
    }

    [Fact]
    public async Task A_new_buyer_links_everything_for_worldfirst_balance_and_pays_once_without_alipay()
    {
        var buyer = await Api.BuyerAsync();
        await LinkAsync(buyer, "worldfirst");
        await LinkAsync(buyer, "marketplace_1688", ("login", "password"));
        await system.Sandbox.PatchAsync(buyer, [], ("GBP", 2_000_00));

        await PayAsync(buyer, "worldfirst_balance", "GBP", "createTransfer worldfirst GBP 135181",
            "buyer_funds GBP 135181", "fx_position GBP -134640", "markup_revenue GBP -541", "fx_position CNY 1234567", "supplier_payable CNY -1234567");
    }

    [Fact]
    public async Task A_new_buyer_links_a_card_on_the_acquirers_page_and_pays_once()
    {
        var buyer = await Api.BuyerAsync();
        await LinkAsync(buyer, "marketplace_1688", ("login", "password"));
        await LinkAsync(buyer, "card");

        await PayAsync(buyer, "card", "USD", "payment_intent card USD 186121",
            "buyer_funds USD 186121", "fx_position USD -180700", "fee_revenue USD -5421", "fx_position CNY 1234567", "supplier_payable CNY -1234567");
    }

    /// <summary>The buyer's way through the provider's page; the account's id.</summary>
    private async Task<string> LinkAsync(string buyer, string provider, params (string Name, string Value)[] more)
    {
        var account = (await Api.LinkAsync(buyer, provider, more)).Must(201);
        Assert.Equal(("pending", "redirect"), (account["status"], account["next_action.type"]));
        var journey = await system.Sandbox.DecideAsync(account["next_action.url"]);
        Assert.StartsWith(new Uri(system.ApiUrl, $"/v1/returns/{provider}").ToString(), journey.Return.ToString(), StringComparison.Ordinal);
        Assert.StartsWith(ApiClient.ReturnUrl + "&", journey.Answer.Must(303).Location.OriginalString, StringComparison.Ordinal);
        Assert.Equal((account.Id, "active"), (journey.At("linked_account"), journey.At("status")));
        var now = (await Api.GetAsync($"/v1/linked-accounts/{account.Id}")).Must(200);
        Assert.Equal(("active", "null"), (now["status"], now["next_action"]));
        return account.Id;
    }

    /// <summary>Open, priced, paid, executed once, booked and published.</summary>
    private async Task PayAsync(string buyer, string method, string currency, string execution, params string[] ledger)
    {
        var check = (await Api.CheckAsync(buyer)).Must(201);
        Assert.Contains(method, check.Open());
        Assert.Equal(check.Text, (await Api.GetAsync($"/v1/eligibility-checks/{check.Id}")).Must(200).Text);

        var order = ApiClient.NewOrder();
        var quote = (await Api.QuoteAsync(buyer, method, currency, order: order)).Must(201);
        Assert.Equal($"/v1/quotes/{quote.Id}", quote.Headers["Location"]);
        Assert.Equal("open", quote["status"]);

        var payment = (await Api.PayAsync(quote.Id)).Must(201);
        Assert.Equal($"/v1/payments/{payment.Id}", payment.Headers["Location"]);
        Assert.Equal(("succeeded", quote.Id, order, method), (payment["status"], payment["quote_id"], payment["order_id"], payment["method"]));
        foreach (var amount in new[] { "order_amount", "source_amount", "total" }) Assert.Equal(quote.Amount(amount), payment.Amount(amount));
        Assert.Equal(quote.At("fees").GetRawText(), payment.At("fees").GetRawText());
        Assert.Equal(("pending", "CNY 1234567", "CNY 0"), (payment["settlement.status"], payment.Amount("settlement.amount"), payment.Amount("amount_refunded")));
        Assert.Equal(("null", "null"), (payment["failure"], payment["next_action"]));
        Assert.Equal(payment.Text, (await Api.GetAsync($"/v1/payments/{payment.Id}")).Must(200).Text);
        var consumed = (await Api.GetAsync($"/v1/quotes/{quote.Id}")).Must(200);
        Assert.Equal(("consumed", payment.Id), (consumed["status"], consumed["payment_id"]));
        Assert.Equal([payment.Id], (await Api.GetAsync($"/v1/payments?order_id={order}&buyer_id={buyer}&status=succeeded")).Must(200).At("data").EnumerateArray().Select(one => one.GetProperty("id").GetString()!));

        Assert.Equal([execution], await system.Sandbox.ExecutionsAsync(payment.Id));
        var entries = await system.Database.LedgerAsync(payment.Id);
        Assert.Equal(ledger, entries);
        Assert.All(
            entries.Select(entry => entry.Split(' ')).GroupBy(entry => entry[1]),
            group => Assert.Equal(0, group.Sum(entry => long.Parse(entry[2], CultureInfo.InvariantCulture))));
        Assert.Equal(["payment.created", "payment.succeeded"], await system.Database.EventsAsync(payment.Id));
        Assert.Equal(["quote.consumed"], await system.Database.EventsAsync(quote.Id));
    }
}
