using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Api.Providers.Notifications;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Providers;

/// <summary>The recipe of src/README.md, done: a provider that the house does not know, in a folder of its own (this file) and with one line in the registry.</summary>
public sealed class FifthProviderTests
{
    private static readonly IReadOnlyList<ProviderRegistration> Registry = [.. ProviderRegistry.All, FifthOptions.Registration];

    [Fact]
    public async Task A_fifth_provider_is_a_folder_and_a_line()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        provider.AnswerPlain(200, "paid");
        using var services = Build(new() { ["Providers:Test:Fifth:BaseUrl"] = provider.Url.AbsoluteUri, ["Providers:Test:Fifth:Token"] = "t-1" });
        var (test, live) = (services.GetRequiredService<ProviderDirectory>().For(Mode.Test), services.GetRequiredService<ProviderDirectory>().For(Mode.Live));

        Assert.Equal("fifth", Assert.Single(test.Capabilities).Name);
        Assert.Empty(live.Capabilities);
        Assert.Equal("fifth", test.NotificationReader("fifth")!.Provider);
        var debit = new Debit("pay_1-1", "pay_1", PaymentMethod.Card, "byr_1", "o", new Money(Currency.Cny, 100), new Money(Currency.Usd, 15), null, new AccountCredential("a", "{}"), provider.Url);
        Assert.Equal(new DebitOutcome.Succeeded("paid", debit.Total, null), await test.Gateway(PaymentMethod.Card)!.DebitAsync(debit, TestContext.Current.CancellationToken));
        Assert.Equal("/debits/pay_1-1", Assert.Single(provider.Requests).Path);
        Assert.Equal("closed", services.GetRequiredService<ProviderCircuits>().StateOf(ProviderHttp.ClientName("fifth", Mode.Test)));
    }

    [Fact]
    public void Its_configuration_is_held_to_the_same_rules_as_everybodys()
    {
        Assert.Contains("Providers:Test:Fifth:Token is missing", Refused(new() { ["Providers:Test:Fifth:BaseUrl"] = "https://a.example" }), StringComparison.Ordinal);
        var both = new Dictionary<string, string?>
        {
            ["Providers:Test:Fifth:BaseUrl"] = "https://a.example/x",
            ["Providers:Test:Fifth:Token"] = "t",
            ["Providers:Live:Fifth:BaseUrl"] = "https://b.example/x",
            ["Providers:Live:Fifth:Token"] = "l",
        };
        Build(both).Dispose();
        Assert.Contains("Providers:Live:Fifth:BaseUrl", Refused(new(both) { ["Providers:Live:Fifth:BaseUrl"] = "https://a.example/y" }), StringComparison.Ordinal);
        Assert.Contains("Providers:Live:Fifth:Token", Refused(new(both) { ["Providers:Live:Fifth:Token"] = "t" }), StringComparison.Ordinal);
    }

    private static ServiceProvider Build(Dictionary<string, string?> settings) =>
        new ServiceCollection().AddLogging().AddProviders(ProviderOptionsTests.Configuration(settings), Registry).BuildServiceProvider();

    private static string Refused(Dictionary<string, string?> settings) => Assert.Throws<InvalidOperationException>(() => Build(settings)).Message;

    private sealed class FifthOptions : IProviderOptions
    {
        public static ProviderRegistration Registration { get; } = new(
            new ProviderCapabilities("fifth", [PaymentMethod.Card], [], [ProviderOperation.Debit, ProviderOperation.Inquire, ProviderOperation.ReceiveNotifications]), "Fifth",
            section => new FifthOptions { BaseUrl = section.Url("BaseUrl"), Token = section.Text("Token") });

        public required Uri BaseUrl { get; init; }

        public required string Token { get; init; }

        public IReadOnlyList<ProviderAddress> Addresses => [new("BaseUrl", BaseUrl)];

        public IReadOnlyList<(string Key, string Value)> Marks => [("Token", Token)];

        public IEnumerable<string> FaultsIn(Mode mode) => [];

        public ProviderParts Connect(HttpClient http, TimeProvider time) => new([], new Fifth(http, this), new FifthNotifications());
    }

    private sealed class Fifth(HttpClient http, FifthOptions options) : IPaymentGateway
    {
        public IReadOnlyList<PaymentMethod> Methods => FifthOptions.Registration.Capabilities.Methods;

        public async Task<DebitOutcome> DebitAsync(Debit debit, CancellationToken cancellationToken)
        {
            try
            {
                using var answer = await http.PostAsync(new Uri(options.BaseUrl, $"/debits/{debit.RequestId}"), new StringContent(""), cancellationToken);
                return answer.IsSuccessStatusCode
                    ? new DebitOutcome.Succeeded(await answer.Content.ReadAsStringAsync(cancellationToken), debit.Total, null)
                    : new DebitOutcome.Unknown($"HTTP {(int)answer.StatusCode}");
            }
            catch (Exception exception) when (ProviderHttp.IsLostCall(exception, cancellationToken))
            {
                return new DebitOutcome.Unknown(ProviderHttp.Describe(exception));
            }
        }

        public Task<DebitOutcome> InquireAsync(Debit debit, CancellationToken cancellationToken) => DebitAsync(debit, cancellationToken);
    }

    private sealed class FifthNotifications : INotificationReader
    {
        public string Provider => "fifth";

        public NotificationReading Read(string method, string path, IHeaderDictionary headers, byte[] body) => new NotificationReading.BadSignature();

        public NotificationAcknowledgement Acknowledge(string method, string path) => NotificationAcknowledgement.Empty;
    }
}
