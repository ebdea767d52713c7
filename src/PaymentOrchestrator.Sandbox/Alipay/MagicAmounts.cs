namespace PaymentOrchestrator.Sandbox.Alipay;

/// <summary>The amounts, in fen, to which Antom's own sandbox answers with trouble. The payment itself is executed as any other.</summary>
internal static class MagicAmounts
{
    public const long PayIsUnknown = 9901;
    public const long PayIsSilent = 9902;
    public const long InquiryIsUnknown = 9903;
    public const long InquiryIsSilent = 9904;
}
