using System.Diagnostics.Metrics;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Telemetry;

/// <summary>
/// All that is counted and measured. Without a listener an instrument costs a comparison. Durations and ages are in seconds. Every tag has a small,
/// closed set of values: nothing of a buyer, an order or a request is one.
/// </summary>
internal static class Instruments
{
    public const string Name = "PaymentOrchestrator.Api";

    private static readonly Meter Meter = new(Name);

    // From a tenth of what a quiet request takes, to the ten seconds that a provider is waited for.
    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private static readonly Counter<long> Payments =
        Meter.CreateCounter<long>("payment_orchestrator.payments", "{payment}", "Payments that entered a status, by method, status and mode; each status of a payment counts once.");

    private static readonly Counter<long> Refunds =
        Meter.CreateCounter<long>("payment_orchestrator.refunds", "{refund}", "Refunds that entered a status, by status and mode.");

    private static readonly Counter<long> Quotes =
        Meter.CreateCounter<long>("payment_orchestrator.quotes.created", "{quote}", "Quotes given, by method and mode; a replayed request gives none.");

    private static readonly Counter<long> OptionLists =
        Meter.CreateCounter<long>("payment_orchestrator.payment_options.created", "{list}", "Lists of payment options given, by mode; their quotes are not among the quotes created.");

    private static readonly Counter<long> QuotesTaken =
        Meter.CreateCounter<long>("payment_orchestrator.quotes.consumed", "{quote}", "Quotes that became a payment, by method and mode.");

    private static readonly Counter<long> Inquiries =
        Meter.CreateCounter<long>("payment_orchestrator.resolver.inquiries", "{inquiry}", "What resolvers looked into: payments, settlements, refunds.");

    private static readonly Histogram<double> OwnDuration = Meter.CreateHistogram(
        "payment_orchestrator.request.own_duration", "s", "A request's time less the time in which at least one provider was waited for, by operation and class of status.",
        advice: Durations);

    private static readonly Histogram<double> ProviderDuration = Meter.CreateHistogram(
        "payment_orchestrator.provider.call.duration", "s", "Calls to providers with their repetitions, by provider, operation, mode and outcome.", advice: Durations);

    public static readonly Gauge<long> OpenPayments =
        Meter.CreateGauge<long>("payment_orchestrator.payments.open", "{payment}", "Payments that have not ended, by status and mode; counted to 10,000.");

    public static readonly Gauge<long> UnknownOutcomes =
        Meter.CreateGauge<long>("payment_orchestrator.payments.unknown_outcome", "{payment}", "Payments of which nobody knows whether money moved, and nobody is waiting for the provider any more.");

    public static readonly Gauge<long> UnderReview =
        Meter.CreateGauge<long>("payment_orchestrator.payments.under_review", "{payment}", "Payments that wait for an operator.");

    public static readonly Gauge<long> InquiriesDue =
        Meter.CreateGauge<long>("payment_orchestrator.resolver.due", "{inquiry}", "What is due to be looked into, of payments and refunds; counted to 10,000.");

    public static readonly Gauge<double> ResolverLag =
        Meter.CreateGauge<double>("payment_orchestrator.resolver.lag", "s", "For how long the oldest of them has been due; 0 when none is.");

    public static readonly Gauge<long> OutboxEvents =
        Meter.CreateGauge<long>("payment_orchestrator.outbox.events", "{event}", "Events that wait for their deliveries to be made; counted to 10,000.");

    public static readonly Gauge<double> OutboxLag =
        Meter.CreateGauge<double>("payment_orchestrator.outbox.lag", "s", "The age of the oldest of them; 0 when none waits.");

    public static readonly Gauge<long> DeliveriesPending =
        Meter.CreateGauge<long>("payment_orchestrator.webhook.deliveries.pending", "{delivery}", "Webhook deliveries that have still an attempt to come; counted to 10,000.");

    public static readonly Gauge<double> DeliveryLag =
        Meter.CreateGauge<double>("payment_orchestrator.webhook.deliveries.lag", "s", "For how long the oldest due delivery has been due; 0 when none is.");

    public static readonly Gauge<double> RateAge =
        Meter.CreateGauge<double>("payment_orchestrator.rate.age", "s", "The age of the reference rates in force.");

    public static readonly Gauge<double> SampleTime =
        Meter.CreateGauge<double>("payment_orchestrator.sample.timestamp", "s", "When the gauges that are read from the database were last read, in seconds since 1970.");

    private static readonly Gauge<long> LedgerViolations =
        Meter.CreateGauge<long>("payment_orchestrator.ledger.proof.violations", "{violation}", "What the last ledger proof of a marketplace and mode found wrong.");

    private static readonly Gauge<double> LedgerProofTime =
        Meter.CreateGauge<double>("payment_orchestrator.ledger.proof.timestamp", "s", "When that proof was made, in seconds since 1970.");

    public static void PaymentEntered(PaymentMethod method, PaymentStatus status, Mode mode) =>
        Payments.Add(1, new("method", method.Code()), new("status", status.Code()), new("mode", mode.Code()));

    public static void RefundEntered(RefundStatus status, Mode mode) => Refunds.Add(1, new("status", status.Code()), new("mode", mode.Code()));

    public static void QuoteGiven(PaymentMethod method, Mode mode) => Quotes.Add(1, new("method", method.Code()), new("mode", mode.Code()));

    public static void OptionsGiven(Mode mode) => OptionLists.Add(1, new KeyValuePair<string, object?>("mode", mode.Code()));

    public static void QuoteConsumed(PaymentMethod method, Mode mode) => QuotesTaken.Add(1, new("method", method.Code()), new("mode", mode.Code()));

    /// <param name="subject"><c>payment</c>, <c>settlement</c> or <c>refund</c>.</param>
    public static void Inquired(string subject) => Inquiries.Add(1, new KeyValuePair<string, object?>("subject", subject));

    public static void RequestTook(string operation, int status, TimeSpan own) =>
        OwnDuration.Record(own.TotalSeconds, new("operation", operation), new("status_class", StatusClass(status)));

    public static void ProviderTook(string provider, string mode, string operation, string outcome, TimeSpan duration) =>
        ProviderDuration.Record(duration.TotalSeconds, new("provider", provider), new("mode", mode), new("operation", operation), new("outcome", outcome));

    public static void LedgerProven(int marketplace, Mode mode, long violations, DateTimeOffset at)
    {
        KeyValuePair<string, object?> whose = new("marketplace_id", marketplace), which = new("mode", mode.Code());
        LedgerViolations.Record(violations, whose, which);
        LedgerProofTime.Record(at.ToUnixTimeSeconds(), whose, which);
    }

    private static string StatusClass(int status) => status switch { < 300 => "2xx", < 400 => "3xx", < 500 => "4xx", _ => "5xx" };
}
