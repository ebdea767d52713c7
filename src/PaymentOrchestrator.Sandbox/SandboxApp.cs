using System.Text.Json;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.FileProviders;
using Microsoft.OpenApi;
using PaymentOrchestrator.Sandbox.Alipay;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Card;
using PaymentOrchestrator.Sandbox.Consent;
using PaymentOrchestrator.Sandbox.Controls;
using PaymentOrchestrator.Sandbox.Faults;
using PaymentOrchestrator.Sandbox.Marketplace1688;
using PaymentOrchestrator.Sandbox.Notifications;
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
    public static WebApplication Build(string[] args) => Build(args, _ => { });

    /// <summary>The sandbox with some of its parts replaced: a clock for tests.</summary>
    public static WebApplication Build(string[] args, Action<IServiceCollection> replace)
    {
        var builder = WebApplication.CreateBuilder(args);
        // In one process with the platform, the appsettings.json beside us is the platform's and not ours.
        foreach (var json in builder.Configuration.Sources.OfType<JsonConfigurationSource>().ToList())
            builder.Configuration.Sources.Remove(json);
        // One file per key, as container engines mount secrets; environment and arguments come before it.
        if (builder.Configuration["Settings:Folder"] is { Length: > 0 } folder)
            builder.Configuration.Sources.Insert(0, new KeyPerFileConfigurationSource { FileProvider = new PhysicalFileProvider(Path.GetFullPath(folder)), Optional = false });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 1024 * 1024);
        AddServices(builder.Services, SandboxOptions.From(builder.Configuration));
        replace(builder.Services);

        var app = builder.Build();
        app.UseMiddleware<FaultInjection>();
        app.UseFailures();
        app.MapWorldFirst();
        app.MapAlipay();
        app.MapMarketplace1688();
        app.MapCard();
        app.MapPortals();
        app.MapControls();
        app.MapFaults();
        app.UseSwagger();
        app.UseSwaggerUI(ui => ui.DocumentTitle = "Providers' sandbox");
        app.MapGet("/", () => Results.Redirect("/swagger")).ExcludeFromDescription();
        return app;
    }

    private static void AddServices(IServiceCollection services, SandboxOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => SandboxDb.Open(options.ConnectionString));
        services.AddSingleton<SandboxDb>();
        services.AddHostedService<Schema>();
        services.AddSingleton(EcbRates.Load());
        services.AddSingleton<AuthorizationStore>();
        services.AddKeyedSingleton(Providers.WorldFirst, (_, _) => WorldFirstModule.Party(options));
        services.AddKeyedSingleton(Providers.Alipay, (_, _) => AlipayModule.Party(options));
        services.AddSingleton<ActingAsBuyer>();
        services.AddSingleton<FaultStore>();
        services.AddSingleton<FaultInjection>();
        services.AddSingleton<NotificationSigner>();
        services.AddSingleton<PlatformNotifier>();
        services.AddHostedService<NotificationSender>();
        services.AddProblemDetails();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(swagger =>
        {
            swagger.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = "Providers' sandbox",
                Version = "v1",
                Description = "Controls of the simulated providers. The providers' own interfaces are described in the project's README.",
            });
            swagger.IncludeXmlComments(typeof(SandboxApp).Assembly);
        });
    }
}
