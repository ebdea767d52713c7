using System.Collections.Concurrent;
using System.Globalization;
using PaymentOrchestrator.FaultTests.Checking;
using PaymentOrchestrator.FaultTests.World;

namespace PaymentOrchestrator.FaultTests.Kill;

/// <summary>What a load may be told to do most of.</summary>
internal enum Focus
{
    Refund,
    Cancel,
}

/// <summary>
/// Buyers at work: they quote, pay, cancel, act at the cashier and ask for money back, and repeat with the same key whatever got no answer. All that
/// they were told is kept.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);
    private static readonly (string Method, string Currency)[] Ways =
        [("world_pay", "USD"), ("world_pay", "EUR"), ("worldfirst_balance", "GBP"), ("alipay", "CNY"), ("alipay", "CNY"), ("card", "USD"), ("card", "JPY")];

    private readonly Shop shop;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentBag<ClientRequest> requests = [];
    private readonly ConcurrentBag<SeenQuote> quotes = [];
    private readonly TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> work = [];
    private volatile TaskCompletionSource pause = Released();
    private int operations;
    private int busy;

    private Load(Shop shop) => this.shop = shop;

    /// <summary>Requests that were meant, repetitions not counted.</summary>
    public int Operations => operations;

    public IReadOnlyList<ClientRequest> Requests => [.. requests];

    public IReadOnlyList<SeenQuote> Quotes => [.. quotes];

    /// <summary>What everybody does now, so that the place that is waited for is soon reached; null for whatever comes.</summary>
    public Focus? Focus { get; set; }

    public static async Task<Load> StartAsync(Shop shop, int seed, int buyers)
    {
        var load = new Load(shop);
        var plenty = new Dictionary<string, long> { ["USD"] = 1_000_000_000_000, ["EUR"] = 1_000_000_000_000, ["GBP"] = 1_000_000_000_000 };
        for (var i = 0; i < buyers; i++)
        {
            var buyer = await shop.ReadyBuyerAsync($"killed-{i}", plenty);
            var random = new Random(unchecked((seed * 31) + i));
            load.work.Add(Task.Run(() => load.BuyAsync(buyer, random)));
        }

        load.go.SetResult();
        return load;
    }

    /// <summary>Lets everybody finish what they have begun, and begin nothing new until the result is disposed.</summary>
    public async Task<IDisposable> PauseAsync()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        pause = held;
        while (Volatile.Read(ref busy) > 0)
        {
            if (work.FirstOrDefault(task => task.IsFaulted) is { } broken) await broken;
            await Task.Delay(20);
        }

        return new Resumption(held);
    }

    public async ValueTask DisposeAsync()
    {
        pause.TrySetResult();
        await stopping.CancelAsync();
        await Task.WhenAll(work);
        stopping.Dispose();
    }

    private async Task BuyAsync(string buyer, Random random)
    {
        await go.Task;
        for (var n = 0; !stopping.IsCancellationRequested; n++)
        {
            await pause.Task;
            Interlocked.Increment(ref busy);
            try
            {
                await BuyOnceAsync(buyer, random, n);
            }
            finally
            {
                Interlocked.Decrement(ref busy);
            }

            await Task.Delay(random.Next(20, 80), CancellationToken.None);
        }
    }

    private async Task BuyOnceAsync(string buyer, Random random, int n)
    {
        var focus = Focus;
        var (method, currency) = focus == Kill.Focus.Cancel ? ("alipay", "CNY") : Ways[random.Next(Ways.Length)];
        var amount = random.NextInt64(1_000_00, 90_000_00);
        var atCashier = method == "alipay" && (focus == Kill.Focus.Cancel || (focus is null && random.Next(2) == 0));
        var order = string.Create(CultureInfo.InvariantCulture, $"{(atCashier ? "cashier-" : "")}kill-{n}-{random.Next()}");

        if (await UntilAnsweredAsync(() => shop.QuoteAsync(buyer, method, currency, order, amount), null) is not { Status: 201 } quote) return;
        quotes.Add(QuoteReader.Read(quote));
        var key = $"pay-{n}";
        var paying = New(RequestKind.Pay, buyer, key);
        var paid = await UntilAnsweredAsync(() => shop.PayAsync(quote.Id!, key), paying);
        if (paid is not { Status: 201, Id: { } payment }) return;
        if (paid.State == "requires_action") paid = await ActAsync(buyer, payment, paid, random, n);
        // Now and then once more, as a client does that lost the answer.
        if (random.Next(4) == 0) await UntilAnsweredAsync(() => shop.PayAsync(quote.Id!, key), paying);
        for (var part = focus == Kill.Focus.Refund ? 2 : random.Next(4); part > 0 && paid?.State == "succeeded"; part--)
        {
            var refundKey = $"refund-{n}-{part}";
            var share = random.Next(3) == 0 ? (long?)null : random.NextInt64(1, amount / 2);
            var refunded = await UntilAnsweredAsync(() => shop.RefundAsync(payment, share, refundKey), New(RequestKind.Refund, buyer, refundKey));
            if (refunded?.Status != 201) break;
        }
    }

    /// <summary>The buyer pays at the cashier, says no there, changes the mind at the shop, or goes away.</summary>
    private async Task<Reply?> ActAsync(string buyer, string payment, Reply paid, Random random, int n)
    {
        var page = paid.Json.GetProperty("next_action").GetProperty("url").GetString()!;
        switch (Focus == Kill.Focus.Cancel ? 3 : random.Next(5))
        {
            case 0:
            case 1:
                await shop.DecideAsync(page, approve: true);
                break;
            case 2:
                await shop.DecideAsync(page, approve: false);
                break;
            case 3:
                var key = $"cancel-{n}";
                await UntilAnsweredAsync(() => shop.CancelAsync(payment, key), New(RequestKind.Cancel, buyer, key));
                break;
        }

        return await UntilAnsweredAsync(() => shop.GetAsync($"/v1/payments/{payment}"), null);
    }

    /// <summary>Repeats with the same key until the API says something final: no answer and 5xx are not.</summary>
    private async Task<Reply?> UntilAnsweredAsync(Func<Task<Reply?>> send, ClientRequest? request)
    {
        Interlocked.Increment(ref operations);
        while (true)
        {
            var reply = await send();
            if (reply is not null) request?.Answers.Add(new ClientAnswer(reply.Status, reply.Status is 200 or 201 ? reply.Id : null, reply.State, reply.Status >= 400 ? reply.Text : null));
            if (reply is { Status: < 500 } and not { Status: 409, Code: "request_in_progress" }) return reply;
            if (stopping.IsCancellationRequested) return null;
            await Task.Delay(Patience, CancellationToken.None);
        }
    }

    private ClientRequest New(RequestKind kind, string buyer, string key)
    {
        var request = new ClientRequest(kind, buyer, key);
        requests.Add(request);
        return request;
    }

    private static TaskCompletionSource Released()
    {
        var released = new TaskCompletionSource();
        released.SetResult();
        return released;
    }

    private sealed class Resumption(TaskCompletionSource held) : IDisposable
    {
        public void Dispose() => held.TrySetResult();
    }
}
