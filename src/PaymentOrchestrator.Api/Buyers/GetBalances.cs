using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Buyers;

/// <summary>What a buyer has at providers, as they say now.</summary>
public sealed record BalancesResource
{
    /// <summary>Always <c>balances</c>.</summary>
    public string Object { get; init; } = "balances";

    public required Id<BuyerResource> BuyerId { get; init; }

    /// <summary>One entry per provider and held currency.</summary>
    public required IReadOnlyList<BalanceResource> Data { get; init; }

    /// <summary>When the providers were asked.</summary>
    public required DateTimeOffset AsOf { get; init; }
}

/// <summary>Money available in one currency; what is frozen does not count.</summary>
public sealed record BalanceResource
{
    /// <summary><c>worldfirst</c> or <c>alipay</c>.</summary>
    public required LinkProvider Provider { get; init; }

    public required Amount Available { get; init; }
}

internal sealed record GetBalances(Caller Caller, Id<BuyerResource> BuyerId) : IQuery<Result<BalancesResource>>;

internal sealed class GetBalancesHandler(LinkedAccountStore accounts, ProviderDirectory providers, Secrets secrets, TimeProvider clock)
    : IQueryHandler<GetBalances, Result<BalancesResource>>
{
    public async ValueTask<Result<BalancesResource>> Handle(GetBalances query, CancellationToken cancellationToken)
    {
        if (await accounts.ListAsync(query.Caller, query.BuyerId, activeOnly: true, cancellationToken) is not { } active)
            return Problem.NotFound<BuyerResource>("buyer");

        var set = providers.For(query.Caller.Mode);
        var worldFirst = ReadAsync(active.Newest(LinkProvider.WorldFirst), credential => set.WorldFirst?.ReadFactsAsync(credential, null, cancellationToken), facts => facts.Balances);
        var alipay = ReadAsync(active.Newest(LinkProvider.Alipay), credential => set.Alipay?.ReadFactsAsync(credential, cancellationToken), facts => [facts.Balance]);
        if (await worldFirst is not { } atWorldFirst || await alipay is not { } atAlipay)
            return new Problem(ProblemType.ProviderUnavailable, "A provider did not say what the buyer has. Ask again.") { RetryAfter = 1 };
        return new BalancesResource
        {
            BuyerId = query.BuyerId,
            Data = [.. Entries(LinkProvider.WorldFirst, atWorldFirst), .. Entries(LinkProvider.Alipay, atAlipay)],
            AsOf = clock.Now(),
        };
    }

    /// <summary>Null when the provider did not answer; nothing for a buyer who has no account there.</summary>
    private async Task<IReadOnlyList<Money>?> ReadAsync<T>(
        LinkedAccount? account, Func<AccountCredential, Task<ProviderAnswer<T>>?> read, Func<T, IReadOnlyList<Money>> balances)
    {
        if (account is null) return [];
        return read(account.Credential(secrets)) is not { } asked ? null : await asked switch
        {
            ProviderAnswer<T>.Ok ok => balances(ok.Value),
            ProviderAnswer<T>.Refused => [],
            _ => null,
        };
    }

    private static IEnumerable<BalanceResource> Entries(LinkProvider provider, IReadOnlyList<Money> balances) =>
        balances.OrderBy(money => money.Currency.Code, StringComparer.Ordinal).Select(money => new BalanceResource { Provider = provider, Available = money });
}

internal static class GetBalancesEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/buyers/{id}/balances", async (string id, Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new GetBalances(caller, Id<BuyerResource>.ParseOrNone(id)), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("getBalances").WithTags("Buyers")
        .WithSummary("What a buyer has at WorldFirst and Alipay, as they say now")
        .WithDescription("Asked of the providers at this moment and kept nowhere. A provider that does not answer is named as such; without a linked account there is nothing to ask.")
        .Produces<BalancesResource>().Refuses(401, 404);
}
