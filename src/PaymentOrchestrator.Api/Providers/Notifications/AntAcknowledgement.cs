namespace PaymentOrchestrator.Api.Providers.Notifications;

/// <summary>What Ant's gateways take for "received".</summary>
internal static class AntAcknowledgement
{
    public const string ContentType = "application/json; charset=UTF-8";

    public static byte[] Body() => """{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}"""u8.ToArray();
}
