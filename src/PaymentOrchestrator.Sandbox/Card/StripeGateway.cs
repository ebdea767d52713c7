using System.Security.Cryptography;
using System.Text;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Card;

internal delegate Task<StripeReply> StripeHandler(StripeRequest request);

/// <summary>The acquirer's door: key, form, transaction, Idempotency-Key and the error form, the same for every call.</summary>
internal sealed class StripeGateway(SandboxDb db, TimeProvider clock)
{
    public RequestDelegate Wrap(StripeHandler handler) => context => Handle(context, handler);

    /// <summary>For addresses under /v1 that nothing else takes.</summary>
    public Task Unknown(HttpContext context) => Handle(context, _ => throw new StripeErrorException(
        StatusCodes.Status404NotFound, "invalid_request_error", null,
        $"Unrecognized request URL ({context.Request.Method}: {context.Request.Path})."));

    /// <summary>Our own failure; nothing of it was kept.</summary>
    public static Task InternalError(HttpContext context) => Write(
        context, StatusCodes.Status500InternalServerError, """{"error":{"type":"api_error","message":"The sandbox failed."}}""");

    private async Task Handle(HttpContext context, StripeHandler handler)
    {
        StripeReply reply;
        try
        {
            Authenticate(context.Request);
            var parameters = await Parameters(context.Request);
            var key = HttpMethods.IsPost(context.Request.Method) ? IdempotencyKey(context.Request) : null;
            var stored = await db.InTransaction(tx => Once(tx, context, parameters, key, handler));
            if (stored.Replayed)
                context.Response.Headers["Idempotent-Replayed"] = "true";
            await Write(context, stored.Status, stored.Body);
            return;
        }
        catch (StripeErrorException refusal)
        {
            reply = refusal.ToReply();
        }

        await Write(context, reply.Status, reply.Body.ToJsonString());
    }

    /// <summary>
    /// The first status and body under a key again. A second request with the key waits for the first one instead of being
    /// turned away; Stripe answers 409 there, which its libraries only wait out.
    /// </summary>
    private async Task<(int Status, string Body, bool Replayed)> Once(
        Tx tx, HttpContext context, Dictionary<string, string> parameters, string? key, StripeHandler handler)
    {
        var http = context.Request;
        var request = new StripeRequest(
            tx, parameters, http.RouteValues, $"{http.Scheme}://{http.Host}", key, clock.GetUtcNow());
        if (key is null)
        {
            var answer = await handler(request);
            return (answer.Status, answer.Body.ToJsonString(), false);
        }

        await tx.Serialize($"card {key}");
        var fingerprint = Fingerprint(http, parameters);
        if (await tx.Find<Stored>("select request, status, body from card_idempotency where key = @key", new { key }) is { } first)
        {
            return first.Request == fingerprint ? (first.Status, first.Body, true) : throw new StripeErrorException(
                StatusCodes.Status400BadRequest, "idempotency_error", null,
                $"Keys for idempotent requests can only be used with the same parameters they were first used with. "
                + $"Try using a key other than '{key}' if you meant to execute a different request.");
        }

        var reply = await handler(request);
        var body = reply.Body.ToJsonString();
        await tx.Execute(
            "insert into card_idempotency (key, request, status, body) values (@key, @fingerprint, @Status, @body)",
            new { key, fingerprint, reply.Status, body });
        return (reply.Status, body, false);
    }

    private static void Authenticate(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
            throw StripeErrorException.Unauthorized("You did not provide an API key.");
        var key = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : "";
        if (!key.StartsWith("sk_test_", StringComparison.Ordinal) || key.Length == "sk_test_".Length)
            throw StripeErrorException.Unauthorized("Invalid API Key provided.");
    }

    private static async Task<Dictionary<string, string>> Parameters(HttpRequest request)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in request.Query)
            parameters[name] = values.ToString();
        if (request.HasFormContentType)
        {
            foreach (var (name, values) in await request.ReadFormAsync())
                parameters[name] = values.ToString();
        }
        else if (request.ContentLength > 0)
        {
            throw StripeErrorException.Invalid("The request body must be form-encoded.");
        }

        return parameters;
    }

    private static string? IdempotencyKey(HttpRequest request)
    {
        var key = request.Headers["Idempotency-Key"].ToString();
        if (key.Length > 255)
            throw StripeErrorException.Invalid("The Idempotency-Key is longer than 255 characters.");
        return key.Length == 0 ? null : key;
    }

    private static string Fingerprint(HttpRequest request, Dictionary<string, string> parameters)
    {
        var text = new StringBuilder($"{request.Method} {request.Path}\n");
        foreach (var (name, value) in parameters.OrderBy(p => p.Key, StringComparer.Ordinal))
            text.Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value)).Append('&');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static async Task Write(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers["Request-Id"] = Ids.New("req_", 14);
        if (context.Request.Headers["Stripe-Version"] is [{ } version])
            context.Response.Headers["Stripe-Version"] = version;
        await context.Response.WriteAsync(body);
    }

    private sealed record Stored(string Request, int Status, string Body);
}
