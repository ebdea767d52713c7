using Mediator;
using Microsoft.AspNetCore.WebUtilities;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Payments;

/// <summary>The buyer is back from a provider's page about a payment. What the page did is asked of the provider, never read from the address.</summary>
internal sealed record CompletePayment(Id<PaymentResource> Id, string State) : ICommand<Result<Uri>>;

internal sealed class CompletePaymentHandler(OpenPaymentStore open, PaymentInquiry inquiry) : ICommandHandler<CompletePayment, Result<Uri>>
{
    public async ValueTask<Result<Uri>> Handle(CompletePayment command, CancellationToken cancellationToken)
    {
        if (await open.TakeReturnStateAsync(command.Id, ReturnState.Hash(command.State), cancellationToken) is not { Payment.ReturnUrl: { } returnUrl } subject)
            return new Problem(ProblemType.LinkStateInvalid, "This link was used already, or was not issued here. The shop shows how the payment ended.");
        var payment = subject.Payment.Status is PaymentStatus.Processing or PaymentStatus.RequiresAction ? await inquiry.AskAsync(subject) : subject.Payment;
        return new Uri(QueryHelpers.AddQueryString(returnUrl, new Dictionary<string, string?> { ["payment"] = payment.Id.ToString(), ["status"] = payment.Status.Code() }));
    }
}
