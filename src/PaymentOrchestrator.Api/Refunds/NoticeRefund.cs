using Mediator;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Refunds;

/// <summary>A provider said in a verified notification that a refund has changed. A hint: the provider is asked, and its answer is what counts.</summary>
internal sealed record NoticeRefund(Mode Mode, string RefundId) : ICommand<Result<RefundResource>>;

internal sealed class NoticeRefundHandler(OpenRefundStore open, RefundInquiry inquiry) : ICommandHandler<NoticeRefund, Result<RefundResource>>
{
    public async ValueTask<Result<RefundResource>> Handle(NoticeRefund command, CancellationToken cancellationToken)
    {
        if (await open.FindAsync(Id<RefundResource>.ParseOrNone(command.RefundId), command.Mode, cancellationToken) is not { } subject)
            return Problem.NotFound<RefundResource>("refund");
        return (await inquiry.AskAsync(subject)).ToResource();
    }
}
