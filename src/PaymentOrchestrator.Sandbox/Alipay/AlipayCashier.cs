using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Consent;
using PaymentOrchestrator.Sandbox.Notifications;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Alipay;

/// <summary>The page behind normalUrl: the buyer confirms one payment, or declines it.</summary>
internal sealed class AlipayCashier(SandboxDb db, TimeProvider clock)
{
    public const string Path = "/alipay/cashier";

    private static readonly IResult Gone = ConsentPage.Notice(
        "Alipay", "There is nothing to pay here", "The payment is unknown, decided, cancelled, or too old.");

    public void Map(IEndpointRouteBuilder app) => app.MapConsent(Path, "Alipay cashier: confirm a payment", Show, Decide);

    private async Task<IResult> Show(HttpContext context) => await db.InTransaction(tx => Open(tx, context)) is { } payment
        ? new ConsentPage(
            "Alipay", "Confirm the payment",
            $"Buyer {payment.BuyerId}: {payment.Currency} {payment.Value / 100m:0.00} for order {payment.OrderId}.").ToResult()
        : Gone;

    private Task<IResult> Decide(HttpContext context, Decision decision) => db.InTransaction(async tx =>
    {
        if (await Open(tx, context) is not { } payment)
            return Gone;
        var now = clock.GetUtcNow();
        var ended = decision.Approved
            ? await AlipayCharges.Charge(tx, payment, now)
            : AlipayCharges.Ended(payment, ("USER_PAYMENT_VERIFICATION_FAILED", "The user declined the payment."), now);
        await DebitRequests.Save(tx, ended);
        await Notices.Debit(tx, ended);
        return Redirects.SeeOther(payment.RedirectUrl!);
    });

    /// <summary>The payment under its lock while the buyer can still decide.</summary>
    private async Task<DebitRequest?> Open(Tx tx, HttpContext context)
    {
        var found = await DebitRequests.FindByReference(tx, Providers.Alipay, context.Request.Query["payment"].ToString());
        return found is not null && await AlipayCharges.Lock(tx, found.RequestId, clock.GetUtcNow()) is { IsOpen: true } open ? open : null;
    }
}
