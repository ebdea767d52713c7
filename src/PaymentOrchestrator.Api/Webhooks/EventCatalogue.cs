using System.Text.Json.Nodes;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>One type of event as the contract documents it.</summary>
/// <param name="Type"><c>payment.succeeded</c> …</param>
/// <param name="Happened">What has happened, in a sentence.</param>
/// <param name="Object">What the event carries, as it then was.</param>
/// <param name="Example">Such an object.</param>
internal sealed record EventDescription(string Type, string Happened, Type Object, JsonNode Example)
{
    public static EventDescription Of<T>(string type, string happened, T example)
        where T : IResource => new(type, happened, typeof(T), JsonNode.Parse(ApiJson.Write(example))!);
}

/// <summary>What each type of <see cref="EventTypes"/> means and carries: the document's webhooks are made from it. A new type has its line here.</summary>
internal static class EventCatalogue
{
    public static IReadOnlyList<EventDescription> All { get; } =
    [
        EventDescription.Of("quote.consumed", "A payment was made of a quote, which serves for no other.", EventExamples.Quote()),

        EventDescription.Of("payment.created", "A payment was made of a quote; no provider has heard of it yet.", EventExamples.Payment(PaymentStatus.Processing)),
        EventDescription.Of("payment.requires_action", "The buyer has to do something at next_action.", EventExamples.Payment(PaymentStatus.RequiresAction)),
        EventDescription.Of("payment.processing", "The buyer has done it, and the provider is at work.", EventExamples.Payment(PaymentStatus.Processing)),
        EventDescription.Of("payment.succeeded", "The buyer's debit is final.", EventExamples.Payment(PaymentStatus.Succeeded)),
        EventDescription.Of("payment.failed", "Nothing was taken; failure says why, and whether a new payment could succeed.", EventExamples.Payment(PaymentStatus.Failed)),
        EventDescription.Of("payment.canceled", "The payment was stopped at the provider.", EventExamples.Payment(PaymentStatus.Canceled)),
        EventDescription.Of("payment.under_review", "The provider's word does not fit, or there is none: an operator finds out.", EventExamples.Payment(PaymentStatus.UnderReview)),
        EventDescription.Of("payment.settled", "1688 confirms that the supplier has the CNY.", EventExamples.Payment(PaymentStatus.Succeeded, settled: true)),

        EventDescription.Of("refund.created", "A refund was begun.", EventExamples.Refund(RefundStatus.Pending)),
        EventDescription.Of("refund.succeeded", "The provider has given the money back.", EventExamples.Refund(RefundStatus.Succeeded)),
        EventDescription.Of("refund.failed", "The money was not given back, or came back to us later.", EventExamples.Refund(RefundStatus.Failed)),
        EventDescription.Of("refund.under_review", "The provider's word does not fit, or there is none: an operator finds out.", EventExamples.Refund(RefundStatus.UnderReview)),

        EventDescription.Of("linked_account.pending", "A linking was begun; the buyer has to consent at next_action once it is there.", EventExamples.LinkedAccount(LinkedAccount.Pending)),
        EventDescription.Of("linked_account.active", "The account can be used, or its authorisation was renewed.", EventExamples.LinkedAccount(LinkedAccount.Active)),
        EventDescription.Of("linked_account.failed", "The linking was refused or came to nothing.", EventExamples.LinkedAccount(LinkedAccount.Failed)),
        EventDescription.Of("linked_account.revoked", "The account was unlinked and its tokens are forgotten.", EventExamples.LinkedAccount(LinkedAccount.Revoked)),

        EventDescription.Of("dispute.created", "A cardholder wants a payment back from the bank, or the bank asks about it.", EventExamples.Dispute("needs_response")),
        EventDescription.Of("dispute.updated", "The dispute has moved: evidence was sent, money was taken or given back.", EventExamples.Dispute("under_review")),
        EventDescription.Of("dispute.closed", "The bank has decided.", EventExamples.Dispute("won")),

        EventDescription.Of("reconciliation.difference_found", "A provider's statement and the books differ; owner_action says what to do.", EventExamples.Difference()),

        EventDescription.Of("ledger.transaction_posted", "A movement was posted to the books. The event's id is the transaction's, with another prefix.", EventExamples.LedgerTransaction()),

        EventDescription.Of(EventTypes.Test, "You asked for a test. It goes to that endpoint alone, whatever types it asked for.", EventExamples.WebhookEndpoint()),
    ];
}
