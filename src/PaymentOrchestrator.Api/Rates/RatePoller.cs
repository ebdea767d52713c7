using System.Diagnostics.Metrics;
using PaymentOrchestrator.Api.Background;
using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Rates;

/// <summary>
/// Asks the source for rates and keeps this instance's memory like the table. Any number of instances may run it: one of them asks, by a lease in
/// the table; all of them read what it wrote. Whatever goes wrong, the last good rates stay.
/// </summary>
internal sealed class RatePoller(
    IRateFeed feed, RateStore store, ReferenceRates rates, RateSettings settings, IMeterFactory meters, TimeProvider clock, ILogger<RatePoller> log)
    : Poller(settings.Refresh, clock, log, firstAfter: TimeSpan.Zero)
{
    private readonly TimeProvider clock = clock;
    private readonly ILogger<RatePoller> log = log;
    private readonly Counter<long> held = Meter(meters).CreateCounter<long>("payment_orchestrator.rates.held", description: "Rates held back because they jumped.");
    private readonly Counter<long> failures = Meter(meters).CreateCounter<long>("payment_orchestrator.rates.source_failures", description: "Looks at a rate source that failed.");

    /// <summary>Before the first request, so that it finds rates. Only a source on this machine is read: no other is to hold up the start.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await GuardedAsync(async cancelled =>
        {
            if (feed.Interval is null) await RecordAsync(await feed.ReadAsync(FeedMark.None, cancelled), cancelled);
            await ReloadAsync(cancelled);
        }, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    internal override async Task RunOnceAsync(CancellationToken stoppingToken)
    {
        await PollAsync(stoppingToken);
        await ReloadAsync(stoppingToken);
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        if (feed.Interval is null) return;
        var now = clock.Now();
        if (await store.ClaimAsync(feed.Source, now, now + settings.Lease, cancellationToken) is { } known)
            await RecordAsync(await feed.ReadAsync(known, cancellationToken), cancellationToken);
    }

    private async Task ReloadAsync(CancellationToken cancellationToken) => rates.Replace(await store.InForceAsync(feed.Source, cancellationToken));

    private async Task RecordAsync(FeedAnswer answer, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var next = now + (feed.Interval ?? TimeSpan.Zero);
        switch (answer)
        {
            case FeedAnswer.Rates fresh:
                var inForce = await store.InForceAsync(feed.Source, cancellationToken);
                IReadOnlyList<NewRate> judged = [.. fresh.All.Select(rate => new NewRate(rate, Judge(rate, inForce)))];
                var newlyHeld = await store.RecordAsync(feed.Source, judged, fresh.Mark, null, now, next, cancellationToken);
                foreach (var rate in judged.Where(rate => newlyHeld.Contains(rate.Rate.Id))) Alarm(rate);
                break;
            case FeedAnswer.Unchanged:
                await store.RecordAsync(feed.Source, [], null, null, now, next, cancellationToken);
                break;
            case FeedAnswer.Failed(var reason):
                failures.Add(1, KeyValuePair.Create<string, object?>("source", feed.Source));
                log.LogWarning("The rate source {Source} failed: {Reason} The last good rates stay in force and age.", feed.Source, reason);
                await store.RecordAsync(feed.Source, [], null, reason, now, now + settings.RetryAfter, cancellationToken);
                break;
        }
    }

    private HeldBack? Judge(FeedRate rate, IReadOnlyDictionary<Domain.Currency, StoredRate> inForce) =>
        inForce.TryGetValue(rate.Base, out var last) && RateSettings.Jump(last.Mid, rate.Mid) is var jump && jump > settings.MaxJump ? new HeldBack(jump, last.Id) : null;

    private void Alarm(NewRate rate)
    {
        held.Add(1, KeyValuePair.Create<string, object?>("source", feed.Source), KeyValuePair.Create<string, object?>("currency", rate.Rate.Base.Code));
        log.LogError(
            "The rate {Id} of {Source} for {Currency}, {Mid} as of {AsOf}, jumped by {Jump:P1} and is held back. Accept or reject it at /v1/exchange-rates; the last good rate stays in force and ages.",
            new Domain.Id<ExchangeRateResource>(rate.Rate.Id), feed.Source, rate.Rate.Base, rate.Rate.Mid, rate.Rate.AsOf, rate.Held!.Jump);
    }

    private static Meter Meter(IMeterFactory meters) => meters.Create("PaymentOrchestrator.Rates");
}
