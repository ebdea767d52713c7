using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace PaymentOrchestrator.Benchmarks.Stub;

/// <summary>
/// The providers at their cheapest: right answers over real HTTP, with no database and no check of what came in, so that the cores are left to what is
/// measured. All that is remembered is which orders are paid. Answers of Ant's gateways are signed, as the API believes no others. Runs as a process of its own.
/// </summary>
internal static class ProviderStub
{
    private static readonly ConcurrentDictionary<string, bool> Paid = new(StringComparer.Ordinal);

    /// <summary>Settings by environment: STUB_WORLDFIRST and STUB_ALIPAY are <c>clientId|private key</c>; STUB_MEMBER is the 1688 id of every buyer, STUB_CUSTOMER the acquirer's of every card.</summary>
    public static async Task RunAsync(string url)
    {
        var address = new Uri(url);
        var worldFirst = new AntSigner(Environment.GetEnvironmentVariable("STUB_WORLDFIRST")!);
        var alipay = new AntSigner(Environment.GetEnvironmentVariable("STUB_ALIPAY")!);
        var member = Environment.GetEnvironmentVariable("STUB_MEMBER")!;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Parse(address.Host), address.Port, socket => socket.Run(connection => Wire.ServeAsync(
            connection,
            call => call.Path.StartsWith("/bench/", StringComparison.Ordinal) ? Watch.Answer(call) : Answer(call, worldFirst, alipay, member),
            call =>
            {
                if (Watch.IsOn) Watch.Note(OrderOf(call), call.Began, Stopwatch.GetTimestamp());
            }))));
        await using var app = builder.Build();
        // Whoever started it holds its standard input: it ends with them.
        _ = Task.Run(async () =>
        {
            await Console.OpenStandardInput().CopyToAsync(Stream.Null);
            await app.StopAsync();
        });
        await app.RunAsync();
    }

    private static Wire.Answer Answer(Wire.Call call, AntSigner worldFirst, AntSigner alipay, string member) => call.Path switch
    {
        _ when call.Path.StartsWith("/openapi/", StringComparison.Ordinal) => new(Marketplace(call.Path, Form(call.Body), member)),
        _ when call.Path.StartsWith("/amsin/", StringComparison.Ordinal) => worldFirst.Sign(call.Path, WorldFirst(call.Path, call.Body, member)),
        _ when call.Path.StartsWith("/ams/", StringComparison.Ordinal) => alipay.Sign(call.Path, Alipay(call.Path, call.Body)),
        _ => new(Card(call.Path, call.Body)),
    };

    /// <summary>The marketplace's order that a call is about; null for calls about a buyer or an account.</summary>
    private static string? OrderOf(Wire.Call call)
    {
        var (_, path, body, _) = call;
        if (body.Length == 0) return null;
        if (path.StartsWith("/openapi/", StringComparison.Ordinal)) return Form(body).GetValueOrDefault("orderId");
        if (!path.StartsWith("/am", StringComparison.Ordinal)) return Form(body).GetValueOrDefault("metadata[order_id]");
        using var request = JsonDocument.Parse(body);
        return request.RootElement.TryGetProperty("referenceOrderId", out var order) || (request.RootElement.TryGetProperty("order", out var paid) && paid.TryGetProperty("referenceOrderId", out order))
            ? order.GetString() : null;
    }

    private static byte[] Marketplace(string path, Dictionary<string, string> form, string member) => Bytes(
        path.Contains("alibaba.trade.get.buyerView", StringComparison.Ordinal)
            ? $$$"""{"success":"true","result":{"baseInfo":{"idOfStr":"{{{form["orderId"]}}}","status":"{{{(Paid.ContainsKey(form["orderId"]) ? "waitsellersend" : "waitbuyerpay")}}}","buyerID":"{{{member}}}","totalAmount":"{{{Yuan(form["expectedAmount"])}}}"} } }"""
        : path.Contains("alibaba.account.basic", StringComparison.Ordinal)
            ? """{"success":"true","result":{"status":"enabled","identityVerified":"true","loginType":"alipay"}}"""
        : """{"success":"true","result":{}}""");

    private static byte[] WorldFirst(string path, byte[] body, string member)
    {
        using var request = JsonDocument.Parse(body);
        var root = request.RootElement;
        if (root.TryGetProperty("referenceOrderId", out var paid)) Paid[paid.GetString()!] = true;
        return Bytes(path[(path.LastIndexOf('/') + 1)..] switch
        {
            "inquiryAccount" => $$"""{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"accountStatus":"ACTIVE","kycStatus":"VERIFIED","marketplaceLinks":["{{member}}"]}""",
            "inquiryBalance" => """{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"accountBalances":[{"balanceType":"NORMAL_BALANCE","availableBalance":{"currency":"USD","value":"900000000000"}},{"balanceType":"NORMAL_BALANCE","availableBalance":{"currency":"EUR","value":"900000000000"}}]}""",
            "createQuote" => $$$"""{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"buy":{{{root.GetProperty("buy").GetRawText()}}},"quote":{"quoteId":"{{{Guid.NewGuid():N}}}","quoteCurrencyPair":"{{{root.GetProperty("sell").GetProperty("currency")}}}/CNH","quotePrice":"7.5","quoteStartTime":"{{{Now()}}}","quoteExpiryTime":"{{{Now(minutes: 30)}}}","guaranteed":"true"}}""",
            "createTransfer" => $$$"""{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"transferId":"T{{{root.GetProperty("transferRequestId")}}}","transferRequestId":"{{{root.GetProperty("transferRequestId")}}}","transferFromAmount":{{{root.GetProperty("transferFromAmount").GetRawText()}}},"transferToAmount":{{{root.GetProperty("transferToAmount").GetRawText()}}},"transferStatus":"SUCCESS"}""",
            _ => """{"result":{"resultStatus":"F","resultCode":"ORDER_NOT_EXIST"}}""",
        });
    }

    private static byte[] Alipay(string path, byte[] body)
    {
        using var request = JsonDocument.Parse(body);
        var root = request.RootElement;
        if (root.TryGetProperty("order", out var paid)) Paid[paid.GetProperty("referenceOrderId").GetString()!] = true;
        return Bytes(path[(path.LastIndexOf('/') + 1)..] switch
        {
            "inquiryUserInfo" => """{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"userId":"2088000000000000","accountStatus":"ACTIVE","identityStatus":"VERIFIED","mainlandBankAccount":"true","bankCardLinked":"true","availableBalance":{"currency":"CNY","value":"0"}}""",
            "pay" => $$$"""{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"paymentId":"A{{{root.GetProperty("paymentRequestId")}}}","paymentRequestId":"{{{root.GetProperty("paymentRequestId")}}}","paymentAmount":{{{root.GetProperty("paymentAmount").GetRawText()}}},"paymentStatus":"SUCCESS"}""",
            _ => """{"result":{"resultStatus":"F","resultCode":"ORDER_NOT_EXIST"}}""",
        });
    }

    private static byte[] Card(string path, byte[] body)
    {
        if (path.StartsWith("/v1/payment_methods/", StringComparison.Ordinal))
            return Bytes($$$"""{"id":"{{{path[20..]}}}","object":"payment_method","type":"card","customer":"{{{Environment.GetEnvironmentVariable("STUB_CUSTOMER")}}}","card":{"brand":"visa","last4":"4242","exp_month":12,"exp_year":2034}}""");
        var form = Form(body);
        if (form.TryGetValue("metadata[order_id]", out var order)) Paid[order] = true;
        return Bytes($$$"""
            {"id":"pi_{{{form.GetValueOrDefault("metadata[request_id]")}}}","object":"payment_intent","amount":{{{form.GetValueOrDefault("amount", "0")}}},"amount_received":{{{form.GetValueOrDefault("amount", "0")}}},"currency":"{{{form.GetValueOrDefault("currency")}}}","created":{{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}}},"status":"succeeded","livemode":false,"metadata":{"payment_id":"{{{form.GetValueOrDefault("metadata[payment_id]")}}}","request_id":"{{{form.GetValueOrDefault("metadata[request_id]")}}}"}}
            """);
    }

    private static Dictionary<string, string> Form(byte[] body)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in Encoding.UTF8.GetString(body).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            form[Uri.UnescapeDataString(pair[..at])] = Uri.UnescapeDataString(pair[(at + 1)..].Replace('+', ' '));
        }

        return form;
    }

    private static string Yuan(string fen) => (decimal.Parse(fen, CultureInfo.InvariantCulture) / 100).ToString("F2", CultureInfo.InvariantCulture);

    private static string Now(int minutes = 0) => DateTimeOffset.UtcNow.AddMinutes(minutes).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private sealed class AntSigner
    {
        private readonly string clientId;
        private readonly RSA key = RSA.Create();

        public AntSigner(string setting)
        {
            var parts = setting.Split('|');
            clientId = parts[0];
            key.ImportPkcs8PrivateKey(Convert.FromBase64String(parts[1]), out _);
        }

        public Wire.Answer Sign(string path, byte[] body)
        {
            var time = Now();
            var head = Bytes($"POST {path}\n{clientId}.{time}.");
            var signature = key.SignData([.. head, .. body], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return new(body, $"response-time: {time}\r\nclient-id: {clientId}\r\nsignature: algorithm=RSA256,keyVersion=1,signature={Uri.EscapeDataString(Convert.ToBase64String(signature))}\r\n");
        }
    }
}
