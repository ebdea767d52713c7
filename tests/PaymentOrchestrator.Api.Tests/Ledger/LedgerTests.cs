using System.Globalization;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Refunds;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Ledger;

/// <summary>The books as the contract shows them. Each test has a marketplace, so books, of its own.</summary>
public sealed class LedgerTests(TestSystem system)
{
    [Fact]
    public async Task Entries_are_listed_newest_transaction_first_and_cover_everything_page_by_page()
    {
        var (api, payment) = await RefundedAsync();
        var other = await system.PaidAsync(api);

        var all = await WalkAsync(api, "");
        var ofPayment = await WalkAsync(api, $"&payment_id={payment.Id}");

        Assert.Equal(all.Where(entry => entry.Contains(payment.Id, StringComparison.Ordinal)), ofPayment);
        Assert.Equal(15, all.Count);
        Assert.Equal(10, ofPayment.Count);
        Assert.Contains(other.Id, all[0], StringComparison.Ordinal);
        Assert.Equal(["refund", "payment"], ofPayment.Select(entry => entry.Split(' ')[2]).Distinct());
        Assert.All(await WalkAsync(api, "&account=fee_revenue"), entry => Assert.Contains(" fee_revenue ", entry, StringComparison.Ordinal));
        Assert.Empty(await WalkAsync(api, "&payment_id=pay_00000000000000000000000000"));
        (await api.GetAsync("/v1/ledger/entries?payment_id=pay_nonsense")).Must(400, "validation_failed");
        (await api.GetAsync("/v1/ledger/entries?account=cash")).Must(400, "validation_failed");
        (await api.GetAsync($"/v1/ledger/entries?cursor={payment.Id}")).Must(400, "validation_failed");
    }

    [Fact]
    public async Task Balances_are_what_the_entries_add_up_to()
    {
        var (api, _) = await RefundedAsync();
        await system.PaidAsync(api, "world_pay", "EUR");

        var (before, balances) = (new Dictionary<string, long>(), await BalancesAsync(api));
        // A settlement may come in between; then both are read again.
        for (var after = await SumsAsync(api); !before.OrderBy(pair => pair.Key).SequenceEqual(after.OrderBy(pair => pair.Key)); after = await SumsAsync(api))
            (before, balances) = (after, await BalancesAsync(api));

        Assert.Equal(before.OrderBy(pair => pair.Key, StringComparer.Ordinal), balances.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.All(balances.GroupBy(pair => pair.Key.Split(' ')[1]), currency => Assert.Equal(0, currency.Sum(pair => pair.Value)));
    }

    [Fact]
    public async Task Books_belong_to_one_marketplace_and_mode()
    {
        var tenant = await system.NewMarketplaceAsync();
        var payment = await system.PaidAsync(tenant.Test);
        var stranger = await system.NewMarketplaceAsync();
        foreach (var api in new[] { stranger.Test, stranger.Live, tenant.Live })
        {
            Assert.Empty(await WalkAsync(api, $"&payment_id={payment.Id}"));
            Assert.Equal(0, (await api.GetAsync("/v1/ledger/balances")).Must(200).At("data").GetArrayLength());
            var proof = (await api.GetAsync("/v1/ledger/proof")).Must(200);
            Assert.Equal(("0", "0", "0"), (proof["transactions"], proof["entries"], proof["violations"]));
        }
    }

    [Theory]
    [InlineData("update ledger_entries set amount = amount + 1")]
    [InlineData("delete from ledger_entries")]
    [InlineData("update ledger_transactions set kind = 'x'")]
    [InlineData("delete from ledger_transactions")]
    [InlineData("truncate ledger_entries")]
    [InlineData("delete from refunds")]
    public async Task The_applications_role_can_only_add_to_the_books(string sql)
    {
        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => system.Database.ExecuteAsync($"begin; set local role po_app; {sql};"));

        Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    private static async Task<Dictionary<string, long>> BalancesAsync(ApiClient api) =>
        (await api.GetAsync("/v1/ledger/balances")).Must(200).At("data").EnumerateArray().ToDictionary(
            one => $"{one.GetProperty("account").GetString()} {one.GetProperty("balance").GetProperty("currency").GetString()}",
            one => one.GetProperty("balance").GetProperty("value").GetInt64());

    private static async Task<Dictionary<string, long>> SumsAsync(ApiClient api) =>
        (await WalkAsync(api, "", settled: true)).Select(entry => entry.Split(' '))
            .GroupBy(entry => $"{entry[3]} {entry[4]}").ToDictionary(group => group.Key, group => group.Sum(entry => long.Parse(entry[5], CultureInfo.InvariantCulture)));

    private async Task<(ApiClient Api, Answer Payment)> RefundedAsync()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var payment = await system.PaidAsync(api);
        (await api.RefundAsync(payment.Id, 5_000)).Must(201);
        return (api, payment);
    }

    /// <summary>All pages, each entry as <c>transaction payment kind account currency amount</c>.</summary>
    private static async Task<IReadOnlyList<string>> WalkAsync(ApiClient api, string filter, bool settled = false)
    {
        var entries = new List<string>();
        var cursor = "";
        while (true)
        {
            var page = (await api.GetAsync($"/v1/ledger/entries?limit=4{filter}{cursor}")).Must(200);
            entries.AddRange(page.At("data").EnumerateArray().Select(one => string.Create(CultureInfo.InvariantCulture,
                $"{one.GetProperty("transaction_id").GetString()} {one.GetProperty("payment_id").GetString()} {one.GetProperty("kind").GetString()} {one.GetProperty("account").GetString()} {one.GetProperty("amount").GetProperty("currency").GetString()} {one.GetProperty("amount").GetProperty("value").GetInt64()}")));
            // The supplier's settlement comes when it comes.
            if (page["has_more"] == "False") return [.. entries.Where(entry => settled || !entry.Contains(" settlement ", StringComparison.Ordinal))];
            cursor = $"&cursor={page["next_cursor"]}";
        }
    }
}
