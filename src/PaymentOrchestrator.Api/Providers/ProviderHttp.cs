using Microsoft.Extensions.Http.Resilience;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace PaymentOrchestrator.Api.Providers;

/// <summary>
/// The HTTP clients towards providers: one per provider and mode, so that one provider's trouble opens no other's circuit and no
/// connection serves both test and live money.
/// </summary>
internal static class ProviderHttp
{
    /// <summary>Set on a request that changes nothing at the provider and may therefore be sent again.</summary>
    public static readonly HttpRequestOptionsKey<bool> SafeToRepeat = new("provider-call-is-safe-to-repeat");

    /// <summary>A debit's own limit, and that of every other call which is sent once: then its outcome is unknown.</summary>
    public static readonly TimeSpan SingleCallLimit = TimeSpan.FromSeconds(10);

    /// <summary>One try of a read; all three together stay within the ten seconds that a buyer is made to wait.</summary>
    public static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(3);

    public static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(3);

    public const int ReadTries = 3;

    /// <summary>Far above every answer of these protocols.</summary>
    public const int MaxAnswerBytes = 1024 * 1024;

    public static string ClientName(string provider, Mode mode) => $"provider.{provider}.{mode.Code()}";

    public static void AddProviderClient(this IServiceCollection services, string name, Uri baseUrl)
    {
        var client = services.AddHttpClient(name)
            // The pipeline below limits time; the client's own limit would only be a second clock.
            .ConfigureHttpClient(http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = ConnectLimit,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                // Our trace ids are none of a provider's business.
                ActivityHeadersPropagator = null,
            })
            // The connection pool above renews itself, and the Stripe client keeps its HttpClient for good.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            // The factory's loggers write headers at trace level, and those hold tokens.
            .RemoveAllLoggers();
        client.AddHttpMessageHandler(provider => new Telemetry.ProviderCallMeter(name, provider.GetRequiredService<TimeProvider>()));
        client.AddHttpMessageHandler(() => new PinnedHostHandler(baseUrl));
        client.AddResilienceHandler("provider", (pipeline, context) =>
        {
            // Pauses and limits are by the same clock as everything else.
            pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
            Configure(pipeline, context.ServiceProvider.GetRequiredService<ProviderCircuits>().Of(name));
        });
        client.AddHttpMessageHandler(() => new BufferedAnswerHandler(MaxAnswerBytes));
        client.AddHttpMessageHandler(() => new ConnectionFaults());
    }

    /// <summary>Whether the exception says that the call was lost, as opposed to given up by the caller or broken by a bug.</summary>
    public static bool IsLostCall(Exception exception, CancellationToken callersToken) => exception switch
    {
        HttpRequestException or IOException or ExecutionRejectedException => true,
        OperationCanceledException => !callersToken.IsCancellationRequested,
        _ => false,
    };

    /// <summary>What happened, in words that hold nothing of the request: exception messages can name hosts and quote bodies.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        TimeoutRejectedException or OperationCanceledException => "no answer in time",
        BrokenCircuitException => "not sent, the provider is failing too often just now",
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => "the answer is too long",
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http => $"the call failed ({http.HttpRequestError})",
        HttpRequestException or IOException => "the connection failed",
        _ => $"the call failed ({exception.GetType().Name})",
    };

    private static void Configure(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, CircuitBreakerStateProvider circuit) => pipeline
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = ReadTries - 1,
            Delay = TimeSpan.FromMilliseconds(100),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = args => ValueTask.FromResult(
                args.Context.GetRequestMessage() is { } request && MayRepeat(request) &&
                args.Outcome.Exception is not BrokenCircuitException &&
                HttpClientResiliencePredicates.IsTransient(args.Outcome)),
        })
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
        {
            // Opens only for a provider that is all but gone, and looks again soon: a debit that is not sent fails a buyer.
            FailureRatio = 0.8,
            MinimumThroughput = 50,
            SamplingDuration = TimeSpan.FromSeconds(10),
            BreakDuration = TimeSpan.FromSeconds(2),
            StateProvider = circuit,
            ShouldHandle = args => ValueTask.FromResult(HttpClientResiliencePredicates.IsTransient(args.Outcome)),
        })
        .AddTimeout(new TimeoutStrategyOptions
        {
            TimeoutGenerator = args => ValueTask.FromResult(
                args.Context.GetRequestMessage() is { } request && MayRepeat(request) ? ReadLimit : SingleCallLimit),
        });

    /// <summary>Nothing is repeated by default. A GET may be by its meaning; the POSTs that only read say so themselves.</summary>
    private static bool MayRepeat(HttpRequestMessage request) =>
        request.Method == HttpMethod.Get || (request.Options.TryGetValue(SafeToRepeat, out var safe) && safe);

    /// <summary>Lets a client speak to its own provider and mode alone, whatever URL its caller has put together.</summary>
    private sealed class PinnedHostHandler(Uri baseUrl) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.RequestUri is { } url && Uri.Compare(url, baseUrl, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0
                ? base.SendAsync(request, cancellationToken)
                : throw new InvalidOperationException("A provider's client was asked to call another host than its own.");
    }

    /// <summary>
    /// Reads the whole answer within the attempt, so that a body that trickles or breaks off counts against the time limit and the
    /// circuit like any other failure. A repeated read gets a fresh one.
    /// </summary>
    private sealed class BufferedAnswerHandler(long maxBytes) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            try
            {
                await response.Content.LoadIntoBufferAsync(maxBytes, cancellationToken);
                return response;
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
    }
}
