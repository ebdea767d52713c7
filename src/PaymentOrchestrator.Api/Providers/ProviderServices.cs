using Microsoft.Extensions.DependencyInjection.Extensions;
using PaymentOrchestrator.Api.Providers.Alipay;
using PaymentOrchestrator.Api.Providers.CardAcquirer;
using PaymentOrchestrator.Api.Providers.Marketplace1688;
using PaymentOrchestrator.Api.Providers.WorldFirst;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers;

internal static class ProviderServices
{
    /// <summary>Registers the <see cref="ProviderDirectory"/> over what <c>Providers:Test:*</c> and <c>Providers:Live:*</c> configure.</summary>
    /// <exception cref="InvalidOperationException">The configuration is half filled or mixes the modes: at start, before anything is served.</exception>
    public static IServiceCollection AddProviders(this IServiceCollection services, IConfiguration configuration)
    {
        var (test, live) = ProviderOptions.Read(configuration);
        AddClients(services, Mode.Test, test);
        AddClients(services, Mode.Live, live);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider =>
        {
            var (http, time) = (provider.GetRequiredService<IHttpClientFactory>(), provider.GetRequiredService<TimeProvider>());
            return new ProviderDirectory(new ProviderSet(Mode.Test, test, http, time), new ProviderSet(Mode.Live, live, http, time));
        });
        // The directory needs the factory also where no provider is configured.
        return services.AddHttpClient();
    }

    private static void AddClients(IServiceCollection services, Mode mode, ProviderOptions options)
    {
        AddClient(WorldFirstProvider.Name, options.WorldFirst?.Party.BaseUrl);
        AddClient(AlipayProvider.Name, options.Alipay?.Party.BaseUrl);
        AddClient(Marketplace1688Provider.Name, options.Marketplace1688?.GatewayUrl);
        AddClient(CardProvider.Name, options.Card?.BaseUrl);

        void AddClient(string provider, Uri? baseUrl)
        {
            if (baseUrl is not null) services.AddProviderClient(ProviderHttp.ClientName(provider, mode), baseUrl);
        }
    }
}
