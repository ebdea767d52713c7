using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Providers;

public sealed class ProviderOptionsTests
{
    [Fact]
    public void Without_sections_no_provider_is_configured()
    {
        var (test, live) = Read([]);
        foreach (var options in new[] { test, live }) Assert.Empty(options.Configured);
    }

    [Fact]
    public void A_whole_section_configures_its_provider_in_its_mode_alone()
    {
        var (test, live) = Read(Whole(Mode.Test));
        Assert.Equal(["worldfirst", "alipay", "marketplace_1688", "card"], test.Configured.Select(one => one.Provider.Capabilities.Name));
        Assert.Empty(live.Configured);
    }

    [Fact]
    public void Every_missing_key_is_named_and_no_value_is_told()
    {
        foreach (var key in Whole(Mode.Test).Keys)
        {
            var settings = Whole(Mode.Test);
            settings[key] = " ";
            var exception = Assert.Throws<InvalidOperationException>(() => Read(settings));
            Assert.Contains($"{key} is missing", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Vectors.PrivateKey, exception.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("whsec_", exception.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Test:WorldFirst:BaseUrl", "localhost:5000")]
    [InlineData("Test:WorldFirst:PrivateKey", "c2VjcmV0")]
    [InlineData("Test:Alipay:ProviderPublicKey", "c2VjcmV0")]
    [InlineData("Test:Card:BaseUrl", "ftp://host")]
    [InlineData("Test:Card:BaseUrl", "http://user:secret@host")]
    [InlineData("Live:WorldFirst:BaseUrl", "http://wf.example/amsin/api/v1")]
    [InlineData("Live:Marketplace1688:GatewayUrl", "https://127.0.0.1:5001")]
    public void An_unusable_value_is_refused_by_its_key(string key, string value)
    {
        var settings = Whole(key.StartsWith("Live", StringComparison.Ordinal) ? Mode.Live : Mode.Test);
        settings["Providers:" + key] = value;
        var exception = Assert.Throws<InvalidOperationException>(() => Read(settings));
        Assert.Contains("Providers:" + key, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", exception.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Live:Card:SecretKey", "sk_test_1")]
    [InlineData("Test:Card:SecretKey", "sk_live_1")]
    [InlineData("Live:Alipay:ClientId", "SANDBOX_5X00")]
    [InlineData("Live:WorldFirst:BaseUrl", "https://test.example/amsin/api/v1/")]
    [InlineData("Live:Alipay:BaseUrl", "https://TEST.example:443/ams/api/v1")]
    [InlineData("Live:Marketplace1688:GatewayUrl", "https://test.example")]
    [InlineData("Live:Card:BaseUrl", "https://test.example")]
    [InlineData("Live:WorldFirst:PortalUrl", "https://test.example/elsewhere")]
    [InlineData("Live:Alipay:BaseUrl", "https://test.example./other/api/v1")]
    [InlineData("Live:Marketplace1688:AuthorizeUrl", "https://test.example/amsin/api/v1")]
    [InlineData("Live:Card:BaseUrl", "https://%74est.example")]
    [InlineData("Test:WorldFirst:BaseUrl", "https://open-sea.worldfirst.com/amsin/api/v1")]
    [InlineData("Test:Alipay:ClientId", "5X00", "Test:Alipay:BaseUrl", "https://open-sea-global.alipay.com/ams/api/v1")]
    [InlineData("Test:Marketplace1688:GatewayUrl", "https://gw.open.1688.com")]
    [InlineData("Live:WorldFirst:ClientId", "SANDBOX_5X00")]
    [InlineData("Live:WorldFirst:ClientId", "WF_CLIENT")]
    [InlineData("Live:Alipay:ClientId", "ALI_CLIENT")]
    [InlineData("Live:Marketplace1688:AppKey", "1000000")]
    [InlineData("Live:Marketplace1688:AppSecret", "app-secret-of-1688")]
    [InlineData("Live:Card:WebhookSecret", "whsec_secret")]
    public void What_would_mix_test_and_live_is_refused(string key, string value, string? otherKey = null, string? otherValue = null)
    {
        var settings = Whole(Mode.Test).Concat(Whole(Mode.Live)).ToDictionary();
        _ = Read(settings);
        settings["Providers:" + key] = value;
        if (otherKey is not null) settings["Providers:" + otherKey] = otherValue;
        var exception = Assert.Throws<InvalidOperationException>(() => Read(settings));
        Assert.Contains("Providers:" + key, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(value, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_one_address_of_Stripe_serves_both_modes_because_its_key_decides()
    {
        var settings = Whole(Mode.Test).Concat(Whole(Mode.Live)).ToDictionary();
        settings["Providers:Test:Card:BaseUrl"] = settings["Providers:Live:Card:BaseUrl"] = "https://api.stripe.com";
        var (test, live) = Read(settings);
        Assert.NotNull(test.Find("card"));
        Assert.NotNull(live.Find("card"));
    }

    [Fact]
    public void Antoms_hosts_serve_both_modes_below_different_paths_to_different_clients()
    {
        const string host = "https://open-sea-global.alipay.com";
        var settings = Whole(Mode.Test).Concat(Whole(Mode.Live)).ToDictionary();
        settings["Providers:Test:Alipay:ClientId"] = "SANDBOX_5X00";
        settings["Providers:Test:Alipay:BaseUrl"] = host + "/ams/sandbox/api/v1";
        settings["Providers:Live:Alipay:BaseUrl"] = host + "/ams/api/v1";
        Assert.NotNull(Read(settings).Live.Find("alipay"));
        foreach (var same in new[] { "/ams/sandbox/api/v1", "/ams//sandbox/api/v1/", "/ams/%73andbox/api/v1", "/ams/x/../sandbox/api/v1" })
        {
            settings["Providers:Live:Alipay:BaseUrl"] = host + same;
            Assert.Contains("Providers:Live:Alipay:BaseUrl", Assert.Throws<InvalidOperationException>(() => Read(settings)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_client_calls_no_other_host_than_its_own_whatever_it_is_asked_for()
    {
        using var services = new ServiceCollection().AddProviders(Configuration(Whole(Mode.Test).Concat(Whole(Mode.Live)).ToDictionary())).BuildServiceProvider();
        foreach (var mode in Enum.GetValues<Mode>())
        {
            foreach (var provider in ProviderRegistry.All)
            {
                var client = services.GetRequiredService<IHttpClientFactory>().CreateClient(ProviderHttp.ClientName(provider.Capabilities.Name, mode));
                var other = mode == Mode.Test ? "live" : "test";
                foreach (var url in new[] { $"https://{other}.example/v1/payment_intents", $"http://{mode.Code()}.example/", $"https://{mode.Code()}.example:444/", $"https://{mode.Code()}.example.evil.example/" })
                    await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetAsync(new Uri(url), TestContext.Current.CancellationToken));
            }
        }
    }

    [Fact]
    public void The_directory_knows_what_each_mode_can_do()
    {
        using var services = new ServiceCollection().AddProviders(Configuration(Whole(Mode.Test))).BuildServiceProvider();
        var directory = services.GetRequiredService<ProviderDirectory>();
        var (test, live) = (directory.For(Mode.Test), directory.For(Mode.Live));

        foreach (var provider in Enum.GetValues<LinkProvider>())
        {
            Assert.Equal(provider, test.Linker(provider)?.Provider);
            Assert.Null(live.Linker(provider));
        }

        foreach (var method in PaymentMethods.All)
        {
            Assert.Contains(method, test.Gateway(method)!.Methods);
            Assert.Null(live.Gateway(method));
        }

        Assert.Equal(["worldfirst", "alipay", "marketplace_1688", "card"], test.Capabilities.Select(declared => declared.Name));
        Assert.All(test.Capabilities, declared => Assert.Equal(declared.Name, test.NotificationReader(declared.Name)!.Provider));
        Assert.Null(test.NotificationReader("another"));
        Assert.Empty(live.Capabilities);
    }

    private static (ProviderOptions Test, ProviderOptions Live) Read(IEnumerable<KeyValuePair<string, string?>> settings) =>
        ProviderOptions.Read(Configuration(settings), ProviderRegistry.All);

    internal static Dictionary<string, string?> Whole(Mode mode, string? origin = null)
    {
        var name = mode.ToString();
        origin ??= $"https://{mode.Code()}.example";
        var mark = mode == Mode.Live ? "_LIVE" : "";
        return new Dictionary<string, string?>
        {
            [$"Providers:{name}:WorldFirst:BaseUrl"] = origin + "/amsin/api/v1",
            [$"Providers:{name}:WorldFirst:PortalUrl"] = origin + "/worldfirst/oauth/authorize",
            [$"Providers:{name}:WorldFirst:ClientId"] = "WF_CLIENT" + mark,
            [$"Providers:{name}:WorldFirst:PrivateKey"] = Vectors.PrivateKey,
            [$"Providers:{name}:WorldFirst:ProviderPublicKey"] = Vectors.PublicKey,
            [$"Providers:{name}:Alipay:BaseUrl"] = origin + "/ams/api/v1",
            [$"Providers:{name}:Alipay:ClientId"] = "ALI_CLIENT" + mark,
            [$"Providers:{name}:Alipay:PrivateKey"] = Vectors.PrivateKey,
            [$"Providers:{name}:Alipay:ProviderPublicKey"] = Vectors.PublicKey,
            [$"Providers:{name}:Marketplace1688:GatewayUrl"] = origin,
            [$"Providers:{name}:Marketplace1688:AuthorizeUrl"] = origin + "/oauth/authorize",
            [$"Providers:{name}:Marketplace1688:AppKey"] = "1000000" + mark,
            [$"Providers:{name}:Marketplace1688:AppSecret"] = "app-secret-of-1688" + mark,
            [$"Providers:{name}:Card:BaseUrl"] = origin,
            [$"Providers:{name}:Card:SecretKey"] = $"sk_{mode.Code()}_key",
            [$"Providers:{name}:Card:WebhookSecret"] = "whsec_secret" + mark,
        };
    }

    internal static IConfiguration Configuration(IEnumerable<KeyValuePair<string, string?>> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
}
