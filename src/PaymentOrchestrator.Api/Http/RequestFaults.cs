using Microsoft.AspNetCore.Server.Kestrel.Core;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace PaymentOrchestrator.Api.Http;

/// <summary>The web server's own refusals, in the contract's form.</summary>
internal static class RequestFaults
{
    public const int MaxBodyBytes = 64 * 1024;

    /// <summary>Names and values together; a key, a session, tracing and what proxies add fit many times over.</summary>
    public const int MaxHeaderBytes = 16 * 1024;

    public const int MaxHeaders = 64;

    /// <summary>Longer than any address of the contract with its cursors and filters.</summary>
    public const int MaxRequestLineBytes = 4 * 1024;

    // Whoever holds a connection open with little to say is cut off: at the latest the largest body has to be there after some 40 s.
    private static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(10);
    private static readonly MinDataRate SlowestBody = new(bytesPerSecond: 2048, gracePeriod: TimeSpan.FromSeconds(5));

    // More than the minute for which proxies usually keep idle connections: else they would send into one that closes.
    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(90);

    public static void Limit(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = MaxBodyBytes;
        limits.MaxRequestHeaderCount = MaxHeaders;
        limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        limits.MaxRequestLineSize = MaxRequestLineBytes;
        limits.RequestHeadersTimeout = HeadersWithin;
        limits.MinRequestBodyDataRate = SlowestBody;
        limits.KeepAliveTimeout = IdleFor;
    }

    public static Problem From(BadHttpRequestException e) => e.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => new Problem(ProblemType.PayloadTooLarge, $"A body may hold at most {MaxBodyBytes} bytes."),
        StatusCodes.Status408RequestTimeout => new Problem(ProblemType.RequestTimeout, "The body came too slowly and was not waited for. Send it again, faster than 2 KiB a second."),
        StatusCodes.Status415UnsupportedMediaType => new Problem(ProblemType.UnsupportedMediaType, "Send the body as application/json in UTF-8."),
        _ => new Problem(ProblemType.BadRequest, "The request ended early or is not HTTP as we read it. Send it again, whole."),
    };
}
