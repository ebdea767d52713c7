namespace PaymentOrchestrator.Domain;

/// <summary>The chart of accounts. Debits are positive, credits negative; per currency, every transaction sums to zero.</summary>
public enum LedgerAccount
{
    /// <summary>What was taken from buyers: debited by a payment, credited by a refund.</summary>
    BuyerFunds,

    /// <summary>The open position between what buyers paid in and the CNY that suppliers are owed.</summary>
    FxPosition,

    /// <summary>What our markup on the mid rate earned, in the source currency.</summary>
    MarkupRevenue,

    /// <summary>What our fees earned, in the source currency.</summary>
    FeeRevenue,

    /// <summary>CNY owed to suppliers for paid orders, until settlement.</summary>
    SupplierPayable,

    /// <summary>CNY that a provider has paid out to suppliers (WorldFirst, Alipay).</summary>
    ProviderSettlement,

    /// <summary>CNY that the platform itself has paid out to suppliers (card).</summary>
    PlatformCny,

    /// <summary>Money that a provider says it moved and that fits none of our payments yet.</summary>
    Suspense,

    /// <summary>Money that an acquirer has withdrawn over a dispute and may still give back.</summary>
    DisputedFunds,

    /// <summary>What lost disputes cost: money that was withdrawn and did not come back.</summary>
    DisputeLosses,

    /// <summary>What acquirers keep as their fees for disputes.</summary>
    DisputeFees,

    /// <summary>The platform's own money with acquirers, which their fees are taken from.</summary>
    AcquirerBalance,
}
