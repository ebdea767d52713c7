using System.Text.Json.Serialization;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Disputes;
using PaymentOrchestrator.Api.Eligibility;
using PaymentOrchestrator.Api.Events;
using PaymentOrchestrator.Api.Fees;
using PaymentOrchestrator.Api.Ledger;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.PaymentOptions;
using PaymentOrchestrator.Api.Payments;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Api.Quotes;
using PaymentOrchestrator.Api.Rates;
using PaymentOrchestrator.Api.Reconciliations;
using PaymentOrchestrator.Api.Refunds;
using PaymentOrchestrator.Api.Webhooks;

namespace PaymentOrchestrator.Api.Http;

/// <summary>Generated readers and writers of everything that the contract says or that is stored as JSON. The rules are in <see cref="ApiJson"/>.</summary>
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(CreateBuyerRequest))]
[JsonSerializable(typeof(BuyerResource))]
[JsonSerializable(typeof(BalancesResource))]
[JsonSerializable(typeof(LinkAccountRequest))]
[JsonSerializable(typeof(LinkedAccountResource))]
[JsonSerializable(typeof(LinkedAccountList))]
[JsonSerializable(typeof(LinkMarketplaceRequest))]
[JsonSerializable(typeof(MarketplaceLinkResource))]
[JsonSerializable(typeof(CheckEligibilityRequest))]
[JsonSerializable(typeof(EligibilityCheckResource))]
[JsonSerializable(typeof(CreateQuoteRequest))]
[JsonSerializable(typeof(QuoteResource))]
[JsonSerializable(typeof(IReadOnlyList<QuoteFee>))]
[JsonSerializable(typeof(CreatePaymentOptionsRequest))]
[JsonSerializable(typeof(PaymentOptionsResource))]
[JsonSerializable(typeof(PayRequest))]
[JsonSerializable(typeof(NoFields))]
[JsonSerializable(typeof(ResolvePaymentRequest))]
[JsonSerializable(typeof(PaymentResource))]
[JsonSerializable(typeof(PaymentPreview))]
[JsonSerializable(typeof(PaymentVerdict))]
[JsonSerializable(typeof(PaymentList))]
[JsonSerializable(typeof(CreateRefundRequest))]
[JsonSerializable(typeof(ResolveRefundRequest))]
[JsonSerializable(typeof(RefundResource))]
[JsonSerializable(typeof(RefundPreview))]
[JsonSerializable(typeof(RefundList))]
[JsonSerializable(typeof(DisputeResource))]
[JsonSerializable(typeof(DisputeList))]
[JsonSerializable(typeof(CreateReconciliationRequest))]
[JsonSerializable(typeof(ReconciliationResource))]
[JsonSerializable(typeof(ReconciliationList))]
[JsonSerializable(typeof(ReconciliationLineList))]
[JsonSerializable(typeof(ReconciliationDifferenceResource))]
[JsonSerializable(typeof(ReconciliationDifferenceList))]
[JsonSerializable(typeof(ResolveDifferenceRequest))]
[JsonSerializable(typeof(TimelineResource))]
[JsonSerializable(typeof(EventResource))]
[JsonSerializable(typeof(EventList))]
[JsonSerializable(typeof(LedgerTransactionResource))]
[JsonSerializable(typeof(LedgerEntryList))]
[JsonSerializable(typeof(LedgerBalanceList))]
[JsonSerializable(typeof(LedgerProofResource))]
[JsonSerializable(typeof(PaymentMethodList))]
[JsonSerializable(typeof(ExchangeRateList))]
[JsonSerializable(typeof(ExchangeRateResource))]
[JsonSerializable(typeof(DecideRateRequest))]
[JsonSerializable(typeof(FeeRuleDocument[]))]
[JsonSerializable(typeof(PublishFeeScheduleRequest))]
[JsonSerializable(typeof(PreviewFeeScheduleRequest))]
[JsonSerializable(typeof(FeeSchedulePreview))]
[JsonSerializable(typeof(FeeScheduleResource))]
[JsonSerializable(typeof(FeeScheduleList))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(CreateWebhookEndpointRequest))]
[JsonSerializable(typeof(UpdateWebhookEndpointRequest))]
[JsonSerializable(typeof(RedeliverSinceRequest))]
[JsonSerializable(typeof(WebhookEndpointResource))]
[JsonSerializable(typeof(WebhookEndpointList))]
[JsonSerializable(typeof(DeletedWebhookEndpoint))]
[JsonSerializable(typeof(WebhookDeliveryResource))]
[JsonSerializable(typeof(WebhookDeliveryList))]
[JsonSerializable(typeof(RedeliveryResource))]
[JsonSerializable(typeof(ProviderList))]
[JsonSerializable(typeof(CreateApiKeyRequest))]
[JsonSerializable(typeof(RotateApiKeyRequest))]
[JsonSerializable(typeof(ApiKeyResource))]
[JsonSerializable(typeof(ApiKeyList))]
[JsonSerializable(typeof(AuditLog))]
[JsonSerializable(typeof(CreateBuyerSessionRequest))]
[JsonSerializable(typeof(BuyerSessionResource))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
