using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Buyers;

/// <summary>One person with accounts at all four providers; each name is derived from the buyer id and never changes.</summary>
internal sealed record Buyer(string BuyerId, IReadOnlySet<string> TrueFacts, long AlipayBalance)
{
    public string WorldFirstCustomerId => "WF" + Ids.Digits("worldfirst", BuyerId, 14);

    public string AlipayUserId => "2088" + Ids.Digits("alipay", BuyerId, 12);

    /// <summary>Masked as Alipay shows it.</summary>
    public string AlipayLoginId => $"buy***{Ids.Digits("alipay login", BuyerId, 2)}@example.com";

    public string MemberId => "b2b-" + Ids.Digits("1688", BuyerId, 13);

    public string MemberLoginId => "buyer_" + Ids.Digits("1688 login", BuyerId, 8);

    public string MemberAliId => Ids.Digits("1688", BuyerId, 13);

    public bool Has(string fact) => TrueFacts.Contains(fact);
}

/// <summary>Money in one currency of a WorldFirst wallet, in minor units.</summary>
internal sealed record Balance(string Currency, long Value);
