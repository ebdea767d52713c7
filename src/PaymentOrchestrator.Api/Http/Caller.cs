using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Http;

/// <summary>Who calls: one marketplace in one mode. Every query is bound to both.</summary>
internal sealed record Caller(int MarketplaceId, Mode Mode)
{
    /// <summary>Set by the key check before an endpoint that needs a key is run.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<Caller>());
}
