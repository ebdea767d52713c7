namespace PaymentOrchestrator.Domain.Tests;

/// <summary>The example price list: 40 bp on WorldFirst's conversions, 3 % on cards, nothing on Alipay.</summary>
internal static class ExampleSchedule
{
    public static FeeSchedule Value { get; } = new("fee_example", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
    [
        new(PaymentMethod.WorldPay, null, 40, null),
        new(PaymentMethod.Alipay, null, 0, new FeeTerms("alipay_service_fee", 0m)),
        new(PaymentMethod.WorldFirstBalance, null, 40, null),
        new(PaymentMethod.Card, null, 0, new FeeTerms("card_service_fee", 3m)),
    ]);

    public static FeeRule For(PaymentMethod method) => Value.RuleFor(method, Currency.Usd);
}
