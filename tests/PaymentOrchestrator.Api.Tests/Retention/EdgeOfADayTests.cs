using Microsoft.Extensions.DependencyInjection;
using PaymentOrchestrator.Api.Retention;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Refunds;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Retention;

/// <summary>A request that is repeated just when its key ends: money moves once, whoever is first.</summary>
public sealed class EdgeOfADayTests(TestSystem system)
{
    private ApiClient Api => system.Api;

    [Fact]
    public async Task A_payment_is_made_once_of_its_quote_with_the_key_and_without_it()
    {
        await using var other = await system.StartOtherAsync(TimeProvider.System);
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        for (var round = 0; round < 8; round++)
        {
            var quote = (await Api.QuoteAsync(buyer, "card", "USD")).Must(201);
            var key = ApiClient.NewKey();
            var payment = (await Api.PayAsync(quote.Id, key)).Must(201);
            await AgeAsync(key);

            // Repeated over and over while the key ends.
            var retries = Enumerable.Range(0, 8).Select(async i =>
            {
                await Task.Delay(i * 3, TestContext.Current.CancellationToken);
                return await Api.PayAsync(quote.Id, key);
            }).ToList();
            await other.App.Services.GetRequiredService<RetentionWorker>().RunOnceAsync(TestContext.Current.CancellationToken);
            var last = await Api.PayAsync(quote.Id, key);

            Assert.Equal(["0"], await system.Database.RowsAsync("select count(*) from idempotency_keys where key = $1", key));
            foreach (var answer in (await Task.WhenAll(retries)).Append(last))
            {
                if (answer.Status == 201) Assert.Equal((payment.Id, true), (answer.Id, answer.Replayed));
                else Assert.Equal((409, "quote_consumed", payment.Id), (answer.Status, answer.Code, answer["payment_id"]));
            }

            last.Must(409, "quote_consumed");
            Assert.Single(await system.Sandbox.ExecutionsAsync(payment.Id));
        }
    }

    [Fact]
    public async Task A_refunds_key_is_known_as_long_as_the_refund()
    {
        await using var other = await system.StartOtherAsync(TimeProvider.System);
        var payment = await system.PaidAsync(Api);
        var key = ApiClient.NewKey();
        var refund = (await Api.RefundAsync(payment.Id, 5_000, key)).Must(201);
        await AgeAsync(key);

        await other.App.Services.GetRequiredService<RetentionWorker>().RunOnceAsync(TestContext.Current.CancellationToken);

        var again = (await Api.RefundAsync(payment.Id, 5_000, key)).Must(201);
        Assert.Equal((refund.Id, true), (again.Id, again.Replayed));
        Assert.Equal(5_000, (await Api.GetAsync($"/v1/payments/{payment.Id}")).Value("amount_refunded"));
    }

    [Fact]
    public async Task A_quotes_key_that_has_ended_makes_another_quote()
    {
        await using var other = await system.StartOtherAsync(TimeProvider.System);
        var buyer = await system.Sandbox.ReadyAsync(await Api.BuyerAsync());
        var body = new System.Text.Json.Nodes.JsonObject
        {
            ["buyer_id"] = buyer,
            ["method"] = "card",
            ["source_currency"] = "USD",
            ["order"] = ApiClient.Order(ApiClient.NewOrder(), 12_345_67),
        };
        var key = ApiClient.NewKey();
        var first = (await Api.PostAsync("/v1/quotes", body, key)).Must(201);
        Assert.Equal(first.Id, (await Api.PostAsync("/v1/quotes", body, key)).Must(201).Id);
        await AgeAsync(key);
        await other.App.Services.GetRequiredService<RetentionWorker>().RunOnceAsync(TestContext.Current.CancellationToken);
        Assert.NotEqual(first.Id, (await Api.PostAsync("/v1/quotes", body, key)).Must(201).Id);
    }

    /// <summary>The key alone has reached its age: nothing of other tests is touched.</summary>
    private async Task AgeAsync(string key)
    {
        await system.Database.ExecuteAsync("update idempotency_keys set created_at = now() - interval '48 hours 1 second' where key = $1", key);
        await system.Database.ExecuteAsync("delete from retention_marks");
    }
}
