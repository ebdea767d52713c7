using System.Net;
using System.Net.Sockets;
using System.Text;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>What a receiver answered.</summary>
/// <param name="Status">Null when there was no answer.</param>
/// <param name="Body">The first bytes as text; null when there was no answer.</param>
/// <param name="Error">Why there was none, in our words.</param>
/// <param name="RetryAfter">What it asked for.</param>
internal sealed record WebhookAnswer(int? Status, string? Body, string? Error, TimeSpan? RetryAfter)
{
    /// <summary>2xx and nothing else: a redirect is a failure, for it may lead anywhere.</summary>
    public bool IsSuccess => Status is >= 200 and <= 299;

    /// <summary>The receiver says that it will never want anything again.</summary>
    public bool IsGone => Status == StatusCodes.Status410Gone;
}

/// <summary>
/// Calls endpoints, and can call nothing else: names are resolved here, every address is held against the rules, and the connection is made to
/// the address that was checked, so that a name cannot mean something else a moment later.
/// </summary>
internal sealed class WebhookClient : IDisposable
{
    private const int BodyBytes = 256;

    private readonly HttpClient http;
    private readonly WebhookSettings settings;
    private readonly TimeProvider clock;

    public WebhookClient(WebhookSettings settings, TimeProvider clock)
    {
        this.settings = settings;
        this.clock = clock;
        http = new HttpClient(new ConnectionFaults
        {
            InnerHandler = new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                // By way of a proxy, the proxy would resolve the name.
                UseProxy = false,
                ActivityHeadersPropagator = null,
                AutomaticDecompression = DecompressionMethods.None,
                ConnectCallback = ConnectAsync,
                MaxResponseHeadersLength = 16,
                MaxResponseDrainSize = BodyBytes,
                PooledConnectionLifetime = TimeSpan.FromMinutes(1),
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
            },
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The system's resolver; tests put one of their own here.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <exception cref="OperationCanceledException">We are stopping.</exception>
    public async Task<WebhookAnswer> SendAsync(string url, byte[] body, IEnumerable<(string Name, string Value)> headers, CancellationToken stopping)
    {
        if (WebhookUrl.Accept(url, settings.AllowLoopbackHttp) is not { } uri) return Failed("the address is not allowed");
        using var limit = new CancellationTokenSource(settings.AttemptLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new("application/json");
            request.Headers.UserAgent.Add(new("PaymentOrchestrator", "1"));
            foreach (var (name, value) in headers) request.Headers.Add(name, value);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            // The verdict is the status alone; a body that breaks off or trickles takes nothing from a success.
            return new WebhookAnswer((int)response.StatusCode, await ReadAsync(response, either.Token), null, RetryAfter(response));
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return Failed($"no answer within {settings.AttemptLimit.TotalSeconds:0} s");
        }
        catch (HttpRequestException e)
        {
            return Failed(Describe(e));
        }
        catch (IOException)
        {
            return Failed("the connection broke");
        }
    }

    public void Dispose() => http.Dispose();

    private static WebhookAnswer Failed(string error) => new(null, null, error, null);

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var uri = context.InitialRequestMessage.RequestUri!;
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Resolve(host, cancellationToken);
        // One bad address among good ones is no accident.
        if (addresses.Length == 0 || !Array.TrueForAll(addresses, address => WebhookUrl.MayConnect(uri, address))) throw new ForbiddenAddressException();
        Exception? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e)
            {
                socket.Dispose();
                if (e is not SocketException) throw;
                last = e;
            }
        }

        throw last!;
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[BodyBytes];
        var length = 0;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // What is there is there.
        }

        // PostgreSQL's text has no NUL, and no receiver's answer brings a card number in.
        return CardNumbers.Hide(Encoding.UTF8.GetString(buffer, 0, length).Replace('\0', '\uFFFD'));
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - clock.GetUtcNow(),
        _ => null,
    };

    /// <summary>For the marketplace's eyes: no address of our network, no library's words.</summary>
    private static string Describe(HttpRequestException e) => e switch
    {
        { InnerException: ForbiddenAddressException } => "the name resolves to an address that is not allowed",
        { HttpRequestError: HttpRequestError.NameResolutionError } => "the name does not resolve",
        { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } } => "the name does not resolve",
        { HttpRequestError: HttpRequestError.SecureConnectionError } => "TLS failed",
        { HttpRequestError: HttpRequestError.ConnectionError } or { InnerException: SocketException } => "the connection failed",
        _ => "the answer is not HTTP as we read it",
    };

    private sealed class ForbiddenAddressException() : Exception("The name resolves to an address that is not allowed.");
}
