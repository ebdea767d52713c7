using Microsoft.Extensions.DependencyInjection;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Background;

/// <summary>What resolvers take first, when more is due than they can look at.</summary>
public sealed class ResolverOrderTests(TestSystem system)
{
    [Fact]
    public async Task A_payment_of_unknown_outcome_does_not_wait_behind_settlements()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var other = await system.StartOtherAsync(TimeProvider.System);
        var tenant = await system.NewMarketplaceAsync();
        // In a time that no resolver has reached, so that it stays as it is.
        var due = new DateTimeOffset(2090, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var ids = Enumerable.Range(0, 4).Select(_ => Guid.NewGuid()).ToArray();
        for (var i = 0; i < ids.Length; i++)
        {
            await system.Database.ExecuteAsync(
                "insert into inquiries (payment_id, marketplace_id, mode, next_at, tries, for_settlement, shard_key) values ($1, $2, 'test', $3, 0, $4, 7)",
                ids[i], tenant.Id, due.AddSeconds(i).UtcDateTime, i < 3);
        }

        var found = await other.App.Services.GetRequiredService<OpenPaymentStore>().FindDueAsync(due.AddDays(1), 100_000, cancellation);
        Assert.Equal([ids[3], ids[0], ids[1], ids[2]], found.Where(one => ids.Contains(one.PaymentId)).Select(one => one.PaymentId));
        Assert.Single(await other.App.Services.GetRequiredService<OpenPaymentStore>().FindDueAsync(due.AddDays(1), 1, cancellation));
        await system.Database.ExecuteAsync("delete from inquiries where payment_id = any ($1)", ids);
    }
}
