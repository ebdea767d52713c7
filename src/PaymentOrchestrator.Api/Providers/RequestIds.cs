namespace PaymentOrchestrator.Api.Providers;

/// <summary>Request ids are made of the id of what they are for and the number of the attempt: <c>pay_…-1</c>.</summary>
internal static class RequestIds
{
    private const int MaxNumberLength = 3;

    /// <summary>The id of the payment or refund that the request is for; the request id itself where it has no number.</summary>
    public static string Owner(string requestId)
    {
        var dash = requestId.LastIndexOf('-');
        var number = requestId.AsSpan(dash + 1);
        return dash > 0 && number.Length is > 0 and <= MaxNumberLength && !number.ContainsAnyExceptInRange('0', '9') ? requestId[..dash] : requestId;
    }
}
