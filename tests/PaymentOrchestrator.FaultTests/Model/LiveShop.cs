using System.Collections.Concurrent;
using System.Globalization;
using PaymentOrchestrator.FaultTests.Simulation;
using PaymentOrchestrator.FaultTests.World;

namespace PaymentOrchestrator.FaultTests.Model;

/// <summary>The same buyer at the real API, in the model's words.</summary>
internal sealed class LiveShop
{
    private readonly Shop[] shops;
    private readonly ConcurrentQueue<string> answers = [];
    private readonly string[] quotes;
    private readonly string buyer;
    private (int Answers, string Text) state = (-1, "");
    private int next;

    private LiveShop(Shop[] shops, string buyer, string[] quotes) => (this.shops, this.buyer, this.quotes) = (shops, buyer, quotes);

    // In turn, so that requests that belong together meet two instances.
    private Shop Any => shops[Interlocked.Increment(ref next) % shops.Length];

    public static LiveShop Open(SimWorld world) => Wait(async () =>
    {
        var shop = world.Shops[0];
        var buyer = await shop.ReadyBuyerAsync($"model-{Guid.NewGuid():N}", new Dictionary<string, long>());
        var quotes = new List<string>();
        foreach (var order in ShopModel.OrderOfQuote) quotes.Add((await QuoteAsync(shop, buyer, order)).Id ?? throw new InvalidOperationException("No quote."));
        return new LiveShop([.. world.Shops], buyer, [.. quotes]);
    });

    public void Pay(int quote, string key) => answers.Enqueue(Wait(async () =>
    {
        var reply = await Any.PayAsync(quotes[quote], key);
        return reply is { Status: 201 } ? $"201 payment of {Array.IndexOf(quotes, reply.Of("quote_id"))}" : $"{reply?.Status} {reply?.Code}";
    }));

    public void Refund(int quote, long? amount, string key) => answers.Enqueue(Wait(async () =>
    {
        if (await PaymentAsync(quote) is not { } payment) return "not paid yet";
        var reply = await Any.RefundAsync(payment, amount, key);
        if (reply is { Status: 201 }) return string.Create(CultureInfo.InvariantCulture, $"201 refund {reply.Json.GetProperty("order_amount").GetProperty("value").GetInt64()} of {quote}");
        // The payment is on its way: to the model, which knows no way, it has not begun.
        return reply is { Code: "payment_not_refundable" } ? "not paid yet" : $"{reply?.Status} {reply?.Code}";
    }));

    public void Quote(int order) => answers.Enqueue(Wait(async () =>
    {
        var reply = await QuoteAsync(Any, buyer, order);
        return reply.Status == 201 ? "201 quote" : $"{reply.Status} {reply.Code}";
    }));

    public string State()
    {
        // Compared with every order that the requests may have had; nothing changes meanwhile.
        if (state.Answers != answers.Count) state = (answers.Count, Read());
        return state.Text;
    }

    private string Read() => Wait(async () =>
    {
        var refunded = new Dictionary<int, long>();
        for (var quote = 0; quote < quotes.Length; quote++)
        {
            if (await PaymentAsync(quote) is not { } id) continue;
            var payment = await Any.GetAsync($"/v1/payments/{id}");
            refunded[quote] = payment is { State: "succeeded" } ? payment.Json.GetProperty("amount_refunded").GetProperty("value").GetInt64() : -1;
        }

        return ShopModel.Describe(answers, refunded);
    });

    private async Task<string?> PaymentAsync(int quote) => (await Any.GetAsync($"/v1/quotes/{quotes[quote]}"))?.Of("payment_id");

    private static async Task<Reply> QuoteAsync(Shop shop, string buyer, int order) =>
        await shop.QuoteAsync(buyer, "alipay", "CNY", $"{buyer}-{order}", ShopModel.Amount) ?? throw new InvalidOperationException("No answer to a quote.");

    // The property library runs its operations on threads of its own, and they return nothing.
    private static T Wait<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();
}
