using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Notifications;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Providers;

/// <summary>Linking, paying, refusals, lost answers, notifications, renewal and unlinking with all that there is to log, and nothing secret in it.</summary>
public sealed class ScrubbingTests(TestSystem system)
{
    [Fact]
    public async Task No_token_secret_code_or_card_number_is_logged_in_any_flow_of_a_provider()
    {
        using var log = new Record();
        await using var other = await system.StartOtherAsync(
            TimeProvider.System, services => services.AddSingleton<ILoggerProvider>(log), "--Logging:LogLevel:Default=Debug", "--LinkedAccounts:Upkeep:Interval=00:00:00.1",
            "--Logging:LogLevel:Microsoft.AspNetCore=Information", "--Notifications:Parked:Interval=00:00:00.1");
        var (api, secrets) = (other.Client, new List<string>
        {
            system.Secrets.ApiKey, system.Secrets.CardSecretKey, system.Secrets.CardWebhookSecret, system.Secrets.MarketplaceAppSecret, system.Secrets.DataProtectionKey,
            system.Secrets.AlipayPlatform.PrivateKey, system.Secrets.WorldFirstPlatform.PrivateKey, "4242424242424242",
        });

        var buyer = await api.BuyerAsync();
        foreach (var provider in new[] { "worldfirst", "alipay", "marketplace_1688" })
        {
            var account = (await api.LinkAsync(buyer, provider, provider == "marketplace_1688" ? [("login", "alipay")] : [])).Must(201);
            var back = (await system.Sandbox.AskAsync(HttpMethod.Post, new Uri(account["next_action.url"]), new FormUrlEncodedContent([new("decision", "approve")]))).Must(303).Location;
            secrets.AddRange(QueryHelpers.ParseQuery(back.Query).Where(pair => pair.Key is "code" or "authCode" or "state" or "authState").Select(pair => pair.Value.ToString()));
            (await api.GetAsync(back.PathAndQuery)).Must(303);
            // Used twice.
            (await api.GetAsync(back.PathAndQuery)).Must(400);
        }

        (await api.LinkAsync(buyer, "card", ("payment_method", "pm_card_visa"))).Must(201);
        await system.Sandbox.ReadyAsync(buyer);
        (await api.LinkAsync(buyer, "card", ("payment_method", "pm_card_chargeDeclinedStolenCard"))).Must(201);
        secrets.AddRange(await TokensAsync(other, buyer));
        foreach (var (method, currency, provider, operation) in new[]
        {
            ("world_pay", "USD", "worldfirst", "createTransfer"), ("alipay", "CNY", "alipay", "pay"), ("card", "USD", "card", "payment_intents.create"),
        })
        {
            Assert.Equal("succeeded", (await api.PayAsync((await api.QuoteAsync(buyer, method, currency)).Must(201).Id)).Must(201)["status"]);
            foreach (var fault in provider == "card" ? new[] { "cut_body", "error_after" } : ["cut_body", "error_after", "bad_signature"])
            {
                await system.FaultAsync(buyer, fault, provider, operation);
                var lost = (await api.PayAsync((await api.QuoteAsync(buyer, method, currency)).Must(201).Id)).Must(201);
                Assert.Equal("processing", lost["status"]);
                await Notice.OfPayment(system.Secrets, provider, lost.Id).SendAsync(api);
            }

            await Notice.OfPayment(system.Secrets, provider, Domain.Id<Payments.PaymentResource>.New(7, TimeProvider.System.GetUtcNow()).ToString()).SendAsync(api);
            (await (Notice.OfPayment(system.Secrets, provider, "pay_x") with { Body = "{}" }).SendAsync(api)).Must(401);
        }

        // Renewed, with a lost answer first. An instance of another test on the same database may be quicker, and has a log of its own: then once more.
        bool IsLost() => log.Lines.Any(line => line.Contains("did not say whether it renewed", StringComparison.Ordinal));
        for (var turn = 0; turn < 15 && !IsLost(); turn++)
        {
            await system.FaultAsync(buyer, "cut_body", "worldfirst", "applyToken");
            await system.Database.ExecuteAsync("update linked_accounts set secret_expires_at = now(), upkeep_at = now() where buyer_id = $1 and secret_expires_at is not null", Database.Uuid(buyer));
            for (var patience = 0; patience < 20 && !IsLost(); patience++) await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        secrets.AddRange(await TokensAsync(other, buyer));
        await system.FaultAsync(buyer, "error_before", "alipay", "revoke");
        foreach (var account in (await api.GetAsync($"/v1/buyers/{buyer}/linked-accounts")).Must(200).At("data").EnumerateArray())
            await api.DeleteAsync($"/v1/linked-accounts/{account.GetProperty("id").GetString()}");
        secrets.AddRange(await system.SandboxDatabase.RowsAsync(
            "select refresh_token from grants where buyer_id = $1 union select access_token from access_tokens t join grants g on g.grant_id = t.grant_id where g.buyer_id = $1", buyer));

        var logged = log.Lines.ToList();
        Assert.True(IsLost());
        Assert.True(secrets.Distinct().Count() > 20, "Too few secrets were collected for this test to mean anything.");
        foreach (var secret in secrets.Where(secret => secret.Length > 5).Distinct())
        {
            Assert.DoesNotContain(logged, line => line.Contains(secret, StringComparison.OrdinalIgnoreCase) || line.Contains(Uri.EscapeDataString(secret), StringComparison.OrdinalIgnoreCase));
        }
    }

    private async Task<List<string>> TokensAsync(OtherApi other, string buyer)
    {
        var found = new List<string>();
        foreach (var row in await system.Database.RowsAsync("select secret from linked_accounts where buyer_id = $1 and secret is not null", Database.Uuid(buyer)))
        {
            using var secret = JsonDocument.Parse(other.App.Services.GetRequiredService<Secrets>().Unprotect(row));
            found.AddRange(secret.RootElement.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.String).Select(member => member.Value.GetString()!));
        }

        return found;
    }

    private sealed class Record : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception) + " " + exception);

        public void Dispose()
        {
        }
    }
}
