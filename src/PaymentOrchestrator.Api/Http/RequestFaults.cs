namespace PaymentOrchestrator.Api.Http;

/// <summary>The web server's own refusals, in the contract's form.</summary>
internal static class RequestFaults
{
    public const int MaxBodyBytes = 64 * 1024;

    public static Problem From(BadHttpRequestException e) => e.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => new Problem(ProblemType.PayloadTooLarge, $"A body may hold at most {MaxBodyBytes} bytes."),
        StatusCodes.Status415UnsupportedMediaType => new Problem(ProblemType.UnsupportedMediaType, "Send the body as application/json in UTF-8."),
        _ => new Problem(ProblemType.BadRequest, "The request ended early or is not HTTP as we read it. Send it again, whole."),
    };
}
