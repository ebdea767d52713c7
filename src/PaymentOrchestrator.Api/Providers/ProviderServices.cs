using Microsoft.Extensions.DependencyInjection.Extensions;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers;

internal static class ProviderServices
{
    /// <summary>Registers the <see cref="ProviderDirectory"/> over what <c>Providers:Test:*</c> and <c>Providers:Live:*</c> configure.</summary>
    /// <exception cref="InvalidOperationException">The configuration is half filled or mixes the modes: at start, before anything is served.</exception>
    public static IServiceCollection AddProviders(this IServiceCollection services, IConfiguration configuration) =>
        services.AddProviders(configuration, ProviderRegistry.All);

    public static IServiceCollection AddProviders(this IServiceCollection services, IConfiguration configuration, IReadOnlyList<ProviderRegistration> registry)
    {
        var (test, live) = ProviderOptions.Read(configuration, registry);
        AddClients(services, Mode.Test, test);
        AddClients(services, Mode.Live, live);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(registry);
        services.AddSingleton<ProviderCircuits>();
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
        foreach (var (provider, configured) in options.Configured)
            services.AddProviderClient(ProviderHttp.ClientName(provider.Capabilities.Name, mode), configured.BaseUrl);
    }
}
