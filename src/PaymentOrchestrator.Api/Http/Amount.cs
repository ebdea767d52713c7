using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Http;

/// <summary>An amount of money in ISO 4217 minor units.</summary>
public sealed record Amount
{
    /// <summary>ISO 4217 code, or CNH.</summary>
    public required Currency Currency { get; init; }

    /// <summary>Whole minor units: 123456 is CNY 1,234.56 and JPY 123,456. At most 9007199254740991.</summary>
    public required long Value { get; init; }

    public static implicit operator Amount(Money money) => FromMoney(money);

    public static Amount FromMoney(Money money) => new() { Currency = money.Currency, Value = money.Value };

    public Money ToMoney() => new(Currency, Value);
}
