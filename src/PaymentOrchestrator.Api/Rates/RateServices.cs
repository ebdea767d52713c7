namespace PaymentOrchestrator.Api.Rates;

internal static class RateServices
{
    /// <exception cref="InvalidOperationException">Two sources are configured at once.</exception>
    public static void AddRates(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<RateSettings>();
        services.AddSingleton<ReferenceRates>();
        services.AddSingleton<RateStore>();
        services.AddSingleton<RateReader>();
        var table = configuration.GetSection(RateTableFeed.Section).Exists();
        if (table && configuration["Rates:Ecb:Url"] is not null) throw new InvalidOperationException($"Set Rates:Ecb:Url or {RateTableFeed.Section}, not both.");
        if (table) services.AddSingleton<IRateFeed, RateTableFeed>();
        else if (configuration["Rates:Ecb:Url"] is not null) services.AddSingleton<IRateFeed, EcbHttpFeed>();
        else services.AddSingleton<IRateFeed, EcbFileFeed>();
        services.AddHostedService<RatePoller>();
        services.AddSingleton<RateJournal>();
        services.AddHostedService(provider => provider.GetRequiredService<RateJournal>());
    }
}
