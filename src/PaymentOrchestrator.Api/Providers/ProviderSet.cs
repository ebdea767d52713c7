using PaymentOrchestrator.Api.Providers.Alipay;
using PaymentOrchestrator.Api.Providers.CardAcquirer;
using PaymentOrchestrator.Api.Providers.Marketplace1688;
using PaymentOrchestrator.Api.Providers.Notifications;
using PaymentOrchestrator.Api.Providers.WorldFirst;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers;

/// <summary>The configured providers of one mode, found by what they can do. Null stands for one that is not configured in it.</summary>
internal sealed class ProviderSet
{
    private readonly List<IAccountLinker> linkers = [];
    private readonly List<IPaymentGateway> gateways = [];
    private readonly List<INotificationReader> readers = [];
    private readonly List<ProviderCapabilities> capabilities = [];

    public ProviderSet(Mode mode, ProviderOptions options, IHttpClientFactory http, TimeProvider time)
    {
        Mode = mode;
        foreach (var (provider, configured) in options.Configured)
        {
            var parts = configured.Connect(http.CreateClient(ProviderHttp.ClientName(provider.Capabilities.Name, mode)), time);
            capabilities.Add(provider.Capabilities);
            linkers.AddRange(parts.Linkers);
            if (parts.Gateway is { } gateway) gateways.Add(gateway);
            if (parts.Notifications is { } reader) readers.Add(reader);
        }
    }

    public Mode Mode { get; }

    // What one provider alone can do is asked of it by name.
    public WorldFirstProvider? WorldFirst => linkers.OfType<WorldFirstProvider>().SingleOrDefault();

    public AlipayProvider? Alipay => linkers.OfType<AlipayProvider>().SingleOrDefault();

    public Marketplace1688Provider? Marketplace => linkers.OfType<Marketplace1688Provider>().SingleOrDefault();

    public CardProvider? Card => linkers.OfType<CardProvider>().SingleOrDefault();

    /// <summary>Of the configured providers.</summary>
    public IReadOnlyList<ProviderCapabilities> Capabilities => capabilities;

    public IAccountLinker? Linker(LinkProvider provider) => linkers.Find(linker => linker.Provider == provider);

    /// <summary>Null also for a provider whose authorisations do not end.</summary>
    public IAccountRefresher? Refresher(LinkProvider provider) => Linker(provider) as IAccountRefresher;

    public IPaymentGateway? Gateway(PaymentMethod method) => gateways.Find(gateway => gateway.Methods.Contains(method));

    /// <summary>Null also for a provider that cannot cancel.</summary>
    public ICancelGateway? CancelGateway(PaymentMethod method) => Gateway(method) as ICancelGateway;

    public IRefundGateway? RefundGateway(PaymentMethod method) => Gateway(method) as IRefundGateway;

    /// <param name="provider">As in <see cref="ProviderCapabilities.Name"/>.</param>
    public IDisputeGateway? DisputeGateway(string provider) => gateways.OfType<IDisputeGateway>().FirstOrDefault(gateway => gateway.DisputeProvider == provider);

    /// <param name="provider">As in <see cref="ProviderCapabilities.Name"/>.</param>
    public IStatementSource? StatementSource(string provider) => gateways.OfType<IStatementSource>().FirstOrDefault(source => source.StatementProvider == provider);

    /// <param name="provider">As in <see cref="ProviderCapabilities.Name"/>.</param>
    public INotificationReader? NotificationReader(string provider) => readers.Find(reader => reader.Provider == provider);
}
