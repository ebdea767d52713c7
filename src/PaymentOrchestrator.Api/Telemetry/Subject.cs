using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Api.Refunds;

namespace PaymentOrchestrator.Api.Telemetry;

/// <summary>Which objects a request was about, taken from its answer: our own ids, which say nothing of a person.</summary>
internal static class Subject
{
    public static void Note<TResponse>(TResponse response)
    {
        if (RequestTelemetry.Current is not { } request) return;
        switch (response)
        {
            case Http.Result<PaymentResource> { Problem: null, Value: var payment }:
                (request.PaymentId, request.QuoteId) = (payment.Id.ToString(), payment.QuoteId.ToString());
                break;
            case Http.Result<PayAnswer> { Problem: null, Value: PayAnswer.Paid { Payment: var payment } }:
                (request.PaymentId, request.QuoteId) = (payment.Id.ToString(), payment.QuoteId.ToString());
                break;
            case Http.Result<PayAnswer> { Problem.PaymentId: { } paid }:
                request.PaymentId = paid;
                break;
            case Http.Result<QuoteResource> { Problem: null, Value: var quote }:
                request.QuoteId = quote.Id.ToString();
                break;
            case Http.Result<RefundAnswer> { Problem: null, Value: RefundAnswer.Refunded { Refund: var answered } }:
                (request.RefundId, request.PaymentId) = (answered.Id.ToString(), answered.PaymentId.ToString());
                break;
            case Http.Result<RefundResource> { Problem: null, Value: var refund }:
                (request.RefundId, request.PaymentId) = (refund.Id.ToString(), refund.PaymentId.ToString());
                break;
        }
    }
}
