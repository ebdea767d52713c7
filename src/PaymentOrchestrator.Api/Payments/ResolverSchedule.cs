namespace PaymentOrchestrator.Api.Payments;

/// <summary>
/// When providers are asked what became of a payment: <c>Payments:Resolver:*</c>. The defaults follow what the providers advise: soon, then
/// ever more slowly, then a person.
/// </summary>
internal sealed class ResolverSchedule(IConfiguration configuration)
{
    private readonly IConfigurationSection section = configuration.GetSection("Payments:Resolver");

    /// <summary>How often the resolver looks for payments that are due.</summary>
    public TimeSpan Interval => Read(nameof(Interval), TimeSpan.FromSeconds(1));

    /// <summary>The provider is waited for at most 10 s; whoever has not reported the outcome after this has died.</summary>
    public TimeSpan OwnerGoneAfter => Read(nameof(OwnerGoneAfter), TimeSpan.FromSeconds(12));

    public TimeSpan FirstDelay => Read(nameof(FirstDelay), TimeSpan.FromSeconds(5));

    public TimeSpan MaxDelay => Read(nameof(MaxDelay), TimeSpan.FromMinutes(5));

    /// <summary>A payment whose end nobody can tell after this goes to a person.</summary>
    public TimeSpan GiveUpAfter => Read(nameof(GiveUpAfter), TimeSpan.FromHours(2));

    /// <summary>A request that never reached the provider is sent again, under the same request id, while the buyer still expects it.</summary>
    public TimeSpan SendAgainWithin => Read(nameof(SendAgainWithin), TimeSpan.FromMinutes(2));

    /// <summary>A request that its provider still does not know after this was never executed: none is that far behind with what it shows.</summary>
    public TimeSpan NotExecutedAfter => Read(nameof(NotExecutedAfter), TimeSpan.FromMinutes(10));

    /// <summary>How long a buyer may take at the provider's page.</summary>
    public TimeSpan ActionExpiresAfter => Read(nameof(ActionExpiresAfter), TimeSpan.FromMinutes(15));

    /// <summary>A supplier who has not got the money of a succeeded payment after this is reported.</summary>
    public TimeSpan SettlementLateAfter => Read(nameof(SettlementLateAfter), TimeSpan.FromHours(1));

    public DateTimeOffset OwnerGoneAt(DateTimeOffset intent) => intent + OwnerGoneAfter;

    /// <summary>A payment older than this has no owner who still waits for the provider.</summary>
    public DateTimeOffset AbandonedBefore(DateTimeOffset now) => now - OwnerGoneAfter;

    /// <summary>Doubling, at most <see cref="MaxDelay"/>, with up to a quarter of jitter on top so that instances and payments spread.</summary>
    public TimeSpan DelayAfter(int tries)
    {
        var doubled = FirstDelay * Math.Pow(2, Math.Min(tries, 20));
        var delay = doubled < MaxDelay ? doubled : MaxDelay;
        return delay + (delay * 0.25 * Random.Shared.NextDouble());
    }

    private TimeSpan Read(string name, TimeSpan usual) => section.GetValue<TimeSpan?>(name) ?? usual;
}
