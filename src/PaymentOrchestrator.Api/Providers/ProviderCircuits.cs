using System.Collections.Concurrent;
using Polly.CircuitBreaker;

namespace PaymentOrchestrator.Api.Providers;

/// <summary>How this instance's circuits towards the providers stand.</summary>
internal sealed class ProviderCircuits
{
    private readonly ConcurrentDictionary<string, CircuitBreakerStateProvider> states = new(StringComparer.Ordinal);

    /// <param name="client">As in <see cref="ProviderHttp.ClientName"/>.</param>
    public CircuitBreakerStateProvider Of(string client) => states.GetOrAdd(client, _ => new CircuitBreakerStateProvider());

    /// <summary><c>closed</c>: calls go out. <c>open</c>: none does, for some seconds. <c>half_open</c>: the next one decides.</summary>
    public string StateOf(string client) => Of(client).CircuitState switch
    {
        CircuitState.Closed => "closed",
        CircuitState.HalfOpen => "half_open",
        _ => "open",
    };
}
