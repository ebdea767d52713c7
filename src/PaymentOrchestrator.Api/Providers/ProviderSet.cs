using PaymentOrchestrator.Api.Providers.Alipay;
using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Api.Providers.CardAcquirer;
using PaymentOrchestrator.Api.Providers.Marketplace1688;
using PaymentOrchestrator.Api.Providers.Notifications;
using PaymentOrchestrator.Api.Providers.WorldFirst;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers;

/// <summary>The providers of one mode. Null stands for one that is not configured in it.</summary>
internal sealed class ProviderSet
{
    private readonly List<IAccountLinker> linkers = [];
    private readonly List<IPaymentGateway> gateways = [];
    private readonly List<INotificationReader> readers = [];
    private readonly List<ProviderCapabilities> capabilities = [];

    public ProviderSet(Mode mode, ProviderOptions options, IHttpClientFactory http, TimeProvider time)
    {
        Mode = mode;
        HttpClient Client(string provider) => http.CreateClient(ProviderHttp.ClientName(provider, mode));

        if (options.WorldFirst is { } worldFirst)
        {
            WorldFirst = new WorldFirstProvider(new AntClient(Client(WorldFirstProvider.Name), worldFirst.Party, time), worldFirst, time);
            Add(WorldFirstProvider.Capabilities, WorldFirst, WorldFirst, new WorldFirstNotifications(worldFirst.Party, time));
        }

        if (options.Alipay is { } alipay)
        {
            var client = new AntClient(Client(AlipayProvider.Name), alipay.Party, time);
            var consents = new AlipayConsents(client);
            Alipay = new AlipayProvider(client, consents, alipay);
            Add(AlipayProvider.Capabilities, Alipay, Alipay, new AlipayNotifications(alipay.Party));
            linkers.Add(new AlipayBankCardLinker(consents));
        }

        if (options.Marketplace1688 is { } marketplace)
        {
            Marketplace = new Marketplace1688Provider(new AopClient(Client(Marketplace1688Provider.Name), marketplace, time), marketplace, time);
            Add(Marketplace1688Provider.Capabilities, Marketplace, gateway: null, new Marketplace1688Notifications(marketplace));
        }

        if (options.Card is { } card)
        {
            Card = new CardProvider(Client(CardProvider.Name), card, time);
            Add(CardProvider.Capabilities, Card, Card, new CardNotifications(card, time));
        }
    }

    public Mode Mode { get; }

    public WorldFirstProvider? WorldFirst { get; }

    public AlipayProvider? Alipay { get; }

    public Marketplace1688Provider? Marketplace { get; }

    public CardProvider? Card { get; }

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

    private void Add(ProviderCapabilities declared, IAccountLinker linker, IPaymentGateway? gateway, INotificationReader reader)
    {
        capabilities.Add(declared);
        linkers.Add(linker);
        readers.Add(reader);
        if (gateway is not null) gateways.Add(gateway);
    }
}
