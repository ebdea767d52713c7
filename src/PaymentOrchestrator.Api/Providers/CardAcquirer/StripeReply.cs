using System.Net;
using Stripe;

namespace PaymentOrchestrator.Api.Providers.CardAcquirer;

/// <summary>What Stripe refused, without the objects that its error carries: those hold client secrets.</summary>
/// <param name="Status">HTTP.</param>
/// <param name="Code">Stripe's <c>code</c>.</param>
/// <param name="DeclineCode">The issuer's reason, with <c>card_declined</c>.</param>
/// <param name="PaymentIntentId">The intent that was refused, if there is one.</param>
internal sealed record StripeRefusal(HttpStatusCode Status, string? Code, string? DeclineCode, string? PaymentIntentId)
{
    /// <summary>Whether the card's issuer would take the payment if the buyer confirmed it.</summary>
    public bool WantsBuyer => (DeclineCode ?? Code) == "authentication_required";

    public static StripeRefusal Of(StripeError? error, string? paymentIntentId) => new(HttpStatusCode.PaymentRequired, error?.Code, error?.DeclineCode, paymentIntentId);
}

/// <summary>What came of one call.</summary>
internal abstract class StripeReply<T>
{
    private StripeReply() { }

    public sealed class Done(T value) : StripeReply<T>
    {
        public T Value => value;
    }

    public sealed class Refused(StripeRefusal refusal) : StripeReply<T>
    {
        public StripeRefusal Refusal => refusal;
    }

    public sealed class Lost(string reason) : StripeReply<T>
    {
        public string Reason => reason;
    }
}

internal static class StripeCalls
{
    /// <summary>
    /// Runs one call of the SDK and sorts what it throws. Only a refusal that Stripe spells out in its own form, about this request,
    /// counts as one; keys, limits, conflicts of idempotency keys and everything unreadable leave the outcome open.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller's token asked for it.</exception>
    public static async Task<StripeReply<T>> RunAsync<T>(string operation, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return new StripeReply<T>.Done(await call());
        }
        catch (StripeException exception) when (IsRefusal(exception))
        {
            var error = exception.StripeError;
            return new StripeReply<T>.Refused(new StripeRefusal(exception.HttpStatusCode, error.Code, error.DeclineCode, error.PaymentIntent?.Id));
        }
        catch (StripeException exception)
        {
            // Not its message: for an answer that it cannot read, the SDK quotes the body.
            var code = exception.StripeError is { } error ? ", " + ProviderText.Code(error.Code ?? error.Type) : "";
            return new StripeReply<T>.Lost($"{operation}: HTTP {(int)exception.HttpStatusCode}{code}.");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested || exception is not OperationCanceledException)
        {
            // The SDK's reader throws whatever comes to it over a malformed object, and by then the money may have moved.
            return new StripeReply<T>.Lost($"{operation}: {ProviderHttp.Describe(exception)}.");
        }
    }

    private static bool IsRefusal(StripeException exception) =>
        exception.HttpStatusCode is HttpStatusCode.BadRequest or HttpStatusCode.PaymentRequired or HttpStatusCode.NotFound &&
        exception.StripeError is { Type: "card_error" or "invalid_request_error" };
}
