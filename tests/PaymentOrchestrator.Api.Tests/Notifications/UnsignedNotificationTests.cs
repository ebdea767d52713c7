using System.Security.Cryptography;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Providers;
using PaymentOrchestrator.AppHost;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Notifications;

/// <summary>The signature comes first: without it nothing is believed and nothing is written.</summary>
public sealed class UnsignedNotificationTests(TestSystem system)
{
    private static readonly string[] All = ["worldfirst", "alipay", "card", "marketplace_1688"];

    private ApiClient Keyless => system.ClientWith(null);

    [Fact]
    public async Task A_notification_that_its_provider_has_not_signed_is_refused_and_nothing_is_written()
    {
        var tenant = await system.NewMarketplaceAsync();
        var keys = system.Secrets;
        var known = await system.ExecutedAsync("alipay", tenant.Test);
        var unknown = Id<Payments.PaymentResource>.New(7, TimeProvider.System.GetUtcNow()).ToString();
        var before = await system.Database.FingerprintAsync(tenant.Id);
        foreach (var payment in new[] { known, unknown })
        {
            foreach (var provider in All)
            {
                var notice = provider == "marketplace_1688" ? Notice.OfOrder(keys, payment) : Notice.OfPayment(keys, provider, payment);
                foreach (var (why, forged) in Forgeries(notice, keys))
                {
                    var refused = await forged.SendAsync(Keyless);
                    Assert.True(refused is { Status: 401, Code: "invalid_signature", IsProblem: true }, $"{provider}, {why}: {refused.Status} {refused.Text}");
                }
            }
        }

        Assert.Equal(before, await system.Database.FingerprintAsync(tenant.Id));
        Assert.Empty(await system.Database.RowsAsync("select 1 from parked_notifications where object_id in ($1, $2)", known, unknown));
        Assert.Equal("requires_action", (await tenant.Test.GetAsync($"/v1/payments/{known}"))["status"]);
    }

    [Theory]
    [InlineData("upper")]
    [InlineData("lower")]
    [InlineData("not at all")]
    public async Task A_signature_may_be_percent_encoded_in_either_case_or_not_at_all(string how)
    {
        // As often as it takes to meet a plus, a slash and an equals sign in the signature.
        for (var i = 0; i < 5; i++)
        {
            var body = $$"""{"notifyType":"PAYMENT_RESULT","paymentRequestId":"nobody-{{i}}"}""";
            var notice = Notice.Ant("alipay", body, system.Secrets.AlipayClientId, system.Secrets.AlipayProvider.PrivateKey, base64 => how switch
            {
                "upper" => Uri.EscapeDataString(base64),
                "lower" => Uri.EscapeDataString(base64).Replace("%2B", "%2b", StringComparison.Ordinal).Replace("%2F", "%2f", StringComparison.Ordinal).Replace("%3D", "%3d", StringComparison.Ordinal),
                _ => base64,
            });
            await notice.AcknowledgedAsync(Keyless, system.Secrets);
        }
    }

    [Theory]
    [InlineData("worldfirst")]
    [InlineData("alipay")]
    [InlineData("card")]
    [InlineData("marketplace_1688")]
    public async Task A_body_beyond_the_limit_is_not_read(string provider)
    {
        var notice = provider == "marketplace_1688" ? Notice.OfOrder(system.Secrets, new string('9', 70_000))
            : provider == "card" ? Notice.Card(system.Secrets.CardWebhookSecret, new string(' ', 70_000))
            : Notice.Ant(provider, new string(' ', 70_000), "x", system.Secrets.AlipayProvider.PrivateKey);
        Assert.True((await notice.SendAsync(Keyless)).Must(413, "payload_too_large").IsProblem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"notifyType":{},"paymentRequestId":[1]}""")]
    [InlineData("""{"type":7,"data":{"object":[]}}""")]
    [InlineData("""{"type":"ORDER_BATCH_PAY","data":{"batchPay":[{"orderId":"\u0000"},{"orderId":{}}]}}""")]
    [InlineData("""{"type":"ORDER_BUYER_VIEW_ORDER_PAY","data":{"orderId":"\u0000"}}""")]
    public async Task Whatever_a_provider_signs_is_acknowledged_even_if_it_means_nothing(string body)
    {
        var keys = system.Secrets;
        foreach (var notice in new[] { Notice.WorldFirst(keys, body), Notice.Alipay(keys, body), Notice.Card(keys.CardWebhookSecret, body), Notice.Marketplace(keys, body) })
        {
            var answer = await notice.SendAsync(Keyless);
            Assert.True(answer.Status == 200, $"{notice.Provider}: {answer.Text}");
        }
    }

    [Fact]
    public async Task What_is_signed_in_one_mode_speaks_of_that_mode_alone()
    {
        var live = ProviderOptionsTests.Whole(Mode.Live);
        live["Providers:Live:Card:WebhookSecret"] = "whsec_of_live_mode";
        await using var other = await system.StartOtherAsync(TimeProvider.System, [.. live.Select(setting => $"--{setting.Key}={setting.Value}")]);
        var payment = await system.ExecutedAsync("card");
        var body = Notice.OfPayment(system.Secrets, "card", payment).Body;

        // Live money's secret, a payment of test money: it is here, and it is not meant.
        (await Notice.Card("whsec_of_live_mode", body).SendAsync(other.Client)).Must(200);
        Assert.Equal("requires_action", (await system.Api.GetAsync($"/v1/payments/{payment}"))["status"]);
        Assert.Empty(await system.Database.RowsAsync("select 1 from parked_notifications where object_id = $1", payment));
        // An instance that knows no live mode does not know its secret either.
        (await Notice.Card("whsec_of_live_mode", body).SendAsync(Keyless)).Must(401, "invalid_signature");

        (await Notice.Card(system.Secrets.CardWebhookSecret, body).SendAsync(other.Client)).Must(200);
        await system.AssertSucceededOnceAsync(payment);
    }

    private static IEnumerable<(string Why, Notice Forged)> Forgeries(Notice notice, LocalSecrets keys)
    {
        yield return ("a byte was changed", notice with { Body = notice.Body.Replace("type", "tYpe", StringComparison.OrdinalIgnoreCase) });
        yield return ("a byte was added", notice with { Body = notice.Provider == "marketplace_1688" ? notice.Body.Replace("&_aop", "%20&_aop", StringComparison.Ordinal) : notice.Body + " " });
        foreach (var header in notice.Headers.Keys)
        {
            yield return ($"no {header}", notice.With(header, null));
            yield return ($"empty {header}", notice.With(header, ""));
        }

        switch (notice.Provider)
        {
            case "worldfirst" or "alipay":
                using (var rsa = RSA.Create(2048))
                {
                    var clientId = notice.Headers["Client-Id"];
                    yield return ("another key", Notice.Ant(notice.Provider, notice.Body, clientId, Convert.ToBase64String(rsa.ExportPkcs8PrivateKey())));
                    yield return ("another client id", notice.With("Client-Id", "ANOTHER"));
                    yield return ("signed for another client", Notice.Ant(
                        notice.Provider, notice.Body, "ANOTHER", notice.Provider == "worldfirst" ? keys.WorldFirstProvider.PrivateKey : keys.AlipayProvider.PrivateKey));
                    yield return ("another time", notice.With("Request-Time", "1776067200000"));
                    yield return ("the other provider's key", Notice.Ant(
                        notice.Provider, notice.Body, clientId, notice.Provider == "worldfirst" ? keys.AlipayProvider.PrivateKey : keys.WorldFirstProvider.PrivateKey));
                    yield return ("a blank for a plus", notice.With("Signature", notice.Headers["Signature"].Replace("%2B", " ", StringComparison.Ordinal) + "AA"));
                    yield return ("no signature in the header", notice.With("Signature", "algorithm=RSA256,keyVersion=1"));
                    yield return ("two signatures in the header", notice.With("Signature", notice.Headers["Signature"] + ",signature=x"));
                }

                break;
            case "card":
                yield return ("another secret", Notice.Card("whsec_another", notice.Body));
                yield return ("an old signature", notice.With("Stripe-Signature", Stripe.EventUtility.GenerateSignatureHeader(
                    notice.Body, keys.CardWebhookSecret, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 301)));
                yield return ("a signature of the future", notice.With("Stripe-Signature", Stripe.EventUtility.GenerateSignatureHeader(
                    notice.Body, keys.CardWebhookSecret, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 400)));
                yield return ("v0 instead of v1", notice.With("Stripe-Signature", notice.Headers["Stripe-Signature"].Replace("v1=", "v0=", StringComparison.Ordinal)));
                break;
            default:
                yield return ("no signature", notice with { Body = notice.Body[..notice.Body.IndexOf("&_aop", StringComparison.Ordinal)] });
                yield return ("lower case", notice with { Body = notice.Body[..^40] + notice.Body[^40..].ToLowerInvariant() + "0" });
                yield return ("two messages", notice with { Body = "message=%7B%7D&" + notice.Body });
                break;
        }
    }
}
