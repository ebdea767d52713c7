using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace PaymentOrchestrator.Sandbox.Consent;

/// <summary>Sending the buyer back to the platform.</summary>
internal static class Redirects
{
    /// <summary>303, so that the browser fetches the address after the form was posted.</summary>
    public static IResult SeeOther(string address, params IReadOnlyList<KeyValuePair<string, string?>> query) =>
        new SeeOtherResult(QueryHelpers.AddQueryString(address, query));

    /// <summary>Anything but an absolute web address (a <c>javascript:</c> one above all) is refused.</summary>
    public static bool IsWebAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    private sealed class SeeOtherResult(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            // A header carries ASCII only; the platform's address may not be.
            httpContext.Response.Headers.Location = Ascii.IsValid(address) ? address : new Uri(address).AbsoluteUri;
            return Task.CompletedTask;
        }
    }
}
