using PaymentOrchestrator.Api.Providers.Notifications;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Providers;

public abstract class WorldFirstContract(SandboxProviders sandbox) : GatewayContract(sandbox)
{
    protected override string Provider => "worldfirst";

    protected override string DebitOperation => "createTransfer";

    protected override string InquiryOperation => "inquiryTransfer";

    protected override string RefundOperation => "refund";

    protected override string Execution => "createTransfer";

    protected override bool SignsAnswers => true;

    [Fact]
    public void No_cancelling_is_declared_because_the_protocol_has_none() => Assert.Null(Sandbox.Set.CancelGateway(Method));

    [Fact]
    public async Task A_refund_goes_back_to_the_balance_that_was_debited_also_after_the_account_was_unlinked()
    {
        var (debit, paid) = await PaidAsync();
        Assert.Equal(100_000_000 - debit.Total.Value, await DollarsAsync(debit.BuyerId));
        Assert.IsType<ProviderAnswer<bool>.Ok>(await Sandbox.Set.WorldFirst!.RevokeAsync(debit.Account, CancellationToken.None));
        Assert.IsType<RefundOutcome.Succeeded>(await Refunds.RefundAsync(Refund(debit, paid, debit.Total), CancellationToken.None));
        Assert.Equal(100_000_000, await DollarsAsync(debit.BuyerId));
    }

    private protected override Task<Debit> PayableAsync() => DebitAsync(100_000_000);

    private protected override async Task<(Debit Debit, string Code)> UnpayableAsync() => (await DebitAsync(1), FailureCode.InsufficientBalance);

    private async Task<Debit> DebitAsync(long dollars)
    {
        var buyer = SandboxProviders.NewBuyer();
        var account = await Sandbox.LinkAsync(LinkProvider.WorldFirst, buyer);
        await Sandbox.PatchAsync(buyer, $$"""{"balances":{"USD":{{dollars}}} }""");
        var mid = Assert.IsType<ProviderAnswer<MidRate>.Ok>(
            await Sandbox.Set.WorldFirst!.MidAsync(Currency.Usd, Order, CancellationToken.None)).Value;
        return NewDebit(Method, buyer, new Money(Currency.Usd, (long)Math.Ceiling(Order.Value / mid.Rate.Value)), account, mid.ProviderQuoteId);
    }

    private async Task<long> DollarsAsync(string buyer) => (await Sandbox.BuyerAsync(buyer)).GetProperty("balances").GetProperty("USD").GetInt64();
}

public sealed class WorldPayContract(SandboxProviders sandbox) : WorldFirstContract(sandbox)
{
    private protected override PaymentMethod Method => PaymentMethod.WorldPay;
}

public sealed class WorldFirstBalanceContract(SandboxProviders sandbox) : WorldFirstContract(sandbox)
{
    private protected override PaymentMethod Method => PaymentMethod.WorldFirstBalance;
}

public sealed class AlipayContract(SandboxProviders sandbox) : GatewayContract(sandbox)
{
    private protected override PaymentMethod Method => PaymentMethod.Alipay;

    protected override string Provider => "alipay";

    protected override string DebitOperation => "pay";

    protected override string InquiryOperation => "inquiryPayment";

    protected override string RefundOperation => "refund";

    protected override string Execution => "pay";

    protected override bool SignsAnswers => true;

    private ICancelGateway Cancels => Sandbox.Set.CancelGateway(Method)!;

    [Fact]
    public async Task A_cancelled_payment_gives_back_what_it_took_and_stays_cancelled()
    {
        var (debit, _) = await PaidAsync();
        Assert.IsType<CancelOutcome.Canceled>(await Cancels.CancelAsync(debit, CancellationToken.None));
        Assert.IsType<CancelOutcome.Canceled>(await Cancels.CancelAsync(debit, CancellationToken.None));
        Assert.IsType<DebitOutcome.Canceled>(await Gateway.InquireAsync(debit, CancellationToken.None));
        Assert.IsType<DebitOutcome.Refused>(await Gateway.DebitAsync(debit, CancellationToken.None));
        await AssertExecutedAsync(debit, Debited(debit), $"cancel CNY {debit.Total.Value}");
        Assert.Equal(1_000_000, (await Sandbox.BuyerAsync(debit.BuyerId)).GetProperty("alipay_balance").GetInt64());
    }

    [Fact]
    public async Task Cancelling_what_was_refunded_in_part_or_never_arrived_tells_what_is_there()
    {
        var (debit, paid) = await PaidAsync();
        Assert.IsType<RefundOutcome.Succeeded>(await Refunds.RefundAsync(Refund(debit, paid, new Money(Currency.Cny, 1)), CancellationToken.None));
        Assert.Equal(paid, Assert.IsType<CancelOutcome.Ended>(await Cancels.CancelAsync(debit, CancellationToken.None)).Outcome);
        var never = await PayableAsync();
        Assert.IsType<DebitOutcome.NotFound>(Assert.IsType<CancelOutcome.Ended>(await Cancels.CancelAsync(never, CancellationToken.None)).Outcome);
    }

    [Theory]
    [InlineData("approve", true)]
    [InlineData("refuse", false)]
    public async Task A_buyer_without_an_agreement_confirms_at_the_cashier(string decision, bool pays)
    {
        var debit = await PayableAsync();
        debit = debit with { Account = debit.Account with { Secret = """{"access_token":""}""" } };
        var pending = Assert.IsType<DebitOutcome.Pending>(await Gateway.DebitAsync(debit, CancellationToken.None));
        Assert.Equal(pending, await Gateway.DebitAsync(debit, CancellationToken.None));
        Assert.IsType<DebitOutcome.Pending>(await Gateway.InquireAsync(debit, CancellationToken.None));

        Assert.Equal(debit.ReturnUrl, await Sandbox.DecideAsync(pending.RedirectUrl!, decision));
        var outcome = await Gateway.InquireAsync(debit, CancellationToken.None);
        if (pays) Assert.Equal(debit.Total, Assert.IsType<DebitOutcome.Succeeded>(outcome).Debited);
        else Assert.Equal(FailureCode.AuthenticationFailed, Assert.IsType<DebitOutcome.Refused>(outcome).Code);
        await AssertExecutedAsync(debit, pays ? [Debited(debit)] : []);
    }

    [Fact]
    public async Task A_payment_that_waits_for_its_buyer_can_be_cancelled_and_then_the_page_pays_nothing()
    {
        var debit = await PayableAsync();
        debit = debit with { OrderId = $"cashier-{debit.OrderId}" };
        Assert.IsType<DebitOutcome.Pending>(await Gateway.DebitAsync(debit, CancellationToken.None));
        Assert.IsType<CancelOutcome.Canceled>(await Cancels.CancelAsync(debit, CancellationToken.None));
        Assert.IsType<DebitOutcome.Canceled>(await Gateway.InquireAsync(debit, CancellationToken.None));
        await AssertExecutedAsync(debit);
    }

    [Fact]
    public async Task Antoms_magic_amounts_lose_the_answer_and_not_the_payment()
    {
        async Task<(Debit Debit, DebitOutcome Paid, DebitOutcome Asked)> Try(long value)
        {
            var debit = await PayableAsync();
            debit = debit with { Order = new Money(Currency.Cny, value), Total = new Money(Currency.Cny, value) };
            return (debit, await Gateway.DebitAsync(debit, CancellationToken.None), await Gateway.InquireAsync(debit, CancellationToken.None));
        }

        var tried = await Task.WhenAll(new long[] { 9901, 9902, 9903, 9904 }.Select(Try));
        Assert.Equal([true, true, false, false], tried.Select(each => each.Paid is DebitOutcome.Unknown));
        Assert.Equal([false, false, true, true], tried.Select(each => each.Asked is DebitOutcome.Unknown));
        foreach (var (debit, _, _) in tried) await AssertExecutedAsync(debit, Debited(debit));
    }

    private protected override Task<Debit> PayableAsync() => DebitAsync(1_000_000);

    private protected override async Task<(Debit Debit, string Code)> UnpayableAsync() => (await DebitAsync(1), FailureCode.InsufficientBalance);

    private async Task<Debit> DebitAsync(long balance)
    {
        var buyer = SandboxProviders.NewBuyer();
        var account = await Sandbox.LinkAsync(LinkProvider.Alipay, buyer);
        await Sandbox.PatchAsync(buyer, $$"""{"alipay_balance":{{balance}}}""");
        return NewDebit(Method, buyer, Order, account);
    }
}

public sealed class CardContract(SandboxProviders sandbox) : GatewayContract(sandbox)
{
    private protected override PaymentMethod Method => PaymentMethod.Card;

    protected override string Provider => "card";

    protected override string DebitOperation => "payment_intents.create";

    protected override string InquiryOperation => "payment_intents.list";

    protected override string RefundOperation => "refunds.create";

    protected override string Execution => "payment_intent";

    protected override bool SignsAnswers => false;

    private ICancelGateway Cancels => Sandbox.Set.CancelGateway(Method)!;

    [Fact]
    public async Task A_debit_that_never_arrived_cannot_succeed_after_it_was_cancelled()
    {
        var debit = await PayableAsync();
        await Sandbox.FaultAsync(Fault("timeout_before", debit, DebitOperation));
        Assert.IsType<DebitOutcome.Unknown>(await Gateway.DebitAsync(debit, CancellationToken.None));
        Assert.IsType<CancelOutcome.Canceled>(await Cancels.CancelAsync(debit, CancellationToken.None));

        // The lost request arrives after all.
        Assert.IsNotType<DebitOutcome.Succeeded>(await Gateway.DebitAsync(debit, CancellationToken.None));
        Assert.IsType<DebitOutcome.Canceled>(await Gateway.InquireAsync(debit, CancellationToken.None));
        Assert.IsType<CancelOutcome.Canceled>(await Cancels.CancelAsync(debit, CancellationToken.None));
        await AssertExecutedAsync(debit);
    }

    [Fact]
    public async Task A_debit_that_succeeded_unheard_is_told_when_it_is_cancelled()
    {
        var debit = await PayableAsync();
        await Sandbox.FaultAsync(Fault("error_after", debit, DebitOperation));
        Assert.IsType<DebitOutcome.Unknown>(await Gateway.DebitAsync(debit, CancellationToken.None));
        Assert.IsType<DebitOutcome.Succeeded>(Assert.IsType<CancelOutcome.Ended>(await Cancels.CancelAsync(debit, CancellationToken.None)).Outcome);
    }

    [Theory]
    [InlineData("approve", true)]
    [InlineData("refuse", false)]
    public async Task A_card_whose_issuer_wants_the_buyer_goes_to_the_banks_page(string decision, bool pays)
    {
        var debit = await DebitAsync("pm_card_threeDSecure2Required");
        var pending = Assert.IsType<DebitOutcome.Pending>(await Gateway.DebitAsync(debit, CancellationToken.None));
        Assert.IsType<DebitOutcome.Pending>(await Gateway.InquireAsync(debit, CancellationToken.None));

        var back = await Sandbox.DecideAsync(pending.RedirectUrl!, decision);
        Assert.StartsWith(debit.ReturnUrl.AbsoluteUri, back.AbsoluteUri, StringComparison.Ordinal);
        var outcome = await Gateway.InquireAsync(debit, CancellationToken.None);
        if (pays) Assert.Equal(debit.Total, Assert.IsType<DebitOutcome.Succeeded>(outcome).Debited);
        else Assert.Equal(FailureCode.AuthenticationFailed, Assert.IsType<DebitOutcome.Refused>(outcome).Code);
        await AssertExecutedAsync(debit, pays ? [Debited(debit)] : []);
    }

    [Fact]
    public async Task A_card_that_waits_for_its_buyer_can_be_cancelled()
    {
        var debit = await DebitAsync("pm_card_authenticationRequired");
        Assert.IsType<DebitOutcome.Pending>(await Gateway.DebitAsync(debit, CancellationToken.None));
        Assert.IsType<CancelOutcome.Canceled>(await Cancels.CancelAsync(debit, CancellationToken.None));
        Assert.IsType<DebitOutcome.Canceled>(await Gateway.InquireAsync(debit, CancellationToken.None));
        await AssertExecutedAsync(debit);
    }

    [Fact]
    public async Task A_disputed_charge_is_told_of()
    {
        var debit = await DebitAsync("pm_card_createDispute");
        var paid = Assert.IsType<DebitOutcome.Succeeded>(await Gateway.DebitAsync(debit, CancellationToken.None));
        await SandboxProviders.EventuallyAsync(() => Task.FromResult(
            Sandbox.Readings.OfType<NotificationReading.DisputeChanged>().Any(told => told.PaymentReference == paid.ProviderReference)));
        var opened = Sandbox.Readings.OfType<NotificationReading.DisputeChanged>().First(told => told.PaymentReference == paid.ProviderReference);
        var dispute = Assert.IsType<ProviderAnswer<ProviderDispute>.Ok>(await Sandbox.Set.Card!.ReadDisputeAsync(opened.DisputeId, CancellationToken.None)).Value;
        Assert.Equal(
            (debit.PaymentId, debit.RequestId, debit.Total, DisputeStatus.NeedsResponse), (dispute.PaymentId, dispute.RequestId, dispute.Amount, dispute.Status));
    }

    private protected override Task<Debit> PayableAsync() => DebitAsync("pm_card_visa");

    private protected override async Task<(Debit Debit, string Code)> UnpayableAsync() =>
        (await DebitAsync("pm_card_chargeCustomerFailInsufficientFunds"), FailureCode.InsufficientBalance);

    private async Task<Debit> DebitAsync(string card)
    {
        var buyer = SandboxProviders.NewBuyer();
        return NewDebit(Method, buyer, new Money(Currency.Parse("ISK"), 25000), await Sandbox.LinkAsync(LinkProvider.Card, buyer, card));
    }
}
