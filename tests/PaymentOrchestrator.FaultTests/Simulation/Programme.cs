using System.Globalization;
using PaymentOrchestrator.FaultTests.Points;

namespace PaymentOrchestrator.FaultTests.Simulation;

/// <summary>What someone wants to buy. Two purchases of one buyer may be of the same order.</summary>
internal sealed record Purchase(int Number, int Buyer, string Method, string Currency, long Amount, int Order, bool AtCashier);

/// <summary>One act of a programme. It holds choices only, as numbers: what they come to depends on what is there when its turn comes.</summary>
internal abstract record Act
{
    private Act() { }

    public sealed record Quote(int Purchase) : Act;

    /// <param name="Key">0 again is the same request again.</param>
    public sealed record Pay(int Purchase, int Key, int Instance) : Act;

    public sealed record Cancel(int Purchase, int Instance) : Act;

    /// <param name="Share">Of the order, in hundredths; 0 for all that is left.</param>
    public sealed record Refund(int Purchase, int Share, int Key, int Instance) : Act;

    /// <summary>The buyer decides at the cashier's page.</summary>
    public sealed record Decide(int Purchase, bool Approve) : Act;

    /// <summary>The resolver of an instance finds one payment due.</summary>
    public sealed record ResolvePayment(int Pick, int Instance) : Act;

    public sealed record ResolveRefund(int Pick, int Instance) : Act;

    /// <summary>One of the provider's notifications arrives: any of them, in any order, as often as it is picked.</summary>
    public sealed record Notify(int Pick, int Instance) : Act;

    /// <summary>Somebody who is no provider says that a payment succeeded.</summary>
    public sealed record Forge(int Purchase, int Provider, int Instance) : Act;

    public sealed record Advance(int Milliseconds) : Act;

    /// <summary>The next calls of the kind go wrong for a buyer.</summary>
    public sealed record Trouble(int Buyer, string Fault, string Provider, string Operation, int Times) : Act;

    /// <summary>The buyer's balance is gone, or there again.</summary>
    public sealed record Balance(int Buyer, bool Enough) : Act;
}

/// <summary>The purchases and acts of a seed. Each act is drawn by itself, so that leaving some out changes none of the others.</summary>
internal sealed record Programme(long Seed, IReadOnlyList<Purchase> Purchases, IReadOnlyList<(int Number, Act Act)> Acts)
{
    /// <summary>Whoever stands here waits until nobody else can go on: a process that was held up at the worst moment. Null for nobody.</summary>
    public Landmark? HoldAt { get; init; }

    private static readonly (string Method, string Currency)[] Ways =
        [("world_pay", "USD"), ("world_pay", "JPY"), ("worldfirst_balance", "EUR"), ("alipay", "CNY"), ("alipay", "CNY"), ("card", "USD"), ("card", "JPY")];

    private static readonly Landmark[] Holds =
    [
        Landmark.PaymentIntent, Landmark.PaymentIntended, Landmark.Debit, Landmark.PaymentOutcome, Landmark.DebitInquiry, Landmark.PaymentClaim, Landmark.CancelClaim, Landmark.CancelCall, Landmark.Settlement,
        Landmark.RefundIntent, Landmark.RefundCall, Landmark.RefundOutcome, Landmark.RefundInquiry, Landmark.RefundClaim,
    ];

    private static readonly int[] Spans = [50, 700, 5_000, 13_000, 31_000, 70_000, 130_000, 1_000_000, 9_000_000];

    // Few, so that the same request comes again.
    private static readonly int[] Shares = [0, 1, 33, 50, 50, 99];

    private static readonly string[] AnswerFaults =
        ["timeout_before", "timeout_after", "error_before", "error_after", "cut_body", "wrong_amount", "wrong_reference", "bad_signature", "not_found_then_found"];

    private static readonly Dictionary<string, (string Debit, string Inquiry, string Refund, string RefundInquiry)> Calls = new()
    {
        ["worldfirst"] = ("createTransfer", "inquiryTransfer", "refund", "inquiryRefund"),
        ["alipay"] = ("pay", "inquiryPayment", "refund", "inquiryRefund"),
        ["card"] = ("payment_intents.create", "payment_intents.list", "refunds.create", "refunds.list"),
    };

    public static Programme Of(long seed)
    {
        var random = Stream(seed, -1);
        var purchases = new List<Purchase>();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var (method, currency) = Ways[random.Next(Ways.Length)];
            // Now and then the order of an earlier purchase once more, by another way.
            if (purchases.Count > 0 && random.Next(3) == 0) purchases.Add(purchases[0] with { Number = purchases.Count, Method = method, Currency = currency });
            else purchases.Add(new Purchase(purchases.Count, random.Next(2), method, currency, random.NextInt64(1_000_00, 99_999_99), purchases.Count, method == "alipay" && random.Next(2) == 0));
        }

        var length = random.Next(6, 26);
        var acts = new List<(int Number, Act Act)>();
        foreach (var purchase in purchases) acts.Add((acts.Count, new Act.Quote(purchase.Number)));
        foreach (var purchase in purchases)
        {
            // Trouble that comes before what it is for: left to chance alone it mostly comes too late.
            if (random.Next(5) < 3) acts.Add((acts.Count, DrawTrouble(random, purchase)));
            if (random.Next(5) != 0) acts.Add((acts.Count, new Act.Pay(purchase.Number, 0, random.Next(2))));
        }

        while (acts.Count < length + purchases.Count) acts.Add((acts.Count, Draw(Stream(seed, acts.Count), purchases)));
        // A third of the seeds hold somebody up; by chance alone, nobody is passed by often enough.
        return new Programme(seed, purchases, acts) { HoldAt = random.Next(3) == 0 ? Holds[random.Next(Holds.Length)] : null };
    }

    /// <summary>Whether a debit or a cancellation that has been decided on leaves and ends within its time limit, as the HTTP client sees to. False: even that is held up.</summary>
    public bool CallsEnd { get; init; } = true;

    /// <summary>The programme with some of its acts alone.</summary>
    public Programme Only(IReadOnlySet<int> numbers) => this with { Acts = [.. Acts.Where(act => numbers.Contains(act.Number))] };

    /// <summary>Random numbers of their own for each use.</summary>
    public static Random Stream(long seed, int use) => new(HashCode(seed, use));

    // Not System.HashCode: that one differs from process to process.
    private static int HashCode(long seed, int use)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{seed}:{use}");
        return BitConverter.ToInt32(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(text)));
    }

    private static Act Draw(Random random, IReadOnlyList<Purchase> purchases)
    {
        var purchase = purchases[random.Next(purchases.Count)];
        var instance = random.Next(2);
        switch (random.Next(100))
        {
            case < 26: return new Act.Pay(purchase.Number, random.Next(4) == 0 ? 1 : 0, instance);
            case < 40: return new Act.Refund(purchase.Number, Shares[random.Next(Shares.Length)], random.Next(2), instance);
            case < 47: return new Act.Cancel(purchase.Number, instance);
            case < 54: return new Act.Decide(purchase.Number, random.Next(4) != 0);
            case < 65: return new Act.ResolvePayment(random.Next(8), instance);
            case < 70: return new Act.ResolveRefund(random.Next(8), instance);
            case < 77: return new Act.Notify(random.Next(16), instance);
            case < 79: return new Act.Forge(purchase.Number, random.Next(4), instance);
            case < 84: return new Act.Advance(Spans[random.Next(Spans.Length)]);
            case < 96: return DrawTrouble(random, purchase);
            case < 98: return new Act.Balance(purchase.Buyer, random.Next(2) == 0);
            default: return new Act.Quote(purchase.Number);
        }
    }

    private static Act.Trouble DrawTrouble(Random random, Purchase purchase)
    {
        var provider = purchase.Method switch { "alipay" => "alipay", "card" => "card", _ => "worldfirst" };
        var (debit, inquiry, refund, refundInquiry) = Calls[provider];
        var fault = AnswerFaults[random.Next(AnswerFaults.Length)];
        // Only Ant signs; only inquiries can find nothing.
        if (fault == "bad_signature" && provider == "card") fault = "cut_body";
        string[] operations = fault == "not_found_then_found" ? [inquiry, refundInquiry] : [debit, debit, refund, refund, inquiry, refundInquiry];
        return new Act.Trouble(purchase.Buyer, fault, provider, operations[random.Next(operations.Length)], random.Next(1, 4));
    }
}
