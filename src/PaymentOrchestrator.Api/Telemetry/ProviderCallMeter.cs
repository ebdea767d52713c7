using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using PaymentOrchestrator.Api.Providers;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace PaymentOrchestrator.Api.Telemetry;

/// <summary>
/// Outside the repetitions of a provider's client: one measurement and one span for each call as its caller sees it. Bodies, queries and ids stay
/// out of both.
/// </summary>
/// <param name="client">As in <see cref="ProviderHttp.ClientName"/>: <c>provider.worldfirst.test</c>.</param>
internal sealed partial class ProviderCallMeter(string client, TimeProvider clock) : DelegatingHandler
{
    private static readonly ActivitySource Source = new(Instruments.Name);
    private readonly string provider = client.Split('.')[1];
    private readonly string mode = client.Split('.')[2];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var operation = OperationName.Of(request);
        using var span = Source.StartActivity("provider.call", ActivityKind.Client);
        span?.SetTag("provider", provider).SetTag("mode", mode).SetTag("operation", operation);
        var began = clock.GetTimestamp();
        var outcome = "failed";
        RequestTelemetry.Current?.ProviderCallBegins();
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            outcome = (int)response.StatusCode switch { >= 500 => "server_error", 408 or 429 => "throttled", _ => "answered" };
            return response;
        }
        catch (Exception e)
        {
            outcome = e switch
            {
                TimeoutRejectedException => "timeout",
                BrokenCircuitException => "not_sent",
                OperationCanceledException => cancellationToken.IsCancellationRequested ? "given_up" : "timeout",
                HttpRequestException or IOException => "connection",
                ExecutionRejectedException => "not_sent",
                _ => "failed",
            };
            throw;
        }
        finally
        {
            RequestTelemetry.Current?.ProviderCallEnds();
            span?.SetTag("outcome", outcome);
            if (outcome != "answered") span?.SetStatus(ActivityStatusCode.Error);
            Instruments.ProviderTook(provider, mode, operation, outcome, clock.GetElapsedTime(began));
        }
    }

    /// <summary>The method and the last two words of the path: <c>POST payments/pay</c>. What holds a digit or looks like an object's id is no word.</summary>
    internal static partial class OperationName
    {
        // Ours are some forty. Should a provider's paths hold ids of another look some day, the metrics must not grow with them.
        private const int MostNames = 100;

        private static readonly ConcurrentDictionary<string, byte> Known = new(StringComparer.Ordinal);

        public static string Of(HttpRequestMessage request)
        {
            var words = (request.RequestUri?.AbsolutePath ?? "").Split('/').Where(part => Word().IsMatch(part) && !ObjectId().IsMatch(part)).TakeLast(2);
            var name = $"{request.Method.Method} {string.Join('/', words)}";
            return Known.ContainsKey(name) || (Known.Count < MostNames && Known.TryAdd(name, 0)) ? name : "other";
        }

        [GeneratedRegex(@"^[A-Za-z][A-Za-z_.]*\z")]
        private static partial Regex Word();

        [GeneratedRegex("^(pi|pm|cus|seti|cs|re|pyr|du|dp|ch|src|tok)_")]
        private static partial Regex ObjectId();
    }
}
