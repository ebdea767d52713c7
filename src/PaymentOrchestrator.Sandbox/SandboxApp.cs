using Microsoft.Extensions.Configuration.Json;
using PaymentOrchestrator.Sandbox.Alipay;
using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Card;
using PaymentOrchestrator.Sandbox.Marketplace1688;
using PaymentOrchestrator.Sandbox.Rates;
using PaymentOrchestrator.Sandbox.State;
using PaymentOrchestrator.Sandbox.WorldFirst;

namespace PaymentOrchestrator.Sandbox;

/// <summary>The four providers, simulated over HTTP at their real paths under one address.</summary>
public static class SandboxApp
{
    /// <summary>
    /// Builds the application; keys come from the arguments and the environment (see README). Its tables are made when it
    /// starts, before it takes the first request.
    /// </summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        // In one process with the platform, the appsettings.json beside us is the platform's and not ours.
        foreach (var json in builder.Configuration.Sources.OfType<JsonConfigurationSource>().ToList())
            builder.Configuration.Sources.Remove(json);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 1024 * 1024);

        var options = SandboxOptions.From(builder.Configuration);
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => SandboxDb.Open(options.ConnectionString));
        services.AddSingleton<SandboxDb>();
        services.AddSingleton(_ => EcbRates.Load());
        services.AddSingleton<AuthorizationStore>();
        services.AddKeyedSingleton<AntParty>(Providers.WorldFirst, (_, _) => WorldFirstModule.Party(options));
        services.AddKeyedSingleton<AntParty>(Providers.Alipay, (_, _) => AlipayModule.Party(options));
        services.AddHostedService<Schema>();

        var app = builder.Build();
        app.MapWorldFirst();
        app.MapAlipay();
        app.MapMarketplace1688();
        app.MapCard();
        return app;
    }
}
