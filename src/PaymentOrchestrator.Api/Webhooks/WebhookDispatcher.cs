using System.Collections.Concurrent;
using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>
/// Turns events into deliveries and sends what is due. Any number of instances may run it: what is due is claimed by one of them with a lease, no
/// lock or transaction is open while a receiver is called, and whatever an instance had in hand when it died is due again when the lease ends.
/// </summary>
internal sealed class WebhookDispatcher(
    OutboxStore outbox, DueDeliveryStore deliveries, WebhookClient client, WebhookSecrets secrets, WebhookSettings settings, TimeProvider clock,
    ILogger<WebhookDispatcher> log) : BackgroundService
{
    private readonly EndpointLanes lanes = new(settings, clock);
    private readonly ConcurrentDictionary<(Guid Event, Guid Endpoint), Task> inHand = [];
    private volatile TaskCompletionSource freed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.Dispatch) return;
        try
        {
            while (true)
            {
                var wake = freed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (await RunOnceAsync(stoppingToken)) continue;
                await Task.WhenAny(wake.Task, Task.Delay(settings.Interval, clock, stoppingToken));
                stoppingToken.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Attempts in hand are given up and their claims handed back.
            await Task.WhenAll(inHand.Values);
        }
    }

    /// <summary>Whether there may be more to do at once.</summary>
    private async Task<bool> RunOnceAsync(CancellationToken stoppingToken)
    {
        try
        {
            var dispatched = await outbox.DispatchAsync(clock.Now(), stoppingToken);
            return await StartDueAsync(stoppingToken) || dispatched > 0;
        }
        catch (Npgsql.NpgsqlException e) when (!stoppingToken.IsCancellationRequested)
        {
            log.LogWarning(e, "The database did not answer; events and deliveries are looked for again in {Interval}.", settings.Interval);
            return false;
        }
        catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            // Nothing that one look meets ends the loop, and with it the instance.
            log.LogError(e, "Events and deliveries could not be looked for; it is tried again in {Interval}.", settings.Interval);
            return false;
        }
    }

    private async Task<bool> StartDueAsync(CancellationToken stoppingToken)
    {
        if (lanes.Free <= 0) return false;
        // As many again as are in hand: those are found until their claims are written.
        var due = await deliveries.FindAsync(clock.Now(), lanes.Closed(), (2 * settings.MaxInFlight) + inHand.Count, stoppingToken);
        var started = false;
        foreach (var delivery in due)
        {
            var key = (delivery.EventId, delivery.EndpointId);
            if (inHand.ContainsKey(key) || !lanes.TryEnter(delivery.EndpointId)) continue;
            started = true;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            inHand[key] = done.Task;
            _ = Task.Run(async () =>
            {
                var succeeded = await DeliverSafelyAsync(delivery, stoppingToken);
                lanes.Leave(delivery.EndpointId, succeeded);
                inHand.TryRemove(key, out var _);
                done.SetResult();
                freed.TrySetResult();
            }, CancellationToken.None);
        }

        return started;
    }

    /// <summary>Whether the receiver took it; null when it was not asked. One delivery's trouble must not keep the others waiting.</summary>
    private async Task<bool?> DeliverSafelyAsync(DueDelivery due, CancellationToken stoppingToken)
    {
        try
        {
            return await deliveries.ClaimAsync(due, clock.Now() + settings.Lease, stoppingToken) is { } claimed ? await DeliverAsync(claimed, stoppingToken) : null;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return null;
        }
#pragma warning disable CA1031 // Whatever it is, the delivery is due again when its lease ends.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!stoppingToken.IsCancellationRequested) log.LogError(e, "Event {EventId} could not be delivered to endpoint {EndpointId}.", due.EventId, due.EndpointId);
            return null;
        }
    }

    private async Task<bool?> DeliverAsync(ClaimedDelivery delivery, CancellationToken stoppingToken)
    {
        if (!delivery.Enabled)
        {
            await deliveries.ReleaseAsync(delivery, null, stoppingToken);
            return null;
        }

        var started = clock.GetTimestamp();
        WebhookAnswer answer;
        try
        {
            answer = await SendAsync(delivery, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await deliveries.ReleaseAsync(delivery, clock.Now(), CancellationToken.None);
            throw;
        }

        var now = clock.Now();
        var duration = (int)clock.GetElapsedTime(started).TotalMilliseconds;
        var wait = answer.IsSuccess || answer.IsGone ? null : settings.WaitAfter(delivery.Attempts + 1, Random.Shared.NextDouble(), answer.RetryAfter);
        // The receiver has it: that is worth writing down even while stopping.
        await deliveries.RecordAsync(delivery, answer, now, duration, now + wait, CancellationToken.None);
        if (answer.IsGone) await deliveries.DisableAsync(delivery, now, CancellationToken.None);
        return answer.IsSuccess;
    }

    private Task<WebhookAnswer> SendAsync(ClaimedDelivery delivery, CancellationToken stoppingToken)
    {
        var now = clock.GetUtcNow();
        var id = delivery.Event.ToString();
        var body = delivery.Body();
        var signature = WebhookMessage.Sign(delivery.SecretsAt(now).Select(secrets.KeyOf), id, now, body);
        return client.SendAsync(
            delivery.Url, body,
            [(WebhookMessage.IdHeader, id), (WebhookMessage.TimestampHeader, WebhookMessage.Seconds(now)), (WebhookMessage.SignatureHeader, signature)],
            stoppingToken);
    }
}
