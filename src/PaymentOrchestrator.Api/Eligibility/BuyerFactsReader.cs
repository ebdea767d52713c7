using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Eligibility;

/// <summary>
/// Reads what the providers say of a buyer, all at once, within a budget. A provider that does not answer in time leaves its part unknown; it never
/// fails the call. Only the providers that the methods in question need are asked.
/// </summary>
internal sealed class BuyerFactsReader(ProviderDirectory providers, Secrets secrets, IConfiguration configuration)
{
    /// <summary>For answers that are shown: a buyer looks at a page meanwhile. <c>Facts:Budget</c>.</summary>
    public TimeSpan ToShow { get; } = configuration.GetValue<TimeSpan?>("Facts:Budget") ?? TimeSpan.FromMilliseconds(800);

    /// <summary>For paying: a slow answer is worth more than none. <c>Facts:PaymentBudget</c>.</summary>
    public TimeSpan ToPay { get; } = configuration.GetValue<TimeSpan?>("Facts:PaymentBudget") ?? TimeSpan.FromSeconds(5);

    public async Task<BuyerFacts> ReadAsync(
        Mode mode, IReadOnlyList<LinkedAccount> accounts, IReadOnlyCollection<PaymentMethod> methods, TimeSpan budget, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(budget);
        var set = providers.For(mode);
        var marketplaceMember = accounts.Newest(LinkProvider.Marketplace1688)?.ProviderAccountId;
        var needs = methods.SelectMany(RequirementCodes.Of).ToHashSet();

        var worldFirst = ReadAsync(accounts.Newest(LinkProvider.WorldFirst), needs.Contains(RequirementCode.WorldFirstAccount), WorldFirstFacts.NotLinked,
            credential => set.WorldFirst?.ReadFactsAsync(credential, marketplaceMember, limit.Token), cancellationToken);
        var alipay = ReadAsync(accounts.Newest(LinkProvider.Alipay), needs.Contains(RequirementCode.AlipayAccount), AlipayFacts.NotLinked,
            credential => set.Alipay?.ReadFactsAsync(credential, limit.Token), cancellationToken);
        var marketplace = ReadAsync(accounts.Newest(LinkProvider.Marketplace1688),
            needs.Contains(RequirementCode.MarketplaceAccount) || needs.Contains(RequirementCode.MarketplaceAlipayLogin), MarketplaceFacts.NotLinked,
            credential => set.Marketplace?.ReadFactsAsync(credential, limit.Token), cancellationToken);
        var card = ReadAsync(accounts.Newest(LinkProvider.Card), needs.Contains(RequirementCode.CardLinked), CardFacts.NotLinked,
            credential => set.Card?.ReadFactsAsync(credential, limit.Token), cancellationToken);
        return new BuyerFacts(await worldFirst, await alipay, await marketplace, await card);
    }

    private async Task<T?> ReadAsync<T>(
        LinkedAccount? account, bool needed, T notLinked, Func<AccountCredential, Task<ProviderAnswer<T>>?> read, CancellationToken callerToken)
        where T : class
    {
        if (account is null || !needed) return notLinked;
        try
        {
            return read(account.Credential(secrets)) is { } answer ? FactsOf(await answer, notLinked) : null;
        }
        catch (OperationCanceledException) when (!callerToken.IsCancellationRequested)
        {
            // The budget is spent: this part stays unknown.
            return null;
        }
    }

    private static T? FactsOf<T>(ProviderAnswer<T> answer, T notLinked)
        where T : class => answer switch
        {
            ProviderAnswer<T>.Ok ok => ok.Value,
            // The provider knows the buyer no longer, or takes our authorisation no longer: as good as not linked.
            ProviderAnswer<T>.Refused => notLinked,
            _ => null,
        };
}
