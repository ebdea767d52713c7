using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Eligibility;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Orders;

/// <summary>Reads the order itself at 1688 before money moves: its amount, status and owner must be what we are asked to pay for.</summary>
internal sealed class OrderCheck(ProviderDirectory providers, Secrets secrets, BuyerFactsReader facts)
{
    /// <summary>Null when the order may be paid by the method.</summary>
    public async Task<Problem?> RefuseAsync(Mode mode, LinkedAccount? account, string orderId, Money amount, PaymentMethod method, CancellationToken cancellationToken)
    {
        // Asked beside the order, not after it: a buyer waits for the slower one.
        var ways = RefuseChannelAsync(mode, account, orderId, amount, method, cancellationToken);
        var order = await RefuseOrderAsync(mode, account, orderId, amount, cancellationToken);
        var channel = await ways;
        return order ?? channel;
    }

    /// <summary>
    /// 1688 knows by which channels it lets the order be paid; a debit by another one would be refused after the buyer had committed to it. Only a plain
    /// answer closes the way: whoever does not answer here is not needed for paying.
    /// </summary>
    private async Task<Problem?> RefuseChannelAsync(Mode mode, LinkedAccount? account, string orderId, Money amount, PaymentMethod method, CancellationToken cancellationToken)
    {
        if (account is null || providers.For(mode).Marketplace is not { } marketplace || !marketplace.ListsChannelOf(method)) return null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(facts.ToShow);
        try
        {
            if (await marketplace.ReadPayWaysAsync(account.Credential(secrets), orderId, amount, limit.Token) is not ProviderAnswer<OrderPayWays>.Ok { Value: var ways }) return null;
            if (ways.Closed.Contains(method))
                return new Problem(ProblemType.OrderNotPayable, $"1688 does not let this order be paid by {method.Code()}. Ask for a quote of another method.");
            return ways.Due is { } due && due != amount
                ? new Problem(ProblemType.OrderAmountMismatch, $"At 1688 {due} is left to pay of the order. Ask for a quote of that amount.")
                : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<Problem?> RefuseOrderAsync(Mode mode, LinkedAccount? account, string orderId, Money amount, CancellationToken cancellationToken) =>
        await ReadAsync(mode, account, orderId, amount, cancellationToken) switch
        {
            ProviderAnswer<MarketplaceOrder>.Ok ok => Judge(ok.Value, account!.ProviderAccountId!, amount),
            ProviderAnswer<MarketplaceOrder>.Refused refused => new Problem(ProblemType.OrderNotPayable, refused.Message),
            _ => new Problem(ProblemType.FactsUnavailable, "1688 did not show the order in time. Repeat the request with the same Idempotency-Key; the quote is unused.") { RetryAfter = 1 },
        };

    /// <summary>The order as 1688 shows it to the buyer; unknown when it does not answer in the time that a payment has.</summary>
    public async Task<ProviderAnswer<MarketplaceOrder>> ReadAsync(Mode mode, LinkedAccount? account, string orderId, Money amount, CancellationToken cancellationToken)
    {
        if (account is null || providers.For(mode).Marketplace is not { } marketplace) return new ProviderAnswer<MarketplaceOrder>.Unknown("1688 cannot be asked for this buyer.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(facts.ToPay);
        try
        {
            return await marketplace.ReadOrderAsync(account.Credential(secrets), orderId, amount, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProviderAnswer<MarketplaceOrder>.Unknown("1688 did not answer in time.");
        }
    }

    private static Problem? Judge(MarketplaceOrder order, string member, Money amount)
    {
        if (order.BuyerMemberId is not null && order.BuyerMemberId != member)
            return new Problem(ProblemType.OrderOfAnotherBuyer, "At 1688 the order belongs to another buyer than the one whose account is linked. Check order.id and buyer_id.");
        if (order.Stage != OrderStage.WaitsForPayment)
        {
            // In our words: what a marketplace calls its statuses becomes no part of a sentence.
            return new Problem(ProblemType.OrderNotPayable, order.Stage switch
            {
                OrderStage.Paid => "At 1688 the order is paid already; only one that waits for payment can be paid.",
                OrderStage.Closed => "At 1688 the order is closed; only one that waits for payment can be paid.",
                _ => "At 1688 the order does not wait for payment; only one that does can be paid.",
            });
        }

        return order.Amount is { } actual && actual != amount
            ? new Problem(ProblemType.OrderAmountMismatch, $"At 1688 the order's amount is {actual}. Ask for a quote of that amount.")
            : null;
    }
}
