using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Alipay;

/// <summary>A consent that the platform asked for and the buyer has yet to decide.</summary>
internal sealed record Consult(string ConsultId, string BuyerId, string Scope, string RedirectUrl, string AuthState, DateTime ExpiresAt);

internal static class ConsultStore
{
    public static Task Add(Tx tx, Consult consult) => tx.Execute(
        """
        insert into alipay_consults (consult_id, buyer_id, scope, redirect_url, auth_state, expires_at)
        values (@ConsultId, @BuyerId, @Scope, @RedirectUrl, @AuthState, @ExpiresAt)
        """, consult);

    public static Task<Consult?> Find(Tx tx, string consultId, DateTime now) => tx.Find<Consult>(
        """
        select consult_id as consultid, buyer_id as buyerid, scope, redirect_url as redirecturl, auth_state as authstate,
               expires_at as expiresat
        from alipay_consults where consult_id = @consultId and expires_at > @now
        """, new { consultId, now });

    /// <summary>A consent is decided once.</summary>
    public static Task Remove(Tx tx, string consultId) =>
        tx.Execute("delete from alipay_consults where consult_id = @consultId", new { consultId });
}
