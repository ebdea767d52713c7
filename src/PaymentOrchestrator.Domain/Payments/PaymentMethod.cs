namespace PaymentOrchestrator.Domain;

/// <summary>The four ways to pay, in the product's own order, which also breaks ties in rankings.</summary>
public enum PaymentMethod
{
    WorldPay,
    Alipay,
    WorldFirstBalance,
    Card,
}

public static class PaymentMethods
{
    public static IReadOnlyList<PaymentMethod> All { get; } = Enum.GetValues<PaymentMethod>();

    /// <summary>The method's stable code in contracts and in the database.</summary>
    public static string Code(this PaymentMethod method) => method switch
    {
        PaymentMethod.WorldPay => "world_pay",
        PaymentMethod.Alipay => "alipay",
        PaymentMethod.WorldFirstBalance => "worldfirst_balance",
        PaymentMethod.Card => "card",
        _ => throw new ArgumentOutOfRangeException(nameof(method)),
    };

    public static PaymentMethod? FromCode(string? code)
    {
        foreach (var method in All)
            if (method.Code() == code) return method;
        return null;
    }

    /// <summary>Whether the method debits a balance held at WorldFirst.</summary>
    public static bool IsFundedByWorldFirst(this PaymentMethod method) => method is PaymentMethod.WorldPay or PaymentMethod.WorldFirstBalance;

    /// <summary>Whose account is debited.</summary>
    public static LinkProvider PaidThrough(this PaymentMethod method) => method switch
    {
        PaymentMethod.WorldPay or PaymentMethod.WorldFirstBalance => LinkProvider.WorldFirst,
        PaymentMethod.Alipay => LinkProvider.Alipay,
        PaymentMethod.Card => LinkProvider.Card,
        _ => throw new ArgumentOutOfRangeException(nameof(method)),
    };

    /// <summary>Whether the method is open only from an address that is known not to be in mainland China.</summary>
    public static bool IsNetworkBound(this PaymentMethod method) => method is PaymentMethod.WorldFirstBalance or PaymentMethod.Card;

    /// <summary>How long a payment usually takes: <c>minutes</c>; null where the provider does not say.</summary>
    public static string? Speed(this PaymentMethod method) => method == PaymentMethod.Card ? null : "minutes";

    /// <summary>
    /// Whether the buyer can pay in this currency by this method, a rate provided: Alipay takes CNY alone, the others any currency but CNY,
    /// and a CNH balance funds World Pay alone.
    /// </summary>
    public static bool Accepts(this PaymentMethod method, Currency source) =>
        method == PaymentMethod.Alipay ? source == Currency.Cny
        : source != Currency.Cny && (source != Currency.Cnh || method == PaymentMethod.WorldPay);
}
