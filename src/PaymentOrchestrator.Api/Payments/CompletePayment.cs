using Mediator;
using Microsoft.AspNetCore.WebUtilities;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>The buyer is back from a provider's page about a payment. What the page did is asked of the provider, never read from the address.</summary>
internal sealed record CompletePayment(Id<PaymentResource> Id, string State) : ICommand<Result<PaymentReturn>>;

/// <param name="Location">Where the browser goes on to; null where the payment named no return_url.</param>
/// <param name="Status">How the payment stands now.</param>
internal sealed record PaymentReturn(Uri? Location, string Status);

internal sealed class CompletePaymentHandler(OpenPaymentStore open, PaymentInquiry inquiry) : ICommandHandler<CompletePayment, Result<PaymentReturn>>
{
    public async ValueTask<Result<PaymentReturn>> Handle(CompletePayment command, CancellationToken cancellationToken)
    {
        if (await open.TakeReturnStateAsync(command.Id, ReturnState.Hash(command.State), cancellationToken) is not { } subject)
            return new Problem(ProblemType.LinkStateInvalid, "This link was used already, or was not issued here. The shop shows how the payment ended.");
        var payment = subject.Payment.Status is PaymentStatus.Processing or PaymentStatus.RequiresAction ? await inquiry.AskAsync(subject) : subject.Payment;
        var status = payment.Status.Code();
        return subject.Payment.ReturnUrl is not { } returnUrl ? new PaymentReturn(null, status) : new PaymentReturn(new Uri(QueryHelpers.AddQueryString(returnUrl, new Dictionary<string, string?> { ["payment"] = payment.Id.ToString(), ["status"] = status })), status);
    }
}
