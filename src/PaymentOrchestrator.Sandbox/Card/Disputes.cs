using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>A cardholder who wants the money back from the bank.</summary>
internal sealed record CardDispute : CardObject
{
    public required string PaymentIntent { get; init; }

    public required string Charge { get; init; }

    public required long Amount { get; init; }

    public required string Currency { get; init; }

    public required string Status { get; init; }

    public required string Reason { get; init; }

    public override string? ParentId => PaymentIntent;
}

/// <summary>A charge of pm_card_createDispute is disputed at once.</summary>
internal static class Disputes
{
    public static async Task Open(Tx tx, CardPaymentIntent paid, DateTimeOffset now)
    {
        var dispute = new CardDispute
        {
            Id = Ids.New("dp_"),
            Created = now.ToUnixTimeSeconds(),
            Customer = paid.Customer,
            BuyerId = paid.BuyerId,
            PaymentIntent = paid.Id,
            Charge = paid.LatestCharge!,
            Amount = paid.Amount,
            Currency = paid.Currency,
            Status = "needs_response",
            Reason = "fraudulent",
        };
        await CardStore.Add(tx, dispute);
        await CardEvents.DisputeCreated(tx, dispute);
    }

    public static async Task<StripeReply> Retrieve(StripeRequest request) =>
        StripeReply.Ok(CardJson.Of(await CardStore.Find<CardDispute>(request.Tx, request.RouteId)
            ?? throw StripeErrorException.NoSuch("dispute", request.RouteId)));
}
