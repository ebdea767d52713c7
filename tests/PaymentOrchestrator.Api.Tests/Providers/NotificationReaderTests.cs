using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Api.Providers.Marketplace1688;
using PaymentOrchestrator.Api.Providers.Notifications;
using PaymentOrchestrator.Domain;
using Stripe;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Providers;

public sealed class NotificationReaderTests
{
    private const string Path = "/v1/provider-notifications/x";

    [Theory]
    [InlineData("worldfirst", "WF_CLIENT", "AGREEMENT_PAY", LinkProvider.WorldFirst, "authResult=SUCCESS&code=c1")]
    [InlineData("alipay", "ALI_CLIENT", "AGREEMENT_PAY", LinkProvider.Alipay, "authCode=c1")]
    [InlineData("alipay", "ALI_CLIENT", "BIND_BANK_CARD", LinkProvider.MainlandBank, "authCode=c1")]
    public void An_authorisation_from_an_Ant_gateway_completes_its_linking(
        string provider, string clientId, string scope, LinkProvider linking, string parameters)
    {
        var body = $$"""{"authorizationNotifyType":"AUTHCODE_CREATED","authClientId":"{{clientId}}","authCode":"c1","scopes":["{{scope}}"],"referenceBuyerId":"byr_1"}""";
        AssertAuthorized(Reader(provider), Ant(body, clientId), body, linking, parameters);
    }

    [Fact]
    public void Another_notification_from_an_Ant_gateway_is_ignored_by_its_name()
    {
        foreach (var body in new[] { """{"authorizationNotifyType":"TOKEN_CANCELED"}""", """{"notifyType":"PAYMENT_RESULT"}""", "[]" })
            Assert.IsType<NotificationReading.Ignored>(Read(Reader("alipay"), Ant(body, "ALI_CLIENT"), body));
    }

    [Theory]
    [InlineData("alipay", "ALI_CLIENT", """{"notifyType":"PAYMENT_RESULT","result":{"resultStatus":"S"},"paymentRequestId":"pay_a-1","paymentId":"P1","paymentAmount":{"currency":"CNY","value":"1"}}""")]
    [InlineData("alipay", "ALI_CLIENT", """{"notifyType":"PAYMENT_PENDING","result":{"resultStatus":"S"},"paymentRequestId":"pay_a-1"}""")]
    [InlineData("worldfirst", "WF_CLIENT", """{"notifyType":"TRANSFER_RESULT","transferRequestId":"pay_a-1","transferStatus":"SUCCESS"}""")]
    public void A_movement_told_by_an_Ant_gateway_is_a_hint_by_our_own_ids(string provider, string clientId, string body)
    {
        Assert.Equal(new NotificationReading.PaymentChanged("pay_a-1", "pay_a"), Read(Reader(provider), Ant(body, clientId), body));
        Assert.IsType<NotificationReading.BadSignature>(Read(Reader(provider), Ant(body, clientId), body + " "));
    }

    [Fact]
    public void A_refund_and_an_order_are_hints_too()
    {
        const string refund = """{"notifyType":"REFUND_RESULT","refundRequestId":"ref_a-12","paymentRequestId":"pay_a-1","refundStatus":"SUCCESS"}""";
        Assert.Equal(new NotificationReading.RefundChanged("ref_a-12", "ref_a"), Read(Reader("alipay"), Ant(refund, "ALI_CLIENT"), refund));

        foreach (var message in new[]
        {
            """{"type":"ORDER_BUYER_VIEW_ORDER_PAY","userInfo":"m1","data":{"orderId":12,"currentStatus":"waitsellersend"}}""",
            """{"type":"ORDER_BATCH_PAY","userInfo":"m1","data":{"batchPay":[{"orderId":"12","status":"successed"},{"status":"x"}]}}""",
        })
        {
            var signature = AopSignature.Sign("app-secret-of-1688", "", [new("message", message)]);
            var reading = Read(Reader("marketplace_1688"), [], $"message={Uri.EscapeDataString(message)}&_aop_signature={signature}");
            var changed = Assert.IsType<NotificationReading.OrderChanged>(reading);
            Assert.Equal("12", Assert.Single(changed.OrderIds));
            Assert.Equal("m1", changed.MemberId);
        }
    }

    [Fact]
    public void WorldFirst_gets_a_signed_acknowledgement()
    {
        var answer = Reader("worldfirst").Acknowledge("POST", Path);
        Assert.True(AntSignature.Verify(
            AntKey.ParsePublic(Vectors.PublicKey), answer.Headers["Signature"], "POST", Path, "WF_CLIENT", answer.Headers["Response-Time"], answer.Body));
        Assert.Contains("\"resultStatus\":\"S\"", Encoding.UTF8.GetString(Reader("alipay").Acknowledge("POST", Path).Body), StringComparison.Ordinal);
        Assert.Empty(Reader("card").Acknowledge("POST", Path).Body);
    }

    [Fact]
    public void An_authorisation_from_1688_completes_its_linking()
    {
        const string message = """{"msgId":1,"gmtBorn":1,"type":"MEMBER_AUTHORIZED","userInfo":"m","data":{"code":"c1","login":"alipay","reference":"byr_1"}}""";
        var signature = AopSignature.Sign("app-secret-of-1688", "", [new("message", message)]);
        var body = $"message={Uri.EscapeDataString(message)}&_aop_signature={signature}";
        AssertAuthorized(Reader("marketplace_1688"), [], body, LinkProvider.Marketplace1688, "code=c1&login=alipay");
    }

    [Fact]
    public void A_card_that_was_set_up_completes_its_linking()
    {
        const string body = """{"id":"evt_1","object":"event","type":"setup_intent.succeeded","data":{"object":{"id":"seti_1","metadata":{"buyer_id":"byr_1"}}}}""";
        var headers = new HeaderDictionary
        {
            ["Stripe-Signature"] = EventUtility.GenerateSignatureHeader(body, "whsec_secret", TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()),
        };
        AssertAuthorized(Reader("card"), headers, body, LinkProvider.Card, "setup_intent=seti_1");
    }

    private static void AssertAuthorized(INotificationReader reader, HeaderDictionary headers, string body, LinkProvider provider, string parameters)
    {
        var authorized = Assert.IsType<NotificationReading.AccountAuthorized>(Read(reader, headers, body));
        Assert.Equal(("byr_1", provider), (authorized.BuyerId, authorized.Provider));
        Assert.Equal(parameters, string.Join('&', authorized.Parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key + "=" + pair.Value)));

        Assert.IsType<NotificationReading.BadSignature>(Read(reader, headers, body.Replace("byr_1", "byr_2", StringComparison.Ordinal).Replace("c1", "c2", StringComparison.Ordinal)));
        Assert.IsType<NotificationReading.BadSignature>(Read(reader, [], body.Replace("_aop_signature", "x", StringComparison.Ordinal)));
        Assert.IsType<NotificationReading.BadSignature>(Read(reader, headers, ""));
    }

    private static NotificationReading Read(INotificationReader reader, HeaderDictionary headers, string body) =>
        reader.Read("POST", Path, headers, Encoding.UTF8.GetBytes(body));

    private static HeaderDictionary Ant(string body, string clientId)
    {
        const string time = "1776067200000";
        var signature = AntSignature.Sign(AntKey.ParsePrivate(Vectors.PrivateKey), "POST", Path, clientId, time, Encoding.UTF8.GetBytes(body));
        return new HeaderDictionary { ["Client-Id"] = clientId, ["Request-Time"] = time, ["Signature"] = AntSignature.Header(signature, 1, blanks: false) };
    }

    private static INotificationReader Reader(string provider)
    {
        var configuration = ProviderOptionsTests.Configuration(ProviderOptionsTests.Whole(Mode.Test));
        using var services = new ServiceCollection().AddProviders(configuration).BuildServiceProvider();
        return services.GetRequiredService<ProviderDirectory>().For(Mode.Test).NotificationReader(provider)!;
    }
}
