namespace PaymentOrchestrator.Domain;

/// <summary>Where a mid rate is from: reference rates, or a provider that guarantees its price for this order.</summary>
public interface IRateSource
{
    /// <summary>The mid rate for paying <paramref name="order"/> (CNY) in <paramref name="source"/>. Refused where there is no such rate.</summary>
    Task<ProviderAnswer<MidRate>> MidAsync(Currency source, Money order, CancellationToken cancellationToken);
}
