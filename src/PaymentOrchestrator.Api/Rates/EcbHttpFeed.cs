using System.Net;
using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Rates;

/// <summary>
/// The ECB's daily file from <c>Rates:Ecb:Url</c>, asked for every <c>Rates:Ecb:Interval</c> (15 minutes) on the condition that it has changed, for at
/// most <c>Rates:Ecb:Timeout</c> (10 seconds). Nothing that the other side sends costs more than a megabyte or goes further than a parser without entities.
/// </summary>
internal sealed class EcbHttpFeed : IRateFeed, IDisposable
{
    private const int MaxBytes = 1024 * 1024;
    private const int MaxMark = 256;

    private readonly HttpClient http;
    private readonly Uri url;
    private readonly TimeSpan timeout;
    private readonly TimeProvider clock;

    /// <exception cref="InvalidOperationException">The address is neither https nor on this machine.</exception>
    public EcbHttpFeed(IConfiguration configuration, TimeProvider clock)
    {
        this.clock = clock;
        url = Uri.TryCreate(configuration["Rates:Ecb:Url"], UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            ? address
            : throw new InvalidOperationException("Rates:Ecb:Url must be an absolute https address (or http on this machine): prices are made of what it says.");
        Interval = configuration.GetValue<TimeSpan?>("Rates:Ecb:Interval") ?? TimeSpan.FromMinutes(15);
        timeout = configuration.GetValue<TimeSpan?>("Rates:Ecb:Timeout") ?? TimeSpan.FromSeconds(10);
        http = new HttpClient(new ConnectionFaults
        {
            InnerHandler = new SocketsHttpHandler
            {
                // The address is fixed by whoever runs this; nobody else sends us elsewhere.
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.None,
                ActivityHeadersPropagator = null,
                MaxResponseHeadersLength = 16,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            },
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    public string Source => EcbRates.Source;

    public TimeSpan? Interval { get; }

    public async Task<FeedAnswer> ReadAsync(FeedMark known, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.UserAgent.Add(new("PaymentOrchestrator", "1"));
            if (known.ETag is not null) request.Headers.TryAddWithoutValidation("If-None-Match", known.ETag);
            if (known.LastModified is not null) request.Headers.TryAddWithoutValidation("If-Modified-Since", known.LastModified);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode == HttpStatusCode.NotModified && known != FeedMark.None) return new FeedAnswer.Unchanged();
            if (response.StatusCode != HttpStatusCode.OK) return new FeedAnswer.Failed($"The source answered with status {(int)response.StatusCode}.");
            if (await BodyAsync(response, either.Token) is not { } body) return new FeedAnswer.Failed($"The source's answer is longer than {MaxBytes} bytes.");
            using var stream = new MemoryStream(body);
            return EcbRates.Read(stream, MarkOf(response), clock.Now());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new FeedAnswer.Failed(FormattableString.Invariant($"The source did not answer within {timeout.TotalSeconds:0.#} s."));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new FeedAnswer.Failed(e is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http
                ? $"The call to the source failed ({http.HttpRequestError})."
                : "The connection to the source failed.");
        }
    }

    public void Dispose() => http.Dispose();

    private static async Task<byte[]?> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (body.Length + read > MaxBytes) return null;
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private static FeedMark MarkOf(HttpResponseMessage response)
    {
        var tag = response.Headers.ETag?.ToString();
        return new FeedMark(tag is { Length: <= MaxMark } ? tag : null, response.Content.Headers.LastModified?.ToString("r", System.Globalization.CultureInfo.InvariantCulture));
    }
}
