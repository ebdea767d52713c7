using System.Net;

namespace PaymentOrchestrator.Api.Http;

/// <summary>
/// What every answer tells browsers and caches. Set when the answer starts, so that a problem document has them too, and only where the endpoint
/// has not said otherwise.
/// </summary>
internal static class SecurityHeaders
{
    // An API's answer is no page: should a browser be made to show it, it may load, run and be framed by nothing.
    private const string ForData = "default-src 'none'; frame-ancestors 'none'";

    private const string ForPages = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    // Swagger UI's own files, styles that it writes inline, pictures that lie in its style sheet, and calls to this API.
    private const string ForSwagger =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    // One year, for this host alone: what else lives on the domain is not ours to bind.
    private const string Hsts = "max-age=31536000";

    public static void UseSecurityHeaders(this WebApplication app)
    {
        var proxies = new TrustedProxies(app.Configuration);
        app.Use((context, next) =>
        {
            context.Response.OnStarting(static state =>
            {
                var (context, proxies) = ((HttpContext, TrustedProxies))state;
                Write(context, proxies);
                return Task.CompletedTask;
            }, (context, proxies));
            return next(context);
        });
    }

    private static void Write(HttpContext context, TrustedProxies proxies)
    {
        var headers = context.Response.Headers;
        var documentation = context.Request.Path.StartsWithSegments("/swagger", StringComparison.OrdinalIgnoreCase);
        var page = context.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) is true;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        if (headers.ContentSecurityPolicy.Count == 0) headers.ContentSecurityPolicy = documentation ? ForSwagger : page ? ForPages : ForData;
        if (headers.CacheControl.Count == 0 && !documentation) headers.CacheControl = "no-store";
        if (context.Request.IsHttps || proxies.SayHttps(context)) headers.StrictTransportSecurity = Hsts;
    }

    /// <summary><c>Network:TrustedProxies</c>, addresses and CIDR blocks: whose word on the outer connection is taken. Nobody's by default.</summary>
    private sealed class TrustedProxies
    {
        private readonly List<IPNetwork> networks;

        /// <exception cref="InvalidOperationException">An entry is neither an address nor a block.</exception>
        public TrustedProxies(IConfiguration configuration)
        {
            var section = configuration.GetSection("Network:TrustedProxies");
            var entries = section.GetChildren().Select(child => child.Value).Append(section.Value).OfType<string>()
                .SelectMany(text => text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
            networks = [.. entries.Select(Parse)];
        }

        public bool SayHttps(HttpContext context)
        {
            if (networks.Count == 0 || context.Connection.RemoteIpAddress is not { } peer) return false;
            if (peer.IsIPv4MappedToIPv6) peer = peer.MapToIPv4();
            // The last entry is the one that our own proxy wrote.
            return context.Request.Headers["X-Forwarded-Proto"].ToString().Split(',')[^1].Trim().Equals("https", StringComparison.OrdinalIgnoreCase)
                && networks.Exists(network => network.Contains(peer));
        }

        private static IPNetwork Parse(string text) =>
            IPNetwork.TryParse(text, out var network) ? network
            : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw new InvalidOperationException($"Network:TrustedProxies: {text} is neither an address nor a block like 10.0.0.0/8.");
    }
}
