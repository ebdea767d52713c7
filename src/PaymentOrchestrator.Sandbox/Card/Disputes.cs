using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Authorizations;
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

    public bool HasEvidence { get; init; }

    /// <summary>Whether the bank merely asks: nothing was withdrawn, and the charge can be refunded.</summary>
    public bool IsInquiry => Status.StartsWith("warning_", StringComparison.Ordinal);

    public override string? ParentId => PaymentIntent;
}

/// <summary>A charge of one of the pm_card_createDispute… methods is disputed at once; evidence decides it, by Stripe's own magic texts.</summary>
internal static class Disputes
{
    /// <summary>What the acquirer keeps for each formal dispute, in the charge's minor unit.</summary>
    public const long Fee = 1_500;

    public static async Task Open(Tx tx, CardPaymentIntent paid, DisputeCourse course, DateTimeOffset now)
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
            Status = course == DisputeCourse.Inquiry ? "warning_needs_response" : "needs_response",
            Reason = course == DisputeCourse.NotReceived ? "product_not_received" : "fraudulent",
        };
        await CardStore.Add(tx, dispute);
        if (!dispute.IsInquiry)
            await Withdraw(tx, dispute, paid, now);
        await CardEvents.Of(tx, "created", dispute, await BalanceTransactions.Of(tx, dispute.Id));
    }

    public static async Task<StripeReply> Retrieve(StripeRequest request) =>
        await Show(request, await CardStore.Find<CardDispute>(request.Tx, request.RouteId) ?? throw StripeErrorException.NoSuch("dispute", request.RouteId));

    public static async Task<StripeReply> List(StripeRequest request)
    {
        var shown = new List<JsonObject>();
        foreach (var dispute in await CardStore.List<CardDispute>(request.Tx, parentId: request.Required("payment_intent")))
            shown.Add(CardJson.Of(dispute, await BalanceTransactions.Of(request.Tx, dispute.Id)));
        return StripeReply.Ok(CardJson.List("/v1/disputes", shown, hasMore: false));
    }

    /// <summary>Evidence, submitted at once unless <c>submit=false</c>. Stripe's test texts decide; any other leaves the bank to look at it.</summary>
    public static async Task<StripeReply> Update(StripeRequest request)
    {
        var dispute = await Locked(request);
        if (dispute.Status is "won" or "lost" or "warning_closed")
            throw StripeErrorException.Invalid("This dispute is closed and takes no evidence any more.");
        var submitted = request.Text("submit") is null || request.Flag("submit");
        var next = dispute with { HasEvidence = true };
        if (submitted)
        {
            next = next with
            {
                Status = (dispute.IsInquiry, request.Text("evidence[uncategorized_text]")) switch
                {
                    (true, "winning_evidence" or "losing_evidence") => "warning_closed",
                    (true, "escalate_inquiry_evidence") => "needs_response",
                    (true, _) => "warning_under_review",
                    (false, "winning_evidence") => "won",
                    (false, "losing_evidence") => "lost",
                    (false, _) => "under_review",
                },
            };
        }

        return await Move(request, dispute, next);
    }

    /// <summary>Given up: lost.</summary>
    public static async Task<StripeReply> Close(StripeRequest request)
    {
        var dispute = await Locked(request);
        if (dispute.IsInquiry || dispute.Status is "won" or "lost")
            throw StripeErrorException.Invalid($"A dispute with a status of {dispute.Status} cannot be closed.");
        return await Move(request, dispute, dispute with { Status = "lost" });
    }

    /// <summary>As Stripe: while a formal dispute runs, or once it is lost, the charge cannot be refunded.</summary>
    public static async Task RefuseRefund(Tx tx, CardPaymentIntent intent)
    {
        foreach (var dispute in await CardStore.List<CardDispute>(tx, parentId: intent.Id))
        {
            if (!dispute.IsInquiry && dispute.Status != "won")
                throw StripeErrorException.Invalid("This charge has been charged back and cannot be refunded.", null, "charge_disputed");
        }
    }

    private static async Task<StripeReply> Move(StripeRequest request, CardDispute before, CardDispute now)
    {
        var tx = request.Tx;
        await CardStore.Save(tx, now);
        var intent = await CardStore.Find<CardPaymentIntent>(tx, now.PaymentIntent) ?? throw new InvalidOperationException("A dispute without its payment.");
        if (before.IsInquiry && !now.IsInquiry)
            await Withdraw(tx, now, intent, request.Now);
        if (now.Status == "won")
        {
            await BalanceTransactions.Add(tx, "adjustment", "dispute_reversal", now.Id, now, now.Amount, fee: 0, request.Now);
            await Record(tx, "dispute_reversal", now, intent, request.Now);
        }

        var moved = await BalanceTransactions.Of(tx, now.Id);
        await CardEvents.Of(tx, "updated", now, moved);
        if (before.IsInquiry && !now.IsInquiry)
            await CardEvents.Of(tx, "funds_withdrawn", now, moved);
        if (now.Status == "won")
            await CardEvents.Of(tx, "funds_reinstated", now, moved);
        if (now.Status is "won" or "lost" or "warning_closed")
            await CardEvents.Of(tx, "closed", now, moved);
        return StripeReply.Ok(CardJson.Of(now, moved));
    }

    private static async Task Withdraw(Tx tx, CardDispute dispute, CardPaymentIntent paid, DateTimeOffset now)
    {
        await BalanceTransactions.Add(tx, "adjustment", "dispute", dispute.Id, dispute, -dispute.Amount, Fee, now);
        await Record(tx, "dispute", dispute, paid, now);
    }

    private static Task Record(Tx tx, string operation, CardDispute dispute, CardPaymentIntent intent, DateTimeOffset now) =>
        Executions.Record(tx, new Execution(
            operation, Providers.Card, dispute.Id, intent.BuyerId, dispute.Currency.ToUpperInvariant(), StripeAmounts.ToIso(dispute.Currency, dispute.Amount),
            intent.Metadata.GetValueOrDefault("order_id"), intent.Metadata.GetValueOrDefault("payment_id"), now.UtcDateTime));

    private static async Task<CardDispute> Locked(StripeRequest request) =>
        await CardStore.Lock<CardDispute>(request.Tx, request.RouteId) ?? throw StripeErrorException.NoSuch("dispute", request.RouteId);

    private static async Task<StripeReply> Show(StripeRequest request, CardDispute dispute) =>
        StripeReply.Ok(CardJson.Of(dispute, await BalanceTransactions.Of(request.Tx, dispute.Id)));
}
