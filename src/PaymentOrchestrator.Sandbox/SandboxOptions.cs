namespace PaymentOrchestrator.Sandbox;

/// <summary>One Ant gateway's identity: the platform's client id and public key, and the provider's own private key.</summary>
internal sealed record AntCredentials(string ClientId, string ClientPublicKey, string PrivateKey);

/// <summary>What the sandbox must be told. Every key is needed, so a missing one stops the start by name.</summary>
internal sealed record SandboxOptions
{
    public required string ConnectionString { get; init; }

    /// <summary>Where notifications go; the platform's base address.</summary>
    public required Uri ApiUrl { get; init; }

    /// <summary>Whether payments and refunds are told to the platform.</summary>
    public required bool Notifications { get; init; }

    public required AntCredentials WorldFirst { get; init; }

    public required AntCredentials Alipay { get; init; }

    public required string MarketplaceAppKey { get; init; }

    public required string MarketplaceAppSecret { get; init; }

    public required string CardWebhookSecret { get; init; }

    public static SandboxOptions From(IConfiguration configuration)
    {
        var missing = new List<string>();
        string Required(string key)
        {
            var value = configuration[key];
            if (string.IsNullOrWhiteSpace(value))
                missing.Add(key);
            return value?.Trim() ?? "";
        }

        AntCredentials Ant(string name) => new(
            Required($"Sandbox:{name}:ClientId"),
            Required($"Sandbox:{name}:ClientPublicKey"),
            Required($"Sandbox:{name}:PrivateKey"));

        var connectionString = Required("ConnectionStrings:Sandbox");
        var apiUrl = Required("Sandbox:ApiUrl");
        var worldFirst = Ant("WorldFirst");
        var alipay = Ant("Alipay");
        var appKey = Required("Sandbox:Marketplace1688:AppKey");
        var appSecret = Required("Sandbox:Marketplace1688:AppSecret");
        var webhookSecret = Required("Sandbox:Card:WebhookSecret");
        if (missing.Count > 0)
            throw new InvalidOperationException($"The sandbox's configuration lacks: {string.Join(", ", missing)}.");
        if (!Uri.TryCreate(apiUrl, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new InvalidOperationException("Sandbox:ApiUrl must be an absolute http or https address.");
        var notifications = false;
        if (configuration["Sandbox:Notifications"] is { Length: > 0 } text && !bool.TryParse(text, out notifications))
            throw new InvalidOperationException("Sandbox:Notifications must be true or false.");
        return new SandboxOptions
        {
            ConnectionString = connectionString,
            ApiUrl = uri,
            Notifications = notifications,
            WorldFirst = worldFirst,
            Alipay = alipay,
            MarketplaceAppKey = appKey,
            MarketplaceAppSecret = appSecret,
            CardWebhookSecret = webhookSecret,
        };
    }
}
