using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Http;

/// <summary>Where providers and buyers' browsers reach this API: <c>Api:PublicUrl</c>.</summary>
internal sealed class PublicAddress(IConfiguration configuration)
{
    private readonly Uri root = Uri.TryCreate(configuration["Api:PublicUrl"], UriKind.Absolute, out var uri)
        ? uri
        : throw new InvalidOperationException("Set Api:PublicUrl to the address under which buyers' browsers and providers reach this API.");

    public Uri Return(LinkProvider provider) => new(root, $"/v1/returns/{provider.Code()}");

    public Uri Return(LinkProvider provider, string state) => new(root, $"/v1/returns/{provider.Code()}?state={Uri.EscapeDataString(state)}");

    /// <summary>Where a provider sends what it tells of its own accord.</summary>
    public Uri Notifications(string provider) => new(root, $"/v1/provider-notifications/{provider}");
}
