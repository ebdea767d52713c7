using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Disputes;

/// <summary>Reads a dispute at its provider and writes down what it finds. Used by notifications, which are hints, and by the resolver.</summary>
internal sealed class DisputeInquiry(
    DisputeStore store, DisputeChanges changes, ProviderDirectory providers, TimeProvider clock, ILogger<DisputeInquiry> log)
{
    /// <summary>What came of asking.</summary>
    internal abstract record Outcome
    {
        private Outcome() { }

        public sealed record Known(Dispute Dispute) : Outcome;

        /// <summary>It is about a payment that is none of ours in the mode.</summary>
        public sealed record NotOurs : Outcome;

        /// <summary>The provider did not say, for now.</summary>
        public sealed record NoAnswer(string Reason) : Outcome;
    }

    /// <param name="mode">Whose provider is asked.</param>
    /// <param name="provider">The provider's code.</param>
    /// <param name="reference">The provider's id of the dispute.</param>
    public async Task<Outcome> AskAsync(Mode mode, string provider, string reference)
    {
        if (providers.For(mode).DisputeGateway(provider) is not { } gateway) return new Outcome.NoAnswer($"{provider} is not configured.");
        switch (await gateway.ReadDisputeAsync(reference, CancellationToken.None))
        {
            case ProviderAnswer<ProviderDispute>.Ok { Value: var read }:
                return await WriteAsync(mode, provider, read);
            case ProviderAnswer<ProviderDispute>.Refused refused:
                return new Outcome.NoAnswer($"The provider does not show it: {refused.Code}.");
            case ProviderAnswer<ProviderDispute>.Unknown unknown:
                return new Outcome.NoAnswer(unknown.Reason);
            default:
                throw new InvalidOperationException("An answer that is not known.");
        }
    }

    private async Task<Outcome> WriteAsync(Mode mode, string provider, ProviderDispute read)
    {
        var payment = Id<PaymentResource>.ParseOrNone(read.PaymentId);
        if (read.RequestId is null || await store.FindDisputedAsync(mode, payment, read.RequestId, provider, read.Id, CancellationToken.None) is not { } found)
        {
            // Its statement line finds nothing here either, which reconciliation reports.
            log.LogWarning("{Provider} speaks of dispute {Reference} of {PaymentReference}, which is none of our payments in {Mode} mode.", provider, read.Id, read.PaymentReference, mode);
            return new Outcome.NotOurs();
        }

        var (disputed, known) = found;
        if (known is null) return new Outcome.Known(await changes.AddAsync(Dispute.Of(disputed, provider, read, clock.Now())));
        if (known.Status != read.Status && !DisputeTransitions.Allows(known.Status, read.Status))
        {
            log.LogError("{Provider} says that dispute {DisputeId} is {Now} after it was {Before}. It stays as it was; ask the provider.", provider, known.Id, read.Status, known.Status);
            await changes.PostponeAsync(known);
            return new Outcome.Known(known);
        }

        return new Outcome.Known(await changes.ApplyAsync(known, read));
    }
}
