using Microsoft.Extensions.DependencyInjection;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Notifications;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Background;

/// <summary>What is made of a provider that does not know a debit: it never arrived, or the provider is behind with its own books.</summary>
public sealed class NotFoundTests(TestSystem system)
{
    [Fact]
    public async Task A_debit_that_its_provider_does_not_show_for_some_minutes_is_not_called_failed()
    {
        var payment = await system.ExecutedAsync("worldfirst");
        var buyer = (await system.Api.GetAsync($"/v1/payments/{payment}"))["buyer_id"];
        await system.FaultAsync(buyer, "not_found_then_found", "worldfirst", "inquiryTransfer", times: 2);

        Assert.Equal(PaymentStatus.Processing, (await AskAsync(payment, TimeSpan.FromMinutes(3))).Status);
        Assert.Equal(PaymentStatus.Processing, (await AskAsync(payment, TimeSpan.FromMinutes(9))).Status);
        Assert.Equal(PaymentStatus.Succeeded, (await AskAsync(payment, TimeSpan.FromMinutes(9))).Status);
        await system.AssertSucceededOnceAsync(payment);
    }

    [Fact]
    public async Task A_debit_that_never_arrived_is_called_failed_when_no_provider_would_still_be_behind()
    {
        var buyer = await system.Sandbox.ReadyAsync(await system.Api.BuyerAsync());
        await system.FaultAsync(buyer, "timeout_before", "worldfirst", "createTransfer");
        var payment = (await system.Api.PayAsync((await system.Api.QuoteAsync(buyer, "world_pay", "USD")).Must(201).Id)).Must(201);
        Assert.Equal("processing", payment["status"]);

        Assert.Equal(PaymentStatus.Processing, (await AskAsync(payment.Id, TimeSpan.FromMinutes(3))).Status);
        var failed = await AskAsync(payment.Id, TimeSpan.FromMinutes(11));
        Assert.Equal((PaymentStatus.Failed, "not_executed"), (failed.Status, failed.Failure?.Code));
        Assert.Empty(await system.Sandbox.ExecutionsAsync(payment.Id));
    }

    /// <summary>Asks the provider, when the payment is as old as that.</summary>
    private async Task<Payment> AskAsync(string payment, TimeSpan age)
    {
        var clock = new SettableClock(DateTimeOffset.UtcNow);
        await using var other = await system.StartOtherAsync(clock);
        var open = (await other.App.Services.GetRequiredService<OpenPaymentStore>().FindAsync(Id<PaymentResource>.Parse(payment, null), TestContext.Current.CancellationToken))!;
        clock.Now = open.Payment.CreatedAt + age;
        return await other.App.Services.GetRequiredService<PaymentInquiry>().AskAsync(open);
    }
}
