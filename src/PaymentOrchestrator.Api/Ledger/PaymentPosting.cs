using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Ledger;

/// <summary>A posting of a payment on its way into the books, with the event that tells of it: the two are written by one command or not at all.</summary>
internal sealed class PaymentPosting
{
    public PaymentPosting(LedgerPosting posting, Id<PaymentResource> payment, DateTimeOffset now)
    {
        var resource = new LedgerTransactionResource
        {
            Id = Id<LedgerTransactionResource>.New(payment.ShardKey, now),
            Kind = posting.Kind,
            PaymentId = payment,
            RefundId = null,
            DisputeId = null,
            Entries = [.. posting.Legs.Select(leg => new LedgerLegResource { Account = leg.Account.Code(), Amount = leg.Amount })],
            CreatedAt = now,
        };
        Id = resource.Id.Value;
        Kind = posting.Kind;
        Accounts = [.. posting.Legs.Select(leg => leg.Account.Code())];
        Currencies = [.. posting.Legs.Select(leg => leg.Amount.Currency.Code)];
        Amounts = [.. posting.Legs.Select(leg => leg.Amount.Value)];
        // Transactions never change: there is one version, and the event has the transaction's own UUID.
        Event = new NewEvent(Id, "ledger.transaction_posted", resource.Id.ToString(), 1, ApiJson.Write(resource), now.UtcDateTime);
    }

    public Guid Id { get; }

    public string Kind { get; }

    public string[] Accounts { get; }

    public string[] Currencies { get; }

    /// <summary>Minor units; debit positive.</summary>
    public long[] Amounts { get; }

    public NewEvent Event { get; }
}
