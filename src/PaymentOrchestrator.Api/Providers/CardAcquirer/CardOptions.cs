using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.CardAcquirer;

internal sealed class CardOptions : IProviderOptions
{
    public static ProviderRegistration Registration { get; } = new(CardProvider.Capabilities, "Card", section => new CardOptions
    {
        BaseUrl = section.Url("BaseUrl"),
        SecretKey = section.Text("SecretKey"),
        WebhookSecret = section.Text("WebhookSecret"),
    });

    /// <summary>Without <c>/v1</c>.</summary>
    public required Uri BaseUrl { get; init; }

    public required string SecretKey { get; init; }

    public required string WebhookSecret { get; init; }

    /// <summary>Stripe serves both modes at one address and tells them apart by the key.</summary>
    public IReadOnlyList<ProviderAddress> Addresses => [new("BaseUrl", BaseUrl, HostNames.Is(BaseUrl, "api.stripe.com") ? SharedHost.ByKey : SharedHost.No)];

    public IReadOnlyList<(string Key, string Value)> Marks => [("SecretKey", SecretKey), ("WebhookSecret", WebhookSecret)];

    public IEnumerable<string> FaultsIn(Mode mode)
    {
        string[] prefixes = mode == Mode.Live ? ["sk_live_", "rk_live_"] : ["sk_test_", "rk_test_"];
        if (!prefixes.Any(prefix => SecretKey.StartsWith(prefix, StringComparison.Ordinal)))
            yield return $"SecretKey is not a key of that mode: it must begin with {string.Join(" or ", prefixes)}";
    }

    public ProviderParts Connect(HttpClient http, TimeProvider time)
    {
        var provider = new CardProvider(http, this, time);
        return new ProviderParts([provider], provider, new CardNotifications(this, time));
    }
}
