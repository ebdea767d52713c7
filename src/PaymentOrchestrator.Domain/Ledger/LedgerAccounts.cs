namespace PaymentOrchestrator.Domain;

public static class LedgerAccounts
{
    public static string Code(this LedgerAccount account) => account switch
    {
        LedgerAccount.BuyerFunds => "buyer_funds",
        LedgerAccount.FxPosition => "fx_position",
        LedgerAccount.MarkupRevenue => "markup_revenue",
        LedgerAccount.FeeRevenue => "fee_revenue",
        LedgerAccount.SupplierPayable => "supplier_payable",
        LedgerAccount.ProviderSettlement => "provider_settlement",
        LedgerAccount.PlatformCny => "platform_cny",
        LedgerAccount.Suspense => "suspense",
        LedgerAccount.DisputedFunds => "disputed_funds",
        LedgerAccount.DisputeLosses => "dispute_losses",
        LedgerAccount.DisputeFees => "dispute_fees",
        LedgerAccount.AcquirerBalance => "acquirer_balance",
        _ => throw new ArgumentOutOfRangeException(nameof(account)),
    };
}
