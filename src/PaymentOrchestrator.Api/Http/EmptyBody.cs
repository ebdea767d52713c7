namespace PaymentOrchestrator.Api.Http;

/// <summary>A call that says everything by its address: no body, or an empty JSON object.</summary>
internal sealed record EmptyBody(byte[] Fingerprint, Problem? Refusal) : IRequestPart
{
    public static async ValueTask<EmptyBody> BindAsync(HttpContext context)
    {
        var canHaveBody = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
        if (!canHaveBody || context.Request.ContentLength == 0)
        {
            using var nothing = System.Text.Json.JsonDocument.Parse("{}");
            return new EmptyBody(RequestBody<NoFields>.FingerprintOf(context.Request, nothing.RootElement), null);
        }

        var body = await RequestBody<NoFields>.BindAsync(context);
        return new EmptyBody(body.Fingerprint, body.Refusal);
    }
}

/// <summary>An object without fields.</summary>
internal sealed record NoFields;
