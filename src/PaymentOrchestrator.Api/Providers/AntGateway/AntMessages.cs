using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.AntGateway;

// Messages are classes and not records: a record's ToString would print the tokens that some of them carry.

/// <summary>An answer with Ant's envelope.</summary>
internal interface IAntAnswer
{
    AntResult? Result { get; }
}

/// <summary>An answer that speaks of one movement of money.</summary>
internal interface IAntMovementAnswer : IAntAnswer
{
    /// <summary>Our id of the request, as the provider repeats it.</summary>
    string? RequestId { get; }

    /// <summary>The provider's own id of the movement.</summary>
    string? Reference { get; }
}

internal sealed class AntResult
{
    public string? ResultStatus { get; init; }

    public string? ResultCode { get; init; }
}

/// <summary>An answer that says no more than its result.</summary>
internal sealed class AntBareAnswer : IAntAnswer
{
    public AntResult? Result { get; init; }
}

/// <summary>An amount in Ant's form: the value is text, a non-negative integer in the currency's ISO 4217 minor unit, at most 16 characters.</summary>
internal sealed class AntAmount
{
    private const int MaxLength = 16;

    public string? Currency { get; init; }

    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? Value { get; init; }

    public static AntAmount Of(Money money) => new() { Currency = money.Currency.Code, Value = money.Value.ToString(CultureInfo.InvariantCulture) };

    /// <summary>False for a currency that we do not know and for a value that is not in Ant's form.</summary>
    public static bool TryRead([NotNullWhen(true)] AntAmount? amount, out Money money)
    {
        money = default;
        if (amount?.Value is not { Length: > 0 and <= MaxLength } text || !Domain.Currency.TryParse(amount.Currency, out var currency)) return false;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;
        money = new Money(currency, value);
        return true;
    }
}
