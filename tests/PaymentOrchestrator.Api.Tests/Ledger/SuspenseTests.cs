using System.Text;
using Microsoft.Extensions.DependencyInjection;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Tests.Disputes;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Ledger;

/// <summary>What the books hold of a payment while it is under review, however often that is.</summary>
public sealed class SuspenseTests(TestSystem system)
{
    [Fact]
    public async Task A_provider_that_changes_its_word_again_and_again_is_followed_and_the_books_add_up_each_time()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        (await api.LinkAsync(buyer, "card", ("payment_method", "pm_card_chargeCustomerFail"))).Must(201);
        var payment = (await api.PayAsync((await api.QuoteAsync(buyer, "card", "USD")).Must(201).Id)).Must(201);
        Assert.Equal("failed", payment["status"]);
        var total = payment.Value("total");
        await using var other = await system.StartOtherAsync(TimeProvider.System);

        foreach (var debited in new[] { total, total - 1, total })
        {
            Assert.Equal(PaymentStatus.UnderReview, await SayAsync(other, payment.Id, Debited(debited)));
            Assert.Equal([$"buyer_funds USD {debited}", $"suspense USD -{debited}"], (await NetAsync(payment.Id)).Order(StringComparer.Ordinal));
            Assert.Empty((await api.GetAsync("/v1/ledger/proof")).Broken());
            Assert.Equal(PaymentStatus.Failed, await SayAsync(other, payment.Id, new DebitOutcome.Refused("card_declined", "no", Retryable: false)));
            Assert.Empty(await NetAsync(payment.Id));
        }

        // And in the end it did move.
        await SayAsync(other, payment.Id, Debited(total));
        Assert.Equal(PaymentStatus.Succeeded, await SayAsync(other, payment.Id, Debited(total)));
        Assert.Equal(
            ["payment 1", "suspense 4", "suspense_reversal 4"],
            await system.Database.RowsAsync("select kind, count(*) from ledger_transactions where payment_id = $1 and kind <> 'settlement' group by kind order by kind", Database.Uuid(payment.Id)));
        Assert.Empty((await api.GetAsync("/v1/ledger/proof")).Broken());
    }

    [Theory]
    [InlineData("world_pay", "USD", "worldfirst", "createTransfer")]
    [InlineData("alipay", "CNY", "alipay", "pay")]
    [InlineData("card", "EUR", "card", "payment_intents.create")]
    public async Task An_answer_that_names_another_request_is_reviewed_with_its_money_in_suspense_until_ours_is_told(
        string method, string currency, string provider, string operation)
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var buyer = await system.Sandbox.ReadyAsync(await api.BuyerAsync());
        var fault = $$"""{"fault":"wrong_reference","scope":{"buyer_id":"{{buyer}}","provider":"{{provider}}","operation":"{{operation}}"} }""";
        (await system.Sandbox.AskAsync(HttpMethod.Post, new Uri(system.Sandbox.Root, "/sandbox/faults"), new StringContent(fault, Encoding.UTF8, "application/json"))).Must(201);
        var payment = (await api.PayAsync((await api.QuoteAsync(buyer, method, currency)).Must(201).Id)).Must(201);
        Assert.Equal(("under_review", "reference_differs"), (payment["status"], payment["failure.code"]));
        var total = payment.Value("total");
        Assert.Equal([$"buyer_funds {currency} {total}", $"suspense {currency} -{total}"], (await NetAsync(payment.Id)).Order(StringComparer.Ordinal));

        await using var other = await system.StartOtherAsync(TimeProvider.System);
        Assert.Equal(PaymentStatus.Succeeded, await SayAsync(other, payment.Id, new DebitOutcome.Succeeded("ours", new Money(Currency.Parse(currency), total), null)));
        Assert.Empty((await api.GetAsync("/v1/ledger/proof")).Broken());
    }

    private static DebitOutcome.Succeeded Debited(long total) => new("pi_1", new Money(Currency.Parse("USD"), total), null);

    private static async Task<PaymentStatus> SayAsync(OtherApi other, string payment, DebitOutcome outcome)
    {
        var open = (await other.App.Services.GetRequiredService<OpenPaymentStore>().FindAsync(Id<PaymentResource>.Parse(payment, null), TestContext.Current.CancellationToken))!;
        return (await other.App.Services.GetRequiredService<PaymentChanges>().ApplyAsync(open.Payment, open.Attempt, outcome, TestContext.Current.CancellationToken)).Status;
    }

    private Task<IReadOnlyList<string>> NetAsync(string payment) => system.Database.RowsAsync(
        """
        select e.account, e.currency, sum(e.amount)
        from ledger_transactions t join ledger_entries e on e.transaction_id = t.id and e.shard_key = t.shard_key
        where t.payment_id = $1
        group by e.account, e.currency having sum(e.amount) <> 0
        """, Database.Uuid(payment));
}
