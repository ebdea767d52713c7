namespace PaymentOrchestrator.Api.Disputes;

/// <summary>When providers are asked where open disputes stand, should their notifications not come: <c>Disputes:Resolver:*</c>.</summary>
internal sealed class DisputeSchedule(IConfiguration configuration)
{
    private readonly IConfigurationSection section = configuration.GetSection("Disputes:Resolver");

    /// <summary>How often the resolver looks for disputes that are due.</summary>
    public TimeSpan Interval => Read(nameof(Interval), TimeSpan.FromMinutes(1));

    /// <summary>How long one open dispute is left alone. Banks take weeks.</summary>
    public TimeSpan AskEvery => Read(nameof(AskEvery), TimeSpan.FromHours(6));

    /// <summary>Whoever has not reported what the provider said after this has died.</summary>
    public TimeSpan OwnerGoneAfter => Read(nameof(OwnerGoneAfter), TimeSpan.FromMinutes(1));

    private TimeSpan Read(string name, TimeSpan usual) => section.GetValue<TimeSpan?>(name) ?? usual;
}
