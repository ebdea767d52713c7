using Mediator;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Returns;

/// <summary>Where providers' pages send the buyer's browser back. The state says what the buyer had left for.</summary>
internal static class ReturnEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/returns/{provider}", async (string provider, HttpContext context, ISender sender, CancellationToken cancellationToken) =>
        {
            if (LinkProviders.FromCode(provider) is not { } known)
                return Result<Uri>.Refuse(new Problem(ProblemType.NotFound, "No provider of this name sends buyers back here.")).Ok();
            var parameters = context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
            var state = parameters.GetValueOrDefault("state") ?? parameters.GetValueOrDefault("authState") ?? "";
            if (Id<PaymentResource>.TryParse(ReturnState.IdOf(state), null, out var payment))
            {
                var paid = await sender.Send(new CompletePayment(payment, state), cancellationToken);
                return paid.Problem is not null ? paid.Ok()
                    : paid.Value.Location is { } shop ? new SeeOther(shop)
                    : Results.Text($"The payment is {paid.Value.Status}. You can close this page.");
            }

            var linked = await sender.Send(new CompleteLink(known, state, parameters), cancellationToken);
            return linked.Problem is null ? new SeeOther(linked.Value) : linked.Ok();
        })
        .WithMetadata(new KeylessAttribute())
        .WithName("returnFromProvider").WithTags("Providers")
        .WithSummary("Where a provider sends the buyer's browser back")
        .WithDescription("""
            Not for you to call: providers' pages end here. The single-use state decides; the browser goes on to your return_url with linked_account and status,
            or with payment and status.
            """)
        .Produces(303).Refuses(400, 404);

    private sealed class SeeOther(Uri location) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = InAscii(location);
            return Task.CompletedTask;
        }

        /// <summary>A header carries ASCII alone, and a host of another script is not escaped by itself.</summary>
        private static string InAscii(Uri address) =>
            System.Text.Ascii.IsValid(address.AbsoluteUri) ? address.AbsoluteUri : new UriBuilder(address) { Host = address.IdnHost }.Uri.AbsoluteUri;
    }
}
