using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Api.Providers.Marketplace1688;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.AppHost;
using Stripe;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Notifications;

/// <summary>A notification as a provider sends it: what it says, and the provider's signature over it.</summary>
internal sealed record Notice(string Provider, string Body, string ContentType, IReadOnlyDictionary<string, string> Headers)
{
    public string Path => $"/v1/provider-notifications/{Provider}";

    /// <summary>Of a debit that may have changed.</summary>
    public static Notice OfPayment(LocalSecrets keys, string provider, string payment) => provider switch
    {
        "worldfirst" => WorldFirst(keys, $$"""{"notifyType":"TRANSFER_RESULT","result":{"resultStatus":"S"},"transferRequestId":"{{payment}}-1","transferStatus":"SUCCESS"}"""),
        "alipay" => Alipay(keys, $$"""{"notifyType":"PAYMENT_RESULT","result":{"resultStatus":"S"},"paymentRequestId":"{{payment}}-1"}"""),
        "card" => Card(keys, "payment_intent.succeeded", new JsonObject { ["payment_id"] = payment, ["request_id"] = $"{payment}-1" }),
        _ => throw new ArgumentOutOfRangeException(nameof(provider)),
    };

    /// <summary>Of an order that may have been paid.</summary>
    public static Notice OfOrder(LocalSecrets keys, string order, bool batch = false) => Marketplace(keys, batch
        ? $$$"""{"msgId":"1","type":"ORDER_BATCH_PAY","userInfo":"m","data":{"batchPay":[{"orderId":"another","status":"ACCOUNT_FROZEN"},{"orderId":"{{{order}}}","status":"successed"},null,{}]}}"""
        : $$$"""{"msgId":"1","type":"ORDER_BUYER_VIEW_ORDER_PAY","userInfo":"m","data":{"orderId":"{{{order}}}","currentStatus":"waitsellersend"}}""");

    public static Notice WorldFirst(LocalSecrets keys, string body) => Ant("worldfirst", body, keys.WorldFirstClientId, keys.WorldFirstProvider.PrivateKey);

    public static Notice Alipay(LocalSecrets keys, string body) => Ant("alipay", body, keys.AlipayClientId, keys.AlipayProvider.PrivateKey);

    public static Notice Card(LocalSecrets keys, string type, JsonObject metadata) => Card(keys.CardWebhookSecret, new JsonObject
    {
        ["id"] = "evt_1",
        ["object"] = "event",
        ["type"] = type,
        ["data"] = new JsonObject { ["object"] = new JsonObject { ["id"] = "x_1", ["object"] = "x", ["metadata"] = metadata } },
    }.ToJsonString());

    public static Notice Card(string secret, string body) => new("card", body, "application/json", new Dictionary<string, string>
    {
        ["Stripe-Signature"] = EventUtility.GenerateSignatureHeader(body, secret, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()),
    });

    public static Notice Marketplace(LocalSecrets keys, string message) => new(
        "marketplace_1688", $"message={Uri.EscapeDataString(message)}&_aop_signature={AopSignature.Sign(keys.MarketplaceAppSecret, "", [new("message", message)])}",
        "application/x-www-form-urlencoded", new Dictionary<string, string>());

    public static Notice Ant(string provider, string body, string clientId, string privateKey, Func<string, string>? encode = null)
    {
        var time = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
        var signature = AntSignature.Sign(AntKey.ParsePrivate(privateKey), "POST", $"/v1/provider-notifications/{provider}", clientId, time, Encoding.UTF8.GetBytes(body));
        return new Notice(provider, body, "application/json; charset=UTF-8", new Dictionary<string, string>
        {
            ["Client-Id"] = clientId,
            ["Request-Time"] = time,
            ["Signature"] = $"algorithm=RSA256,keyVersion=1,signature={(encode ?? Uri.EscapeDataString)(signature)}",
        });
    }

    /// <summary>The same without one of its headers, or with another value there.</summary>
    public Notice With(string header, string? value)
    {
        var headers = new Dictionary<string, string>(Headers);
        if (value is null) headers.Remove(header);
        else headers[header] = value;
        return this with { Headers = headers };
    }

    public Task<Answer> SendAsync(ApiClient to) => to.SendAsync(
        HttpMethod.Post, Path, new ByteArrayContent(Encoding.UTF8.GetBytes(Body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(ContentType) } }, null,
        request =>
        {
            foreach (var (name, value) in Headers) Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        });

    /// <summary>Sends it, and holds the answer against what the provider takes for an acknowledgement.</summary>
    public async Task AcknowledgedAsync(ApiClient by, LocalSecrets keys)
    {
        var answer = (await SendAsync(by)).Must(200);
        if (Provider is "worldfirst" or "alipay") Assert.Equal("S", answer["result.resultStatus"]);
        else Assert.Equal("", answer.Text);
        if (Provider == "worldfirst")
        {
            Assert.True(AntSignature.Verify(
                AntKey.ParsePublic(keys.WorldFirstPlatform.PublicKey), answer.Headers["Signature"], "POST", Path, keys.WorldFirstClientId, answer.Headers["Response-Time"],
                Encoding.UTF8.GetBytes(answer.Text)));
        }
    }
}
