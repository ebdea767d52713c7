namespace PaymentOrchestrator.Sandbox.Marketplace1688;

internal delegate Task<IResult> MarketplaceHandler(IReadOnlyDictionary<string, string> parameters);

/// <summary>
/// <c>/openapi/param2/{version}/{namespace}/{api}/{appKey}</c>: checks the signature over path and parameters (form and query
/// alike) and finds the API.
/// </summary>
internal sealed class MarketplaceGateway(SandboxOptions options, IReadOnlyDictionary<string, MarketplaceHandler> apis)
{
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/openapi/param2/{version}/{space}/{api}/{appKey}", Handle).ExcludeFromDescription();
        app.Map("/openapi/{**path}", () => GatewayReply.GatewayError("gw.APIUnsupported", "There is no such API.")).ExcludeFromDescription();
    }

    private async Task<IResult> Handle(HttpContext context, string version, string space, string api, string appKey)
    {
        if (appKey != options.MarketplaceAppKey)
            return GatewayReply.GatewayError("gw.AppKeyNotFound", "The app key is unknown.");
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in context.Request.Query)
            parameters[name] = values.ToString();
        if (context.Request.HasFormContentType)
        {
            foreach (var (name, values) in await context.Request.ReadFormAsync())
                parameters[name] = values.ToString();
        }

        var expected = GatewaySignature.Make($"param2/{version}/{space}/{api}/{appKey}", parameters, options.MarketplaceAppSecret);
        if (!GatewaySignature.Matches(expected, parameters.GetValueOrDefault(GatewaySignature.Parameter, "")))
            return GatewayReply.GatewayError("gw.SignatureInvalid", "The signature is missing or wrong.");
        return apis.TryGetValue($"{version}/{space}/{api}", out var handler)
            ? await handler(parameters)
            : GatewayReply.GatewayError("gw.APIUnsupported", "There is no such API.");
    }
}
