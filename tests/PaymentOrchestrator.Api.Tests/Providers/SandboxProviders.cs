using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Api.Providers.Notifications;
using PaymentOrchestrator.Api.Tests.Providers;
using PaymentOrchestrator.AppHost.Postgres;
using PaymentOrchestrator.Domain;
using PaymentOrchestrator.Sandbox;
using Xunit;

[assembly: AssemblyFixture(typeof(SandboxProviders))]

namespace PaymentOrchestrator.Api.Tests.Providers;

/// <summary>The sandbox on a real socket with a PostgreSQL of its own, our adapters configured towards it, and an ear for its notifications.</summary>
public sealed class SandboxProviders : IAsyncLifetime
{
    private static readonly Uri ReturnUrl = new("https://api.example/v1/returns/x");

    private readonly string folder = Path.Combine(Path.GetTempPath(), $"sandbox-tests-{Guid.NewGuid():N}");
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly ConcurrentBag<NotificationReading> readings = [];
    private PostgresServer postgres = null!;
    private WebApplication ear = null!;
    private WebApplication sandbox = null!;
    private ServiceProvider services = null!;

    internal ProviderSet Set => services.GetRequiredService<ProviderDirectory>().For(Mode.Test);

    /// <summary>What arrived and verified.</summary>
    internal IReadOnlyCollection<NotificationReading> Readings => readings;

    public async ValueTask InitializeAsync()
    {
        postgres = await PostgresServer.StartAsync(new PostgresServerOptions { DataFolder = folder, Durable = false, Fresh = true, DeleteAtEnd = true }, CancellationToken.None);
        await postgres.EnsureDatabaseAsync("sandbox");
        ear = await ListenAsync();
        sandbox = SandboxApp.Build(
        [
            "--urls=http://127.0.0.1:0", $"--ConnectionStrings:Sandbox={postgres.ConnectionString("sandbox")}", $"--Sandbox:ApiUrl={ear.Urls.Single()}",
            "--Sandbox:Notifications=true",
            "--Sandbox:WorldFirst:ClientId=WF_CLIENT", $"--Sandbox:WorldFirst:ClientPublicKey={Vectors.PublicKey}", $"--Sandbox:WorldFirst:PrivateKey={Vectors.PrivateKey}",
            "--Sandbox:Alipay:ClientId=ALI_CLIENT", $"--Sandbox:Alipay:ClientPublicKey={Vectors.PublicKey}", $"--Sandbox:Alipay:PrivateKey={Vectors.PrivateKey}",
            "--Sandbox:Marketplace1688:AppKey=1000000", "--Sandbox:Marketplace1688:AppSecret=app-secret-of-1688", "--Sandbox:Card:WebhookSecret=whsec_secret",
        ]);
        await sandbox.StartAsync();
        http.BaseAddress = new Uri(sandbox.Urls.Single());
        var configuration = ProviderOptionsTests.Configuration(ProviderOptionsTests.Whole(Mode.Test, sandbox.Urls.Single()));
        services = new ServiceCollection().AddLogging().AddProviders(configuration).BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await sandbox.DisposeAsync();
        await ear.DisposeAsync();
        await services.DisposeAsync();
        http.Dispose();
        await postgres.DisposeAsync();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    internal static string NewBuyer() => $"byr_{Guid.NewGuid():N}";

    /// <summary>Links an account in the way a buyer does, with the provider's page approved.</summary>
    internal async Task<AccountCredential> LinkAsync(LinkProvider provider, string buyer, string? paymentMethod = null)
    {
        var linker = Set.Linker(provider)!;
        var state = $"{Guid.NewGuid():N}{Guid.NewGuid():N}"[..43];
        var login = provider == LinkProvider.Marketplace1688 ? "alipay" : null;
        var started = await linker.StartAsync(new LinkRequest(buyer, ReturnUrl, state, login, paymentMethod, null), CancellationToken.None);
        var start = Assert.IsType<ProviderAnswer<LinkStart>.Ok>(started).Value;
        if (start is LinkStart.Redirect page)
        {
            var back = await DecideAsync(page.Url, "approve");
            var parameters = QueryHelpers.ParseQuery(back.Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
            var grant = await linker.CompleteAsync(new LinkCompletion(parameters, ReturnUrl, page.Session, null), CancellationToken.None);
            return Credential(Assert.IsType<ProviderAnswer<AccountGrant>.Ok>(grant).Value);
        }

        return Credential(Assert.IsType<LinkStart.Granted>(start).Grant);

        static AccountCredential Credential(AccountGrant grant) => new(grant.ProviderAccountId, grant.Secret);
    }

    /// <summary>Decides on a page of the sandbox, and tells where the buyer is sent.</summary>
    internal async Task<Uri> DecideAsync(Uri page, string decision)
    {
        using var form = new FormUrlEncodedContent([new("decision", decision)]);
        using var answer = await http.PostAsync(page, form);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return answer.Headers.Location!;
    }

    internal Task PatchAsync(string buyer, string json) => SendAsync(HttpMethod.Patch, $"/sandbox/buyers/{buyer}", json, HttpStatusCode.OK);

    internal Task FaultAsync(string json) => SendAsync(HttpMethod.Post, "/sandbox/faults", json, HttpStatusCode.Created);

    internal async Task<string> RefusedFaultAsync(string json) => await SendAsync(HttpMethod.Post, "/sandbox/faults", json, HttpStatusCode.BadRequest);

    internal async Task<JsonElement> BuyerAsync(string buyer) => await http.GetFromJsonAsync<JsonElement>($"/sandbox/buyers/{buyer}");

    /// <summary>What was really executed for a payment, as "operation currency value".</summary>
    internal async Task<string[]> ExecutionsAsync(string payment)
    {
        var list = await http.GetFromJsonAsync<JsonElement>($"/sandbox/executions?payment={payment}");
        return [.. list.GetProperty("data").EnumerateArray().Select(item =>
            $"{item.Text("operation")} {item.GetProperty("amount").Text("currency")} {item.GetProperty("amount").GetProperty("value").GetInt64()}")];
    }

    /// <summary>The notifications of a buyer, as the sandbox has them.</summary>
    internal async Task<List<JsonElement>> NotificationsAsync(string buyer) =>
        [.. (await http.GetFromJsonAsync<JsonElement>($"/sandbox/notifications?buyer={buyer}")).GetProperty("data").EnumerateArray()];

    internal static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        for (var tries = 0; tries < 100; tries++)
        {
            if (await condition()) return;
            await Task.Delay(100);
        }

        Assert.Fail("It did not happen within ten seconds.");
    }

    private async Task<string> SendAsync(HttpMethod method, string path, string json, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };
        using var answer = await http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == answer.StatusCode, body);
        return body;
    }

    /// <summary>Takes notifications as the platform does: signature first, then the provider's own acknowledgement.</summary>
    private async Task<WebApplication> ListenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(async context =>
        {
            using var buffer = new MemoryStream();
            await context.Request.Body.CopyToAsync(buffer);
            var reader = Set.NotificationReader(context.Request.Path.Value!.Split('/')[^1])!;
            var reading = reader.Read(context.Request.Method, context.Request.Path, context.Request.Headers, buffer.ToArray());
            if (reading is NotificationReading.BadSignature)
            {
                context.Response.StatusCode = 401;
                return;
            }

            readings.Add(reading);
            var acknowledgement = reader.Acknowledge(context.Request.Method, context.Request.Path);
            context.Response.ContentType = acknowledgement.ContentType;
            foreach (var (name, value) in acknowledgement.Headers) context.Response.Headers[name] = value;
            await context.Response.Body.WriteAsync(acknowledgement.Body);
        });
        await app.StartAsync();
        return app;
    }
}
