using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>One line of the account's statement: what came in or went out. The account is kept in each charge's own currency.</summary>
internal sealed record CardBalanceTransaction : CardObject
{
    public required string Type { get; init; }

    public required string ReportingCategory { get; init; }

    public required string Source { get; init; }

    public required string Currency { get; init; }

    /// <summary>Negative for what went out.</summary>
    public required long Amount { get; init; }

    public required long Fee { get; init; }

    public override string? ParentId => Source;
}

/// <summary>The account's statement, as Stripe lists it.</summary>
internal static class BalanceTransactions
{
    public static Task Add(Tx tx, string type, string category, string source, CardObject of, long amount, long fee, DateTimeOffset now) =>
        CardStore.Add(tx, new CardBalanceTransaction
        {
            Id = Ids.New("txn_"),
            Created = now.ToUnixTimeSeconds(),
            Customer = of.Customer,
            BuyerId = of.BuyerId,
            Type = type,
            ReportingCategory = category,
            Source = source,
            Currency = of switch
            {
                CardPaymentIntent intent => intent.Currency,
                CardRefund refund => refund.Currency,
                CardDispute dispute => dispute.Currency,
                _ => throw new ArgumentOutOfRangeException(nameof(of)),
            },
            Amount = amount,
            Fee = fee,
            // A charge is not kept by itself: its intent shows it.
            Metadata = of is CardPaymentIntent paid ? new() { ["payment_intent"] = paid.Id } : [],
        });

    /// <summary>What was moved for one object, oldest first.</summary>
    public static async Task<IReadOnlyList<CardBalanceTransaction>> Of(Tx tx, string source) =>
        [.. (await CardStore.List<CardBalanceTransaction>(tx, parentId: source)).Reverse()];

    public static async Task<StripeReply> List(StripeRequest request)
    {
        var limit = (int)Math.Clamp(request.Whole("limit") ?? 10, 1, 100);
        var found = await CardStore.ListCreated<CardBalanceTransaction>(
            request.Tx, request.Whole("created[gte]") ?? 0, request.Whole("created[lt]") ?? long.MaxValue, request.Text("starting_after"), limit + 1);
        var page = new List<JsonObject>();
        foreach (var transaction in found.Take(limit))
        {
            var json = CardJson.Of(transaction);
            if (request.Expands("data.source") || request.Expands("data.source.charge"))
                json["source"] = await Source(request, transaction);
            page.Add(json);
        }

        return StripeReply.Ok(CardJson.List("/v1/balance_transactions", page, hasMore: found.Count > limit));
    }

    private static async Task<JsonObject> Source(StripeRequest request, CardBalanceTransaction transaction)
    {
        var tx = request.Tx;
        switch (transaction.Type)
        {
            case "charge":
                return await Charge(tx, transaction.Metadata["payment_intent"]);
            case "adjustment":
                var dispute = (await CardStore.Find<CardDispute>(tx, transaction.Source))!;
                var shown = CardJson.Of(dispute, await Of(tx, dispute.Id));
                if (request.Expands("data.source.charge"))
                    shown["charge"] = await Charge(tx, dispute.PaymentIntent);
                return shown;
            default:
                return CardJson.Of((await CardStore.Find<CardRefund>(tx, transaction.Source))!);
        }
    }

    private static async Task<JsonObject> Charge(Tx tx, string intentId)
    {
        var intent = (await CardStore.Find<CardPaymentIntent>(tx, intentId))!;
        return CardJson.Charge(intent, await CardStore.Find<CardPaymentMethod>(tx, intent.PaymentMethod!));
    }
}
