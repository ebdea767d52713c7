using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using Microsoft.Extensions.DependencyInjection;

namespace PaymentOrchestrator.FaultTests.Points;

/// <summary>
/// Tells, on the very thread and before it goes on, when the product reaches a landmark. Statements come from the driver's own event source (their
/// start) and activities (their end); calls from a handler around the providers' HTTP clients. Whoever is told may block, or end the process.
/// </summary>
internal sealed class Watch : IDisposable
{
    private readonly Action<Landmark, Moment> reached;
    private readonly Commands commands;
    private readonly ActivityListener activities;

    public Watch(Action<Landmark, Moment> reached)
    {
        this.reached = reached;
        commands = new Commands(reached);
        activities = new ActivityListener
        {
            // The requests' own activities too: they carry the trace from a client to the statements that it causes.
            ShouldListenTo = source => source.Name is "Npgsql" or "Microsoft.AspNetCore" or "PaymentOrchestrator.Api" or Flow.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.Source.Name == "Npgsql" && activity.GetTagItem("db.query.text") is string sql && Landmark.OfStatement(sql) is { } landmark)
                    reached(landmark, Moment.After);
            },
        };
        ActivitySource.AddActivityListener(activities);
    }

    /// <summary>Puts the handler outermost: one call of the product is one landmark, however often the resilience inside sends it.</summary>
    public void AddTo(IServiceCollection services) =>
        services.ConfigureHttpClientDefaults(clients => clients.AddHttpMessageHandler(() => new Calls(reached)));

    public void Dispose()
    {
        activities.Dispose();
        commands.Dispose();
    }

    private sealed class Commands : EventListener
    {
        private readonly Action<Landmark, Moment>? reached;

        public Commands(Action<Landmark, Moment> reached)
        {
            this.reached = reached;
            // The base constructor has announced the sources that were there already, before we could look at them.
            foreach (var source in EventSource.GetSources()) Enable(source);
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (reached is not null) Enable(eventSource);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData is { EventName: "CommandStart", Payload: [string sql, ..] } && Landmark.OfStatement(sql) is { } landmark)
                reached!(landmark, Moment.Before);
        }

        private void Enable(EventSource source)
        {
            if (source.Name == "Npgsql.Sql") EnableEvents(source, EventLevel.Informational);
        }
    }

    private sealed class Calls(Action<Landmark, Moment> reached) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Landmark.OfCall(request.Method.Method, request.RequestUri!.AbsolutePath) is not { } landmark) return await base.SendAsync(request, cancellationToken);
            reached(landmark, Moment.Before);
            var call = base.SendAsync(request, cancellationToken);
            reached(landmark, Moment.During);
            try
            {
                return await call;
            }
            finally
            {
                reached(landmark, Moment.After);
            }
        }
    }
}

/// <summary>Whose doing something is: the trace that a client's request carries through the product, down to its statements.</summary>
internal sealed class Flow
{
    public const string SourceName = "PaymentOrchestrator.FaultTests";

    private static readonly ActivitySource Source = new(SourceName);
    private static readonly ConcurrentDictionary<ActivityTraceId, Flow> Known = [];

    private Flow(object owner, ActivityTraceId trace) => (Owner, Trace) = (owner, trace);

    public object Owner { get; }

    public ActivityTraceId Trace { get; }

    /// <summary>For the header of a request.</summary>
    public string TraceParent => $"00-{Trace.ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-01";

    /// <summary>The owner of what runs now; null where nobody of ours is behind it.</summary>
    public static object? Current => Activity.Current is { } activity && Known.TryGetValue(activity.TraceId, out var flow) ? flow.Owner : null;

    public static Flow New(object owner)
    {
        var flow = new Flow(owner, ActivityTraceId.CreateRandom());
        Known[flow.Trace] = flow;
        return flow;
    }

    /// <summary>Runs work of this process as the owner's, without a request.</summary>
    public async Task RunAsync(Func<Task> work)
    {
        using var activity = Source.StartActivity("step", ActivityKind.Internal, new ActivityContext(Trace, ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded));
        await work();
    }

    public void End() => Known.TryRemove(Trace, out _);
}
