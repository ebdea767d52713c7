using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using PaymentOrchestrator.Sandbox.Ant;
using Names = PaymentOrchestrator.Sandbox.Authorizations.Providers;

namespace PaymentOrchestrator.Sandbox.Faults;

/// <summary>
/// Stands before the providers and knows nothing of what they do: whatever happens "after" happens to an answer of a call that was really
/// executed, and committed, first.
/// </summary>
internal sealed class FaultInjection(
    FaultStore faults, [FromKeyedServices(Names.WorldFirst)] AntParty worldFirst, [FromKeyedServices(Names.Alipay)] AntParty alipay, TimeProvider clock)
    : IMiddleware
{
    /// <summary>Longer than anybody waits.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private const int DefaultDelayMs = 1000;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (FaultTargets.Of(context.Request.Method, context.Request.Path.Value ?? "") is not var (provider, operation))
        {
            await next(context);
            return;
        }

        var fault = await faults.TakeForAnswer(provider, operation, async tx => await CallOwner.Find(tx, context.Request, await Body(context.Request)));
        switch (fault?.Kind)
        {
            case null:
                await next(context);
                break;
            case FaultKinds.TimeoutBefore:
                await BeSilent(context, fault);
                break;
            case FaultKinds.ErrorBefore:
                await Error(context);
                break;
            case FaultKinds.NotFoundThenFound:
                var (status, text) = AnswerTampering.NotFound(operation);
                await Write(context, provider, status, Encoding.UTF8.GetBytes(text));
                break;
            default:
                await After(context, next, provider, fault);
                break;
        }
    }

    private async Task After(HttpContext context, RequestDelegate next, string provider, Fault fault)
    {
        var (answer, wire) = (new MemoryStream(), context.Response.Body);
        context.Response.Body = answer;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = wire;
        }

        var body = answer.ToArray();
        switch (fault.Kind)
        {
            case FaultKinds.TimeoutAfter:
                await BeSilent(context, fault);
                return;
            case FaultKinds.ErrorAfter:
                context.Response.Clear();
                await Error(context);
                return;
            case FaultKinds.CutBody:
                context.Response.ContentLength = body.Length;
                await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
                await context.Response.Body.FlushAsync();
                context.Abort();
                return;
            case FaultKinds.WrongAmount or FaultKinds.WrongReference:
                await Write(context, provider, context.Response.StatusCode, AnswerTampering.Change(fault.Kind, body));
                return;
            case FaultKinds.BadSignature:
                // Well formed, and of something else.
                Sign(context, provider, [.. body, (byte)' ']);
                break;
            case FaultKinds.Delay:
                await Wait(fault.DelayMs ?? DefaultDelayMs, context);
                break;
            default:
                throw new InvalidOperationException($"No fault {fault.Kind} of an answer.");
        }

        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    }

    private async Task Write(HttpContext context, string provider, int status, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=UTF-8";
        context.Response.ContentLength = body.Length;
        Sign(context, provider, body);
        await context.Response.Body.WriteAsync(body);
    }

    /// <summary>Ant's answers are signed whatever they say; the others' are not.</summary>
    private void Sign(HttpContext context, string provider, byte[] body)
    {
        if (!FaultTargets.IsAnt(provider))
            return;
        var party = provider == Names.WorldFirst ? worldFirst : alipay;
        var time = clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        context.Response.Headers["client-id"] = party.ClientId;
        context.Response.Headers["response-time"] = time;
        context.Response.Headers["signature"] = party.SignatureHeader(context.Request.Method, target, time, body);
    }

    /// <summary>As something in between answers: in nobody's form, and unsigned.</summary>
    private static Task Error(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync("<html><body>503 Service Temporarily Unavailable</body></html>");
    }

    private static async Task BeSilent(HttpContext context, Fault fault)
    {
        await Wait(fault.DelayMs ?? (int)Silence.TotalMilliseconds, context);
        context.Abort();
    }

    private static async Task Wait(int milliseconds, HttpContext context)
    {
        try
        {
            await Task.Delay(milliseconds, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The caller has gone; there is nobody left to keep waiting.
        }
    }

    /// <summary>The body, left where it was for the provider.</summary>
    private static async Task<string> Body(HttpRequest request)
    {
        request.EnableBuffering();
        using var reader = new StreamReader(request.Body, Encoding.UTF8, leaveOpen: true);
        var text = await reader.ReadToEndAsync();
        request.Body.Position = 0;
        return text;
    }
}
