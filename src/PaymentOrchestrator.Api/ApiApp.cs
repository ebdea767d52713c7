using Mediator;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Disputes;
using PaymentOrchestrator.Api.Eligibility;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Fees;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Ledger;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Network;
using PaymentOrchestrator.Api.Notifications;
using PaymentOrchestrator.Api.Orders;
using PaymentOrchestrator.Api.PaymentOptions;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Api.Rates;
using PaymentOrchestrator.Api.Reconciliations;
using PaymentOrchestrator.Api.Refunds;
using PaymentOrchestrator.Api.Retention;
using PaymentOrchestrator.Api.Returns;
using PaymentOrchestrator.Api.Telemetry;
using PaymentOrchestrator.Api.Webhooks;

namespace PaymentOrchestrator.Api;

/// <summary>The API's table of contents: what it is made of, and which routes it serves.</summary>
public static class ApiApp
{
    /// <summary>The whole API, ready to run. Migrations run at its start where <c>Postgres:MigrateAtStart</c> is true.</summary>
    /// <param name="args">Configuration as <c>--Key value</c>; environment variables serve as well.</param>
    public static WebApplication Build(string[] args) => Build(args, _ => { });

    /// <summary>The API with some of its parts replaced: a clock for tests.</summary>
    public static WebApplication Build(string[] args, Action<IServiceCollection> replace)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = typeof(ApiApp).Assembly.GetName().Name });
        builder.Configuration.AddSettingsFolder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.RedactLogs();
        builder.Logging.AddLogFormat(builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            RequestFaults.Limit(kestrel.Limits);
        });
        AddServices(builder.Services, builder.Configuration);
        replace(builder.Services);
        var app = builder.Build();
        Configure(app);
        return app;
    }

    /// <summary>Enough of the API to write its contract: no database, no providers, no secrets.</summary>
    public static WebApplication BuildForDocument() => Build(
    [
        "--ConnectionStrings:Postgres", "Host=localhost", "--Api:PublicUrl", "http://localhost", "--DataProtection:Key", Convert.ToBase64String(new byte[32]),
    ]);

    private static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(TimeProvider.System);
        services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        services.AddMediator(options => options.ServiceLifetime = ServiceLifetime.Singleton);
        services.AddSingleton(typeof(IPipelineBehavior<,>), typeof(TracingBehavior<,>));
        services.AddSingleton(typeof(IPipelineBehavior<,>), typeof(ValidationBehavior<,>));
        services.AddDocumentation();
        services.AddSingleton<QueryParameters>();

        services.AddHostedService<MigrateAtStart>();
        services.AddSingleton<Db>();
        services.AddAccess();
        Secrets.AddTo(services);
        services.AddSingleton<PublicAddress>();
        services.AddProviders(configuration);

        services.AddRates(configuration);
        services.AddSingleton<FeeScheduleStore>();
        services.AddSingleton<BuyerNetwork>();
        services.AddSingleton<IIpCountry>(_ => configuration["Network:CountryDatabase"] is { } path ? new MaxMindCountries(path) : new RegistryBlocks());

        services.AddSingleton<BuyerStore>();
        services.AddSingleton<LinkedAccountStore>();
        services.AddSingleton<UpkeepSchedule>();
        services.AddSingleton<UpkeepStore>();
        services.AddSingleton<GrantReturns>();
        services.AddHostedService<AccountUpkeep>();
        services.AddSingleton<FactsCache>();
        services.AddSingleton<BuyerFactsReader>();
        services.AddSingleton<ProviderPages>();
        services.AddSingleton<BuyerStanding>();
        services.AddSingleton<OrderCheck>();
        services.AddSingleton<EligibilityStore>();
        services.AddSingleton<QuoteMaker>();
        services.AddSingleton<QuoteStore>();
        services.AddSingleton<OptionPricer>();
        services.AddSingleton(new BankTransferComparison(configuration));
        services.AddSingleton<PaymentOptionsStore>();
        services.AddSingleton(new FailureVelocity(configuration));
        services.AddSingleton<PaymentStore>();
        services.AddSingleton<PaymentReader>();
        services.AddSingleton<PaymentChanges>();
        services.AddSingleton<OpenPaymentStore>();
        services.AddSingleton<PaymentInquiry>();
        services.AddSingleton<PaymentSettlement>();
        services.AddSingleton<ResolverSchedule>();
        services.AddSingleton<NotificationHints>();
        services.AddSingleton<ParkingSchedule>();
        services.AddSingleton<ParkedNotificationStore>();
        services.AddHostedService<ParkedNotificationFollower>();
        services.AddSingleton<NotificationLog>();
        services.AddHostedService<PaymentResolver>();

        services.AddSingleton<RefundStore>();
        services.AddSingleton<OpenRefundStore>();
        services.AddSingleton<RefundChanges>();
        services.AddSingleton<RefundSchedule>();
        services.AddSingleton<RefundInquiry>();
        services.AddHostedService<RefundResolver>();

        services.AddSingleton<DisputeStore>();
        services.AddSingleton<DisputeChanges>();
        services.AddSingleton<DisputeSchedule>();
        services.AddSingleton<DisputeInquiry>();
        services.AddHostedService<DisputeResolver>();

        services.AddSingleton<BooksReader>();
        services.AddSingleton<ReconciliationStore>();
        services.AddSingleton<ReconciliationReader>();
        services.AddSingleton<StatementImport>();

        services.AddSingleton<LedgerReader>();
        services.AddSingleton<LedgerProof>();
        services.AddSingleton<EventReader>();
        services.AddWebhooks();

        services.AddSingleton<RetentionSettings>();
        services.AddSingleton<RetentionStore>();
        services.AddSingleton<RetentionWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<RetentionWorker>());

        services.AddTelemetry(configuration);
    }

    private static void Configure(WebApplication app)
    {
        app.UseHeadAsGet();
        app.UseMiddleware<RequestMeter>();
        app.UseSecurityHeaders();
        app.UseProblemDocuments();
        app.UseMiddleware<CardDataGate>();
        app.UseRouting();
        app.UseMiddleware<BrowserAccess>();
        app.UseMiddleware<ApiKeyGate>();
        app.UseDocumentation();
        HealthEndpoints.Map(app);

        var v1 = app.MapGroup("/v1").AddEndpointFilter(ProblemHandling.RefuseBadParts).AddEndpointFilter(QueryContract.RefuseUnknownParameters);
        ListPaymentMethodsEndpoint.Map(v1);
        ListExchangeRatesEndpoint.Map(v1);
        DecideRateEndpoints.Map(v1);

        PublishFeeScheduleEndpoint.Map(v1);
        PreviewFeeScheduleEndpoint.Map(v1);
        ReadFeeSchedulesEndpoints.Map(v1);

        CreateBuyerEndpoint.Map(v1);
        GetBuyerEndpoint.Map(v1);
        GetBalancesEndpoint.Map(v1);

        LinkAccountEndpoint.Map(v1);
        ReadLinkedAccountsEndpoints.Map(v1);
        RevokeLinkedAccountEndpoint.Map(v1);
        LinkMarketplaceEndpoint.Map(v1);

        CheckEligibilityEndpoint.Map(v1);
        GetEligibilityCheckEndpoint.Map(v1);

        CreateQuoteEndpoint.Map(v1);
        GetQuoteEndpoint.Map(v1);

        CreatePaymentOptionsEndpoint.Map(v1);
        GetPaymentOptionsEndpoint.Map(v1);

        PayEndpoint.Map(v1);
        ListPaymentsEndpoint.Map(v1);
        GetPaymentEndpoint.Map(v1);
        CancelPaymentEndpoint.Map(v1);
        ResolvePaymentEndpoint.Map(v1);

        CreateRefundEndpoint.Map(v1);
        ListRefundsEndpoint.Map(v1);
        GetRefundEndpoint.Map(v1);
        ResolveRefundEndpoint.Map(v1);

        ListDisputesEndpoint.Map(v1);
        GetDisputeEndpoint.Map(v1);

        CreateReconciliationEndpoint.Map(v1);
        ReadReconciliationsEndpoints.Map(v1);
        ListReconciliationLinesEndpoint.Map(v1);
        ListDifferencesEndpoint.Map(v1);
        ResolveDifferenceEndpoint.Map(v1);

        GetTimelineEndpoint.Map(v1);
        ListLedgerEntriesEndpoint.Map(v1);
        ListLedgerBalancesEndpoint.Map(v1);
        ProveLedgerEndpoint.Map(v1);
        ListEventsEndpoint.Map(v1);
        GetEventEndpoint.Map(v1);

        ReturnEndpoint.Map(v1);
        ReceiveNotificationEndpoint.Map(v1);
        ListProvidersEndpoint.Map(v1);

        v1.MapWebhooks();
        v1.MapAccess();

        // Spelt out so that the document knows all routes before the server has started.
#pragma warning disable ASP0014
        app.UseEndpoints(_ => { });
#pragma warning restore ASP0014
        app.RequireDeclaredAccess();
    }
}
