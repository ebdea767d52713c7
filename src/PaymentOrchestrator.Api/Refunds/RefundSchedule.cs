namespace PaymentOrchestrator.Api.Refunds;

/// <summary>When providers are asked what became of a refund: <c>Refunds:Resolver:*</c>.</summary>
internal sealed class RefundSchedule(IConfiguration configuration)
{
    private readonly IConfigurationSection section = configuration.GetSection("Refunds:Resolver");

    /// <summary>How often the resolver looks for refunds that are due.</summary>
    public TimeSpan Interval => Read(nameof(Interval), TimeSpan.FromSeconds(2));

    /// <summary>The provider is waited for at most 10 s; whoever has not reported the outcome after this has died.</summary>
    public TimeSpan OwnerGoneAfter => Read(nameof(OwnerGoneAfter), TimeSpan.FromSeconds(12));

    public TimeSpan FirstDelay => Read(nameof(FirstDelay), TimeSpan.FromSeconds(5));

    public TimeSpan MaxDelay => Read(nameof(MaxDelay), TimeSpan.FromHours(1));

    /// <summary>Banks take days over a refund; what is not decided after this goes to a person.</summary>
    public TimeSpan GiveUpAfter => Read(nameof(GiveUpAfter), TimeSpan.FromDays(10));

    /// <summary>Doubling, at most <see cref="MaxDelay"/>, with up to a quarter of jitter on top so that instances and refunds spread.</summary>
    public TimeSpan DelayAfter(int tries)
    {
        var doubled = FirstDelay * Math.Pow(2, Math.Min(tries, 20));
        var delay = doubled < MaxDelay ? doubled : MaxDelay;
        return delay + (delay * 0.25 * Random.Shared.NextDouble());
    }

    private TimeSpan Read(string name, TimeSpan usual) => section.GetValue<TimeSpan?>(name) ?? usual;
}
