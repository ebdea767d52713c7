using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using PaymentOrchestrator.Sandbox.Card;

namespace PaymentOrchestrator.Sandbox;

/// <summary>Our own failures, told without their insides; each was rolled back.</summary>
internal static class Failures
{
    public static void UseFailures(this WebApplication app)
    {
        app.UseExceptionHandler(handler => handler.Run(Answer));
        app.UseStatusCodePages();
    }

    private static async Task Answer(HttpContext context)
    {
        var error = context.Features.GetRequiredFeature<IExceptionHandlerPathFeature>();
        var status = error.Error is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
        if (status == StatusCodes.Status500InternalServerError && error.Path.StartsWith("/v1/", StringComparison.Ordinal))
            await StripeGateway.InternalError(context);
        else
            await Results.Problem(statusCode: status).ExecuteAsync(context);
    }
}
