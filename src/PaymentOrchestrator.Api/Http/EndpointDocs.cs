namespace PaymentOrchestrator.Api.Http;

internal static class EndpointDocs
{
    /// <summary>The statuses, besides its success, that an operation answers with a problem document; 500 and 503 go without saying.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in statuses.Append(500).Append(503)) endpoint.Produces<ProblemDocument>(status, "application/problem+json");
        return endpoint;
    }
}
