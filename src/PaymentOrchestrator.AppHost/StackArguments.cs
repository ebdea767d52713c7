namespace PaymentOrchestrator.AppHost;

/// <summary>
/// What the two applications are told, as configuration arguments. They stay in this process: nothing of it shows in a process list.
/// </summary>
internal static class StackArguments
{
    // The host prints its own summary; the framework's start-up lines would bury it.
    private static readonly (string, string)[] Quiet =
    [
        ("Logging:LogLevel:Microsoft.Hosting.Lifetime", "Warning"),
        ("Logging:LogLevel:Microsoft.AspNetCore", "Warning"),
        ("Logging:LogLevel:System.Net.Http.HttpClient", "Warning"),
        // For a person, also where the output goes to a file.
        ("Logging:Console:FormatterName", "simple"),
    ];

    public static string[] ForSandbox(int port, string connectionString, string apiUrl, LocalSecrets secrets) => Format(
    [
        .. Quiet,
        ("urls", Ports.ListenUrls(port)),
        ("ConnectionStrings:Sandbox", connectionString),
        ("Sandbox:ApiUrl", apiUrl),
        ("Sandbox:Notifications", "true"),
        ("Sandbox:WorldFirst:ClientId", secrets.WorldFirstClientId),
        ("Sandbox:WorldFirst:ClientPublicKey", secrets.WorldFirstPlatform.PublicKey),
        ("Sandbox:WorldFirst:PrivateKey", secrets.WorldFirstProvider.PrivateKey),
        ("Sandbox:Alipay:ClientId", secrets.AlipayClientId),
        ("Sandbox:Alipay:ClientPublicKey", secrets.AlipayPlatform.PublicKey),
        ("Sandbox:Alipay:PrivateKey", secrets.AlipayProvider.PrivateKey),
        ("Sandbox:Marketplace1688:AppKey", secrets.MarketplaceAppKey),
        ("Sandbox:Marketplace1688:AppSecret", secrets.MarketplaceAppSecret),
        ("Sandbox:Card:WebhookSecret", secrets.CardWebhookSecret),
    ]);

    public static string[] ForApi(int port, string connectionString, string apiUrl, string sandboxUrl, LocalSecrets secrets) => Format(
    [
        .. Quiet,
        ("urls", Ports.ListenUrls(port)),
        ("ConnectionStrings:Postgres", connectionString),
        ("Postgres:MigrateAtStart", "true"),
        ("Api:PublicUrl", apiUrl),
        ("DataProtection:Key", secrets.DataProtectionKey),
        ("Webhooks:AllowLoopbackHttp", "true"),
        // The demo marketplace: whoever tries things out is not held back.
        ("RateLimits:UnlimitedMarketplaces", "1"),
        // Everything here is this machine's own: Swagger UI begins with the key that the summary prints.
        ("Documentation:DemoKey", secrets.ApiKey),
        // What the sandbox is told of a buyer shows in the very next answer.
        ("Facts:MaxAge", "00:00:00"),
        ("Providers:Test:WorldFirst:Pages:Identity", $"{sandboxUrl}/worldfirst/identity"),
        ("Providers:Test:WorldFirst:Pages:TopUp", $"{sandboxUrl}/worldfirst/top-up"),
        ("Providers:Test:Alipay:Pages:Identity", $"{sandboxUrl}/alipay/identity"),
        ("Providers:Test:Alipay:Pages:TopUp", $"{sandboxUrl}/alipay/top-up"),
        ("Providers:Test:Marketplace1688:Pages:Identity", $"{sandboxUrl}/1688/identity"),
        ("Providers:Test:WorldFirst:BaseUrl", $"{sandboxUrl}/amsin/api/v1"),
        ("Providers:Test:WorldFirst:PortalUrl", $"{sandboxUrl}/worldfirst/oauth/authorize"),
        ("Providers:Test:WorldFirst:ClientId", secrets.WorldFirstClientId),
        ("Providers:Test:WorldFirst:PrivateKey", secrets.WorldFirstPlatform.PrivateKey),
        ("Providers:Test:WorldFirst:ProviderPublicKey", secrets.WorldFirstProvider.PublicKey),
        ("Providers:Test:Alipay:BaseUrl", $"{sandboxUrl}/ams/api/v1"),
        ("Providers:Test:Alipay:ClientId", secrets.AlipayClientId),
        ("Providers:Test:Alipay:PrivateKey", secrets.AlipayPlatform.PrivateKey),
        ("Providers:Test:Alipay:ProviderPublicKey", secrets.AlipayProvider.PublicKey),
        ("Providers:Test:Marketplace1688:GatewayUrl", sandboxUrl),
        ("Providers:Test:Marketplace1688:AuthorizeUrl", $"{sandboxUrl}/oauth/authorize"),
        ("Providers:Test:Marketplace1688:AppKey", secrets.MarketplaceAppKey),
        ("Providers:Test:Marketplace1688:AppSecret", secrets.MarketplaceAppSecret),
        ("Providers:Test:Card:BaseUrl", sandboxUrl),
        ("Providers:Test:Card:SecretKey", secrets.CardSecretKey),
        ("Providers:Test:Card:WebhookSecret", secrets.CardWebhookSecret),
    ]);

    private static string[] Format((string Key, string Value)[] settings) =>
        Array.ConvertAll(settings, setting => $"--{setting.Key}={setting.Value}");
}
