namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>
/// How many attempts run towards each endpoint, and which endpoints fail too often to be given more than a probe. One instance's own view: each
/// learns by itself, so that nothing is shared that could be wrong for all.
/// </summary>
internal sealed class EndpointLanes(WebhookSettings settings, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Lane> lanes = [];
    private int inFlight;

    public int Free
    {
        get
        {
            lock (gate) return settings.MaxInFlight - inFlight;
        }
    }

    /// <summary>The endpoints that get nothing just now: all their places are taken, or they are failing and the next probe is not due.</summary>
    public Guid[] Closed()
    {
        lock (gate) return [.. lanes.Where(pair => !IsOpen(pair.Value)).Select(pair => pair.Key)];
    }

    /// <summary>Takes a place; false when there is none.</summary>
    public bool TryEnter(Guid endpoint)
    {
        lock (gate)
        {
            var lane = lanes.GetValueOrDefault(endpoint) ?? new Lane();
            if (!IsOpen(lane)) return false;
            lanes[endpoint] = lane;
            inFlight++;
            lane.InFlight++;
            return true;
        }
    }

    /// <summary>Gives the place back.</summary>
    /// <param name="succeeded">Null when nothing was sent.</param>
    public void Leave(Guid endpoint, bool? succeeded)
    {
        lock (gate)
        {
            var lane = lanes[endpoint];
            inFlight--;
            lane.InFlight--;
            if (succeeded == true) lane.Failures = 0;
            else if (succeeded == false)
            {
                lane.Failures++;
                lane.ProbeAt = clock.GetUtcNow() + settings.ProbeEvery;
            }

            // Healthy and idle is what an unknown endpoint is.
            if (lane is { InFlight: 0, Failures: 0 }) lanes.Remove(endpoint);
        }
    }

    /// <summary>Whoever has as many places as are left gets no more. So while fewer endpoints hang than there are places, one that has none finds one.</summary>
    private bool IsOpen(Lane lane) => lane.Failures < settings.BreakAfter
        ? lane.InFlight < Math.Min(settings.MaxInFlightPerEndpoint, settings.MaxInFlight - inFlight)
        : lane.InFlight == 0 && lane.ProbeAt <= clock.GetUtcNow() && inFlight < settings.MaxInFlight;

    private sealed class Lane
    {
        public int InFlight { get; set; }

        /// <summary>In a row.</summary>
        public int Failures { get; set; }

        public DateTimeOffset ProbeAt { get; set; }
    }
}
