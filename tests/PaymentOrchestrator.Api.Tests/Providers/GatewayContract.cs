using PaymentOrchestrator.Api.Providers.Notifications;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Providers;

/// <summary>What every gateway does, whatever its protocol: the adapter and the sandbox on a real socket, and what was really executed as the judge.</summary>
public abstract class GatewayContract(SandboxProviders sandbox)
{
    protected static readonly Money Order = new(Currency.Cny, 123456);

    protected SandboxProviders Sandbox => sandbox;

    private protected abstract PaymentMethod Method { get; }

    /// <summary>As executions and fault scopes name them.</summary>
    protected abstract string Provider { get; }

    protected abstract string DebitOperation { get; }

    /// <summary>The call by which a debit is found without its reference.</summary>
    protected abstract string InquiryOperation { get; }

    protected abstract string RefundOperation { get; }

    /// <summary>What executions call a debit.</summary>
    protected abstract string Execution { get; }

    /// <summary>Whether the provider signs its answers.</summary>
    protected abstract bool SignsAnswers { get; }

    private protected IPaymentGateway Gateway => sandbox.Set.Gateway(Method)!;

    private protected IRefundGateway Refunds => sandbox.Set.RefundGateway(Method)!;

    /// <summary>A debit that the provider would make.</summary>
    private protected abstract Task<Debit> PayableAsync();

    /// <summary>A debit that the provider refuses, and our code for it.</summary>
    private protected abstract Task<(Debit Debit, string Code)> UnpayableAsync();

    [Fact]
    public async Task A_debit_is_made_once_however_often_it_is_asked_for()
    {
        var debit = await PayableAsync();
        var first = Assert.IsType<DebitOutcome.Succeeded>(await Gateway.DebitAsync(debit, CancellationToken.None));
        Assert.Equal(debit.Total, first.Debited);
        Assert.True(first.Paid is null || first.Paid == Order);

        Assert.Equal(first, await Gateway.DebitAsync(debit, CancellationToken.None));
        Assert.Equal(first, await Gateway.InquireAsync(debit, CancellationToken.None));
        Assert.Equal(first, await Gateway.InquireAsync(debit with { ProviderReference = first.ProviderReference }, CancellationToken.None));
        await AssertExecutedAsync(debit, Debited(debit));
    }

    [Fact]
    public async Task Sixteen_requests_at_once_under_one_id_make_one_debit()
    {
        var debit = await PayableAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Gateway.DebitAsync(debit, CancellationToken.None)));
        Assert.IsType<DebitOutcome.Succeeded>(await Gateway.InquireAsync(debit, CancellationToken.None));
        await AssertExecutedAsync(debit, Debited(debit));
    }

    [Fact]
    public async Task A_refusal_is_told_in_our_words_and_moves_nothing()
    {
        var (debit, code) = await UnpayableAsync();
        Assert.Equal(code, Assert.IsType<DebitOutcome.Refused>(await Gateway.DebitAsync(debit, CancellationToken.None)).Code);
        Assert.Equal(code, Assert.IsType<DebitOutcome.Refused>(await Gateway.InquireAsync(debit, CancellationToken.None)).Code);
        await AssertExecutedAsync(debit);
    }

    [Theory]
    [InlineData("error_before", false)]
    [InlineData("timeout_before", false)]
    [InlineData("error_after", true)]
    [InlineData("timeout_after", true)]
    [InlineData("cut_body", true)]
    [InlineData("bad_signature", true)]
    public async Task A_lost_or_unfitting_answer_leaves_the_debit_unknown_until_inquiry_tells(string fault, bool executed)
    {
        Assert.SkipUnless(SignsAnswers || fault != "bad_signature", "The provider does not sign its answers.");
        var debit = await PayableAsync();
        await sandbox.FaultAsync(Fault(fault, debit, DebitOperation));

        var unknown = Assert.IsType<DebitOutcome.Unknown>(await Gateway.DebitAsync(debit, CancellationToken.None));
        Assert.DoesNotContain(debit.Account.Secret, unknown.Reason, StringComparison.Ordinal);
        await AssertExecutedAsync(debit, executed ? [Debited(debit)] : []);

        if (!executed)
        {
            Assert.IsType<DebitOutcome.NotFound>(await Gateway.InquireAsync(debit, CancellationToken.None));
            Assert.IsType<DebitOutcome.Succeeded>(await Gateway.DebitAsync(debit, CancellationToken.None));
        }

        Assert.Equal(debit.Total, Assert.IsType<DebitOutcome.Succeeded>(await Gateway.InquireAsync(debit, CancellationToken.None)).Debited);
        await AssertExecutedAsync(debit, Debited(debit));
    }

    [Fact]
    public async Task Another_amount_is_passed_on_as_the_provider_says_it()
    {
        var debit = await PayableAsync();
        await sandbox.FaultAsync(Fault("wrong_amount", debit, DebitOperation));
        var succeeded = Assert.IsType<DebitOutcome.Succeeded>(await Gateway.DebitAsync(debit, CancellationToken.None));
        Assert.Equal(debit.Total.Currency, succeeded.Debited.Currency);
        Assert.True(succeeded.Debited > debit.Total);
    }

    [Fact]
    public async Task An_answer_that_names_another_request_says_so_and_the_next_inquiry_tells()
    {
        var debit = await PayableAsync();
        await sandbox.FaultAsync(Fault("wrong_reference", debit, DebitOperation));
        Assert.True(Assert.IsType<DebitOutcome.Succeeded>(await Gateway.DebitAsync(debit, CancellationToken.None)).OfAnotherRequest);
        Assert.False(Assert.IsType<DebitOutcome.Succeeded>(await Gateway.InquireAsync(debit, CancellationToken.None)).OfAnotherRequest);
        await AssertExecutedAsync(debit, Debited(debit));
    }

    [Fact]
    public async Task An_inquiry_that_names_another_request_or_reference_is_never_taken_for_ours()
    {
        var (debit, _) = await PaidAsync();
        Assert.False(IsOurs(await Gateway.InquireAsync(debit with { ProviderReference = "another" }, CancellationToken.None)));
        await sandbox.FaultAsync(Fault("wrong_reference", debit, InquiryOperation));
        Assert.False(IsOurs(await Gateway.InquireAsync(debit, CancellationToken.None)));
        Assert.True(IsOurs(await Gateway.InquireAsync(debit, CancellationToken.None)));

        static bool IsOurs(DebitOutcome outcome) => outcome is DebitOutcome.Succeeded { OfAnotherRequest: false };
    }

    [Fact]
    public async Task An_inquiry_may_find_later_what_it_did_not_find_at_first()
    {
        var debit = await PayableAsync();
        Assert.IsType<DebitOutcome.NotFound>(await Gateway.InquireAsync(debit, CancellationToken.None));
        Assert.IsType<DebitOutcome.Succeeded>(await Gateway.DebitAsync(debit, CancellationToken.None));
        await sandbox.FaultAsync(Fault("not_found_then_found", debit, InquiryOperation));
        Assert.IsType<DebitOutcome.NotFound>(await Gateway.InquireAsync(debit, CancellationToken.None));
        Assert.IsType<DebitOutcome.Succeeded>(await Gateway.InquireAsync(debit, CancellationToken.None));
    }

    [Fact]
    public async Task Refunds_give_back_what_was_paid_and_never_more()
    {
        var (debit, paid) = await PaidAsync();
        var part = new Money(debit.Total.Currency, debit.Total.Value / 3);
        var first = Refund(debit, paid, part);
        var outcome = Assert.IsType<RefundOutcome.Succeeded>(await Refunds.RefundAsync(first, CancellationToken.None));
        Assert.Equal(part, outcome.Returned);
        Assert.Equal(outcome, await Refunds.RefundAsync(first, CancellationToken.None));
        Assert.Equal(outcome, await Refunds.InquireRefundAsync(first, CancellationToken.None));
        Assert.Equal(outcome, await Refunds.InquireRefundAsync(first with { ProviderReference = outcome.ProviderReference }, CancellationToken.None));

        Assert.IsType<RefundOutcome.Refused>(await Refunds.RefundAsync(Refund(debit, paid, debit.Total), CancellationToken.None));
        var rest = debit.Total - part;
        Assert.IsType<RefundOutcome.Succeeded>(await Refunds.RefundAsync(Refund(debit, paid, rest), CancellationToken.None));
        Assert.IsType<RefundOutcome.Refused>(await Refunds.RefundAsync(Refund(debit, paid, part), CancellationToken.None));
        await AssertExecutedAsync(debit, Debited(debit), $"refund {part.Currency.Code} {part.Value}", $"refund {rest.Currency.Code} {rest.Value}");
    }

    [Fact]
    public async Task Refunds_that_come_at_once_do_not_exceed_the_payment_together()
    {
        var (debit, paid) = await PaidAsync();
        var most = new Money(debit.Total.Currency, (debit.Total.Value / 2) + 1);
        var same = Refund(debit, paid, most);
        var refunds = Enumerable.Range(0, 12).Select(i => i % 3 == 0 ? same : Refund(debit, paid, most));
        var outcomes = await Task.WhenAll(refunds.Select(refund => Refunds.RefundAsync(refund, CancellationToken.None)));
        Assert.Single(outcomes.OfType<RefundOutcome.Succeeded>().Select(succeeded => succeeded.ProviderReference).Distinct());
        Assert.DoesNotContain(outcomes, outcome => outcome is RefundOutcome.Unknown);
        await AssertExecutedAsync(debit, Debited(debit), $"refund {most.Currency.Code} {most.Value}");
    }

    [Theory]
    [InlineData("error_after")]
    [InlineData("timeout_after")]
    [InlineData("cut_body")]
    [InlineData("wrong_reference")]
    public async Task A_refund_whose_answer_is_lost_is_found_by_inquiry_and_made_once(string fault)
    {
        var (debit, paid) = await PaidAsync();
        var refund = Refund(debit, paid, debit.Total);
        Assert.IsType<RefundOutcome.NotFound>(await Refunds.InquireRefundAsync(refund, CancellationToken.None));

        // As often as the adapter tries.
        await sandbox.FaultAsync(Fault(fault, debit, RefundOperation, times: 3));
        Assert.IsType<RefundOutcome.Unknown>(await Refunds.RefundAsync(refund, CancellationToken.None));
        Assert.IsType<RefundOutcome.Succeeded>(await Refunds.InquireRefundAsync(refund, CancellationToken.None));
        await AssertExecutedAsync(debit, Debited(debit), $"refund {debit.Total.Currency.Code} {debit.Total.Value}");
    }

    [Fact]
    public async Task A_payment_and_its_refund_are_told_of_and_the_acknowledgement_is_accepted()
    {
        var (debit, paid) = await PaidAsync();
        var refund = Refund(debit, paid, debit.Total);
        Assert.IsType<RefundOutcome.Succeeded>(await Refunds.RefundAsync(refund, CancellationToken.None));
        await SandboxProviders.EventuallyAsync(() => Task.FromResult(
            sandbox.Readings.Contains(new NotificationReading.PaymentChanged(debit.RequestId, debit.PaymentId)) &&
            sandbox.Readings.Contains(new NotificationReading.RefundChanged(refund.RequestId, refund.RefundId)) &&
            sandbox.Readings.OfType<NotificationReading.OrderChanged>().Any(changed => changed.OrderIds.Contains(debit.OrderId))));
        await SandboxProviders.EventuallyAsync(async () => (await sandbox.NotificationsAsync(debit.BuyerId)).All(item => item.Text("status") == "delivered"));
    }

    [Fact]
    public async Task A_duplicated_notification_comes_twice_and_a_withheld_one_never()
    {
        var debit = await PayableAsync();
        await sandbox.FaultAsync($$"""{"fault":"duplicate_notification","scope":{"buyer_id":"{{debit.BuyerId}}","provider":"{{Provider}}"} }""");
        Assert.IsType<DebitOutcome.Succeeded>(await Gateway.DebitAsync(debit, CancellationToken.None));
        var changed = new NotificationReading.PaymentChanged(debit.RequestId, debit.PaymentId);
        await SandboxProviders.EventuallyAsync(() => Task.FromResult(sandbox.Readings.Count(reading => reading.Equals(changed)) == 2));

        var silent = await PayableAsync();
        await sandbox.FaultAsync($$"""{"fault":"no_notification","times":10,"scope":{"buyer_id":"{{silent.BuyerId}}"} }""");
        Assert.IsType<DebitOutcome.Succeeded>(await Gateway.DebitAsync(silent, CancellationToken.None));
        Assert.Empty(await sandbox.NotificationsAsync(silent.BuyerId));
    }

    private protected static Debit NewDebit(PaymentMethod method, string buyer, Money total, AccountCredential account, string? quote = null)
    {
        var payment = $"pay_{Guid.NewGuid():N}";
        return new Debit(
            $"{payment}-1", payment, method, buyer, $"order-{Guid.NewGuid():N}", Order, total, quote, account, new Uri("https://api.example/v1/returns/x?state=s1"));
    }

    private protected static ProviderRefund Refund(Debit debit, DebitOutcome.Succeeded paid, Money returned)
    {
        var refund = $"ref_{Guid.NewGuid():N}";
        return new ProviderRefund(
            $"{refund}-1", refund, debit.PaymentId, debit.Method, debit.RequestId, paid.ProviderReference, Order, returned, debit.Account);
    }

    private protected async Task<(Debit Debit, DebitOutcome.Succeeded Paid)> PaidAsync()
    {
        var debit = await PayableAsync();
        return (debit, Assert.IsType<DebitOutcome.Succeeded>(await Gateway.DebitAsync(debit, CancellationToken.None)));
    }

    private protected string Debited(Debit debit) => $"{Execution} {debit.Total.Currency.Code} {debit.Total.Value}";

    private protected async Task AssertExecutedAsync(Debit debit, params string[] executions) =>
        Assert.Equal(executions, await sandbox.ExecutionsAsync(debit.PaymentId));

    /// <summary>For this buyer alone: other tests share the sandbox. Silences are short, for what counts is that no answer comes.</summary>
    private protected string Fault(string fault, Debit debit, string operation, int times = 1) =>
        $$"""{"fault":"{{fault}}","times":{{times}},"delay_ms":200,"scope":{"buyer_id":"{{debit.BuyerId}}","provider":"{{Provider}}","operation":"{{operation}}"} }""";
}
