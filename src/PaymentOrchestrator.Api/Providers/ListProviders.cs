using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers;

/// <summary>Every provider, whether it is configured in the mode or not.</summary>
public sealed record ProviderList
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";

    public required IReadOnlyList<ProviderResource> Data { get; init; }
}

/// <summary>What one provider can do for us, as its adapter declares it, and how it stands in the mode of the key.</summary>
public sealed record ProviderResource
{
    /// <summary>Always <c>provider</c>.</summary>
    public string Object { get; init; } = "provider";

    /// <summary>A stable code: <c>worldfirst</c>, <c>alipay</c>, <c>marketplace_1688</c>, <c>card</c>.</summary>
    /// <example>worldfirst</example>
    public required string Name { get; init; }

    /// <summary>Whether it can be reached in this mode. What needs one that is not is refused with <c>provider_not_configured</c>.</summary>
    public required bool Configured { get; init; }

    /// <summary>
    /// How this instance's circuit breaker stands: <c>closed</c> (calls go out), <c>open</c> (the provider has all but failed, and nothing is sent to it for two
    /// seconds), <c>half_open</c> (the next call decides). Null where it is not configured.
    /// </summary>
    /// <example>closed</example>
    public required string? Circuit { get; init; }

    /// <summary>The methods that it debits.</summary>
    public required IReadOnlyList<PaymentMethod> Methods { get; init; }

    /// <summary>The accounts that are linked through it.</summary>
    public required IReadOnlyList<LinkProvider> LinkedAccounts { get; init; }

    /// <summary>
    /// What its adapter does: <c>link</c>, <c>refresh_authorization</c>, <c>revoke_authorization</c>, <c>read_facts</c>, <c>read_order</c>, <c>read_pay_ways</c>,
    /// <c>link_marketplace</c>, <c>quote</c>, <c>debit</c>, <c>inquire</c>, <c>cancel</c>, <c>refund</c>, <c>receive_notifications</c>. More may come.
    /// </summary>
    public required IReadOnlyList<string> Operations { get; init; }

    /// <summary>
    /// The currencies that its own documentation lists; null where it publishes no list. What a method can be paid in, and at what price, is at
    /// <c>GET /v1/payment-methods</c>.
    /// </summary>
    public required IReadOnlyList<Currency>? DocumentedCurrencies { get; init; }

    public required ProviderTimeouts Timeouts { get; init; }

    public required ProviderNotificationsResource Notifications { get; init; }

    /// <summary>False in test mode.</summary>
    public required bool Livemode { get; init; }
}

/// <summary>How long a provider is waited for. All in milliseconds.</summary>
public sealed record ProviderTimeouts
{
    /// <summary>To connect.</summary>
    /// <example>3000</example>
    public required int ConnectMs { get; init; }

    /// <summary>One try of a call that only reads.</summary>
    /// <example>3000</example>
    public required int ReadMs { get; init; }

    /// <summary>How often a call that only reads is tried at most. Every other call is sent once.</summary>
    /// <example>3</example>
    public required int ReadTries { get; init; }

    /// <summary>A call that changes something, a debit above all. After this its outcome is unknown and is asked for.</summary>
    /// <example>10000</example>
    public required int WriteMs { get; init; }
}

/// <summary>What a provider tells of its own accord.</summary>
public sealed record ProviderNotificationsResource
{
    /// <summary>Where it sends them: set it in the provider's console.</summary>
    /// <example>https://api.example/v1/provider-notifications/worldfirst</example>
    public required string Url { get; init; }

    /// <summary>The provider's names of those that are acted on; others are acknowledged and have no effect.</summary>
    public required IReadOnlyList<string> Types { get; init; }
}

internal sealed record ListProviders(Caller Caller) : IQuery<Result<ProviderList>>;

internal sealed class ListProvidersHandler(
    IReadOnlyList<ProviderRegistration> registry, ProviderDirectory providers, ProviderCircuits circuits, PublicAddress address) : IQueryHandler<ListProviders, Result<ProviderList>>
{
    public ValueTask<Result<ProviderList>> Handle(ListProviders query, CancellationToken cancellationToken)
    {
        var mode = query.Caller.Mode;
        var configured = providers.For(mode).Capabilities;
        return ValueTask.FromResult<Result<ProviderList>>(new ProviderList { Data = [.. registry.Select(provider => Show(provider.Capabilities))] });

        ProviderResource Show(ProviderCapabilities declared)
        {
            var isConfigured = configured.Contains(declared);
            return new ProviderResource
            {
                Name = declared.Name,
                Configured = isConfigured,
                Circuit = isConfigured ? circuits.StateOf(ProviderHttp.ClientName(declared.Name, mode)) : null,
                Methods = declared.Methods,
                LinkedAccounts = declared.Linkings,
                Operations = declared.Operations,
                DocumentedCurrencies = declared.DocumentedCurrencies,
                Timeouts = new ProviderTimeouts
                {
                    ConnectMs = (int)ProviderHttp.ConnectLimit.TotalMilliseconds,
                    ReadMs = (int)ProviderHttp.ReadLimit.TotalMilliseconds,
                    ReadTries = ProviderHttp.ReadTries,
                    WriteMs = (int)ProviderHttp.SingleCallLimit.TotalMilliseconds,
                },
                Notifications = new ProviderNotificationsResource { Url = address.Notifications(declared.Name).AbsoluteUri, Types = declared.Notifications },
                Livemode = mode == Mode.Live,
            };
        }
    }
}

internal static class ListProvidersEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/providers", async (Caller caller, ISender sender, CancellationToken cancellationToken) =>
            (await sender.Send(new ListProviders(caller), cancellationToken)).Ok())
        .Needs(Scope.Read)
        .WithName("listProviders").WithTags("Providers")
        .WithSummary("List the providers")
        .WithDescription("What each provider can do, how long it is waited for, what it tells us of its own accord, and whether it is configured in the key's mode.")
        .Produces<ProviderList>().Refuses(401);
}
