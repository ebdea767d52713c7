using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Webhooks;

/// <summary>An endpoint as it is stored. Secrets are encrypted.</summary>
internal sealed record WebhookEndpoint
{
    public const int MaxPerMarketplace = 50;

    public static readonly Problem Disabled = new(ProblemType.WebhookEndpointDisabled, "The endpoint is disabled, so nothing is sent to it. Enable it first.");

    public required Id<WebhookEndpointResource> Id { get; init; }

    public required Caller Owner { get; init; }

    public required string Url { get; init; }

    public required IReadOnlyList<string> EventTypes { get; init; }

    public required bool Enabled { get; init; }

    public string? DisabledReason { get; init; }

    public required string Secret { get; init; }

    public string? PreviousSecret { get; init; }

    public DateTimeOffset? PreviousSecretUntil { get; init; }

    public required int Version { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <param name="secret">The plain one, when this answer made it.</param>
    public WebhookEndpointResource ToResource(DateTimeOffset now, string? secret = null) => new()
    {
        Id = Id,
        Url = Url,
        EventTypes = EventTypes,
        Enabled = Enabled,
        DisabledReason = DisabledReason,
        Secret = secret,
        PreviousSecretUntil = PreviousSecretUntil > now ? PreviousSecretUntil : null,
        Livemode = Owner.Mode == Mode.Live,
        Version = Version,
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
    };

    /// <summary>What is wrong with a choice of event types; the field's name is <c>event_types</c>.</summary>
    public static void ValidateTypes(IReadOnlyList<string>? types, FieldErrors errors)
    {
        if (types is null) return;
        if (types.Count == 0) errors.Add("event_types", "required", "event_types must name at least one type, or be [\"*\"].");
        if (types.Count > 1 && types.Contains(Webhooks.EventTypes.Every)) errors.Add("event_types", "invalid", "* stands alone: it is every type.");
        for (var i = 0; i < types.Count; i++)
        {
            if (types[i] != Webhooks.EventTypes.Every && !Webhooks.EventTypes.All.Contains(types[i]))
                errors.Add($"event_types[{i}]", "invalid", $"event_types[{i}] must be * or one of {string.Join(", ", Webhooks.EventTypes.All)}.");
        }
    }
}
