using Mediator;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Disputes;

/// <summary>A provider said in a verified notification that there is a dispute, or that one has changed. A hint: the provider is read.</summary>
/// <param name="Mode">Whose key signed it.</param>
/// <param name="Provider">The provider's code.</param>
/// <param name="Reference">The provider's id of the dispute.</param>
internal sealed record NoticeDispute(Mode Mode, string Provider, string Reference) : ICommand<Result<DisputeNoticed>>;

/// <summary>There is nothing to say beyond that it was taken.</summary>
internal sealed record DisputeNoticed;

internal sealed class NoticeDisputeHandler(DisputeInquiry inquiry) : ICommandHandler<NoticeDispute, Result<DisputeNoticed>>
{
    public async ValueTask<Result<DisputeNoticed>> Handle(NoticeDispute command, CancellationToken cancellationToken) =>
        await inquiry.AskAsync(command.Mode, command.Provider, command.Reference) is DisputeInquiry.Outcome.NoAnswer
            ? new Problem(ProblemType.ProviderUnavailable, "The dispute could not be read at the provider. Send the notification again.")
            : new DisputeNoticed();
}
