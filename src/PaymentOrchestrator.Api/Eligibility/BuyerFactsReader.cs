using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Eligibility;

/// <summary>
/// Reads what the providers say of a buyer, all at once, within a budget. A provider that does not answer in time leaves its part unknown; it never
/// fails the call. Only the providers that the methods in question need are asked.
/// </summary>
internal sealed class BuyerFactsReader(ProviderDirectory providers, FactsCache cache, Secrets secrets, IConfiguration configuration, TimeProvider clock)
{
    /// <summary>For answers that are shown: a buyer looks at a page meanwhile. <c>Facts:Budget</c>.</summary>
    public TimeSpan ToShow { get; } = configuration.GetValue<TimeSpan?>("Facts:Budget") ?? TimeSpan.FromMilliseconds(800);

    /// <summary>For paying: a slow answer is worth more than none. Also how long a late answer may still fill the memory. <c>Facts:PaymentBudget</c>.</summary>
    public TimeSpan ToPay { get; } = configuration.GetValue<TimeSpan?>("Facts:PaymentBudget") ?? TimeSpan.FromSeconds(5);

    /// <summary>For an answer that is shown: facts may be as old as <see cref="FactsCache.MaxAge"/>.</summary>
    /// <param name="startedAt">When the call came in, as a timestamp of the clock: the budget is the whole call's, though half of it is always the providers'.</param>
    /// <param name="heard">Told what is known so far, every time that a provider has answered and another has not.</param>
    public Task<BuyerReading> ReadToShowAsync(
        Mode mode, IReadOnlyList<LinkedAccount> accounts, IReadOnlyCollection<PaymentMethod> methods, long startedAt, Action<BuyerReading>? heard,
        CancellationToken cancellationToken)
    {
        var left = ToShow - clock.GetElapsedTime(startedAt);
        return ReadAsync(mode, accounts, methods, left > ToShow / 2 ? left : ToShow / 2, cache.Keeps, heard, cancellationToken);
    }

    /// <summary>For a payment: always asked anew. What is said is not kept, since the payment is about to change it.</summary>
    public Task<BuyerReading> ReadToPayAsync(Mode mode, IReadOnlyList<LinkedAccount> accounts, PaymentMethod method, CancellationToken cancellationToken) =>
        ReadAsync(mode, accounts, [method], ToPay, remember: false, heard: null, cancellationToken);

    private async Task<BuyerReading> ReadAsync(
        Mode mode, IReadOnlyList<LinkedAccount> accounts, IReadOnlyCollection<PaymentMethod> methods, TimeSpan budget, bool remember, Action<BuyerReading>? heard,
        CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(budget);
        var set = providers.For(mode);
        var member = accounts.Newest(LinkProvider.Marketplace1688)?.ProviderAccountId;
        var needs = methods.SelectMany(RequirementCodes.Of).ToHashSet();

        var worldFirst = Read(RequirementCode.WorldFirstAccount, LinkProvider.WorldFirst, WorldFirstFacts.NotLinked, (account, token) => set.WorldFirst?.ReadFactsAsync(account, member, token), member);
        var alipay = Read(RequirementCode.AlipayAccount, LinkProvider.Alipay, AlipayFacts.NotLinked, (account, token) => set.Alipay?.ReadFactsAsync(account, token));
        var marketplace = Read(
            needs.Contains(RequirementCode.MarketplaceAlipayLogin) ? RequirementCode.MarketplaceAlipayLogin : RequirementCode.MarketplaceAccount,
            LinkProvider.Marketplace1688, MarketplaceFacts.NotLinked, (account, token) => set.Marketplace?.ReadFactsAsync(account, token));
        var card = Read(RequirementCode.CardLinked, LinkProvider.Card, CardFacts.NotLinked, (account, token) => set.Card?.ReadFactsAsync(account, token));
        List<Task> asking = [worldFirst, alipay, marketplace, card];
        while (asking.Count > 0)
        {
            asking.Remove(await Task.WhenAny(asking));
            asking.RemoveAll(one => one.IsCompleted);
            if (asking.Count > 0) heard?.Invoke(new BuyerReading(SoFar(worldFirst), SoFar(alipay), SoFar(marketplace), SoFar(card)));
        }

        return new BuyerReading(await worldFirst, await alipay, await marketplace, await card);

        static FactsReading<T>? SoFar<T>(Task<FactsReading<T>?> reading)
            where T : class => reading.IsCompletedSuccessfully ? reading.Result : FactsReading<T>.NoAnswer;

        async Task<FactsReading<T>?> Read<T>(
            RequirementCode need, LinkProvider provider, T notLinked, Func<AccountCredential, CancellationToken, Task<ProviderAnswer<T>>?> ask, string? dependsOn = null)
            where T : class
        {
            if (!needs.Contains(need)) return null;
            if (accounts.Newest(provider) is not { } account) return new FactsReading<T>(notLinked, null, Linked: false);
            try
            {
                // What is remembered is asked on behalf of all who ask meanwhile, and may come late: no one caller's patience ends it.
                return remember
                    ? await cache.Of(account.BuyerId).GetAsync(provider, $"{account.Id} {account.Version} {dependsOn}", () => AskInTimeAsync(account, notLinked, ask)).WaitAsync(limit.Token)
                    : await AskAsync(account, notLinked, ask, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The budget is spent: this part stays unknown.
                return FactsReading<T>.NoAnswer;
            }
        }
    }

    private async Task<FactsReading<T>> AskInTimeAsync<T>(
        LinkedAccount account, T notLinked, Func<AccountCredential, CancellationToken, Task<ProviderAnswer<T>>?> ask)
        where T : class
    {
        using var late = new CancellationTokenSource(ToPay);
        try
        {
            return await AskAsync(account, notLinked, ask, late.Token);
        }
        catch (OperationCanceledException)
        {
            return FactsReading<T>.NoAnswer;
        }
    }

    private async Task<FactsReading<T>> AskAsync<T>(
        LinkedAccount account, T notLinked, Func<AccountCredential, CancellationToken, Task<ProviderAnswer<T>>?> ask, CancellationToken cancellationToken)
        where T : class
    {
        // Before the question is sent: what the answer says was true then or later, so that an age counted from here is never too small.
        var asOf = clock.Now();
        return ask(account.Credential(secrets), cancellationToken) is { } answer
            ? await answer switch
            {
                ProviderAnswer<T>.Ok ok => new FactsReading<T>(ok.Value, asOf),
                // The provider knows the buyer no longer, or takes our authorisation no longer: as good as not linked.
                ProviderAnswer<T>.Refused => new FactsReading<T>(notLinked, asOf),
                _ => FactsReading<T>.NoAnswer,
            }
            : FactsReading<T>.NoAnswer;
    }
}
