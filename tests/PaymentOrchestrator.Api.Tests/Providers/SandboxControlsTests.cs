using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Providers;

public sealed class SandboxControlsTests(SandboxProviders sandbox)
{
    private static readonly Money Expected = new(Currency.Cny, 123456);

    [Theory]
    [InlineData("order-", "waitbuyerpay", 123456, true)]
    [InlineData("mismatch-", "waitbuyerpay", 123556, true)]
    [InlineData("closed-", "cancel", 123456, true)]
    [InlineData("paid-", "waitsellersend", 123456, true)]
    [InlineData("foreign-", "waitbuyerpay", 123456, false)]
    public async Task An_order_is_read_as_1688_has_it(string prefix, string status, long fen, bool own)
    {
        var account = await sandbox.LinkAsync(LinkProvider.Marketplace1688, SandboxProviders.NewBuyer());
        var order = await ReadAsync(account, $"{prefix}{Guid.NewGuid():N}");
        Assert.Equal((status, new Money(Currency.Cny, fen)), (order.Status, order.Amount));
        Assert.Equal(own, order.BuyerMemberId == account.ProviderAccountId);
    }

    [Theory]
    [InlineData("order-", "waitsellersend")]
    [InlineData("unsettled-", "waitbuyerpay")]
    public async Task An_executed_debit_pays_the_order_unless_it_is_one_that_never_settles(string prefix, string status)
    {
        var buyer = SandboxProviders.NewBuyer();
        var marketplace = await sandbox.LinkAsync(LinkProvider.Marketplace1688, buyer);
        var alipay = await sandbox.LinkAsync(LinkProvider.Alipay, buyer);
        await sandbox.PatchAsync(buyer, """{"alipay_balance":123456}""");
        var orderId = $"{prefix}{Guid.NewGuid():N}";
        Assert.Equal("waitbuyerpay", (await ReadAsync(marketplace, orderId)).Status);
        Assert.IsType<DebitOutcome.Succeeded>(await sandbox.Set.Alipay!.DebitAsync(
            new Debit($"{orderId}-1", "pay_1", PaymentMethod.Alipay, buyer, orderId, Expected, Expected, null, alipay, new Uri("https://api.example/r")),
            CancellationToken.None));
        Assert.Equal(status, (await ReadAsync(marketplace, orderId)).Status);
    }

    [Fact]
    public async Task A_price_can_jump_once()
    {
        async Task<decimal> Mid() =>
            Assert.IsType<ProviderAnswer<MidRate>.Ok>(await sandbox.Set.WorldFirst!.MidAsync(Currency.Parse("SEK"), Expected, CancellationToken.None)).Value.Rate.Value;

        var before = await Mid();
        await sandbox.FaultAsync("""{"fault":"rate_jump","scope":{"provider":"worldfirst","operation":"createQuote"} }""");
        // Other tests ask for prices at the same time: one of theirs may be the one that jumps.
        var after = await Mid();
        Assert.True(after == before || after < before * 0.96m);
        Assert.Equal(before, await Mid());
    }

    [Theory]
    [InlineData("""{"times":1}""", "fault")]
    [InlineData("""{"fault":"fire"}""", "fault")]
    [InlineData("""{"fault":"delay","often":2}""", "often")]
    [InlineData("""{"fault":"delay","times":0}""", "times")]
    [InlineData("""{"fault":"delay","probability":1.5}""", "probability")]
    [InlineData("""{"fault":"delay","scope":{"buyer":"byr_1"} }""", "scope.buyer")]
    [InlineData("""{"fault":"delay","scope":{"provider":"paypal"} }""", "scope.provider")]
    [InlineData("""{"fault":"delay","scope":{"provider":"alipay","operation":"createTransfer"} }""", "scope.operation")]
    [InlineData("""{"fault":"bad_signature","scope":{"provider":"card"} }""", "scope.provider")]
    [InlineData("""{"fault":"not_found_then_found","scope":{"operation":"pay"} }""", "scope.operation")]
    [InlineData("""{"fault":"rate_jump","scope":{"buyer_id":"byr_1"} }""", "scope.buyer_id")]
    public async Task A_fault_that_cannot_be_meant_is_refused_by_the_name_of_the_field(string body, string field) =>
        Assert.Contains($"\"field\":\"{field}\"", await sandbox.RefusedFaultAsync(body), StringComparison.Ordinal);

    [Fact]
    public async Task A_seed_makes_chance_repeat_exactly()
    {
        async Task<string> Run(string seed)
        {
            var buyer = SandboxProviders.NewBuyer();
            var account = await sandbox.LinkAsync(LinkProvider.Marketplace1688, buyer);
            await sandbox.FaultAsync($$"""
                {"fault":"wrong_amount","times":1000,"probability":0.5,"seed":{{seed}},"scope":{"buyer_id":"{{buyer}}","operation":"alibaba.trade.get.buyerView"} }
                """);
            var pattern = "";
            for (var i = 0; i < 24; i++) pattern += (await ReadAsync(account, "order-1")).Amount == Expected ? '.' : 'x';
            return pattern;
        }

        var first = await Run("7");
        Assert.Contains('.', first);
        Assert.Contains('x', first);
        Assert.Equal(first, await Run("7"));
        Assert.NotEqual(first, await Run("8"));
    }

    private async Task<MarketplaceOrder> ReadAsync(AccountCredential account, string orderId) => Assert.IsType<ProviderAnswer<MarketplaceOrder>.Ok>(
        await sandbox.Set.Marketplace!.ReadOrderAsync(account, orderId, Expected, CancellationToken.None)).Value;
}
