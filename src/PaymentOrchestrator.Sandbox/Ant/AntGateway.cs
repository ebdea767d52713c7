using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using PaymentOrchestrator.Sandbox.Faults;

namespace PaymentOrchestrator.Sandbox.Ant;

internal delegate Task<AntReply> AntHandler(AntCall call);

/// <summary>
/// The door of one Ant provider: checks who calls, finds the operation, signs the answer. Every business outcome is
/// HTTP 200; only our own failure is not, and it goes out unsigned, so that the caller takes it for unknown.
/// </summary>
internal sealed class AntGateway(AntParty party, string basePath, IReadOnlyDictionary<string, AntHandler> operations, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Map(IEndpointRouteBuilder app) => app.Map($"{basePath}/{{**operation}}", Handle).ExcludeFromDescription();

    private async Task Handle(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

        var reply = await Answer(context, target, buffer.ToArray());
        if (reply == AntReply.None)
        {
            await Task.Delay(FaultInjection.Silence, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            context.Abort();
            return;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(reply.ToJson(), Json);
        var time = clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
        context.Response.Headers["client-id"] = party.ClientId;
        context.Response.Headers["response-time"] = time;
        context.Response.Headers["signature"] = party.SignatureHeader(context.Request.Method, target, time, body);
        context.Response.ContentType = "application/json; charset=UTF-8";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    }

    private async Task<AntReply> Answer(HttpContext context, string target, byte[] body)
    {
        var request = context.Request;
        var clientId = request.Headers["Client-Id"].ToString();
        if (clientId != party.ClientId)
            return AntReply.Fail("INVALID_CLIENT", "The client id is unknown.");
        var (time, signature) = (request.Headers["Request-Time"].ToString(), request.Headers["Signature"].ToString());
        if (time.Length == 0 || signature.Length == 0 || !party.Verify(request.Method, target, clientId, time, body, signature))
            return AntReply.Fail("INVALID_SIGNATURE", "The signature is missing or wrong.");
        if (!operations.TryGetValue("/" + context.GetRouteValue("operation"), out var operation))
            return AntReply.Fail("NO_INTERFACE_DEF", "There is no such interface.");
        if (!HttpMethods.IsPost(request.Method))
            return AntReply.Fail("METHOD_NOT_SUPPORTED", "Only POST is supported.");

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body);
        }
        catch (JsonException)
        {
            return AntReply.Fail("PARAM_ILLEGAL", "The body is no JSON.");
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return AntReply.Fail("PARAM_ILLEGAL", "The body is no JSON object.");
            var accessToken = request.Headers["Access-Token"].ToString();
            var call = new AntCall(document.RootElement, accessToken.Length == 0 ? null : accessToken, $"{request.Scheme}://{request.Host}");
            try
            {
                return await operation(call);
            }
            catch (AntRefusalException refusal)
            {
                return AntReply.Fail(refusal.Code, refusal.Message);
            }
        }
    }
}
