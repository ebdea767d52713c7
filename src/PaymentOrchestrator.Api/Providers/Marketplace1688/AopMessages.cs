using System.Text.Json.Serialization;

namespace PaymentOrchestrator.Api.Providers.Marketplace1688;

// 1688's answers, with its names. Truth values and numbers come as such or as text. Classes and not records: a record's ToString would
// print the tokens.

/// <summary>What every answer may hold instead of what was asked for: the gateway's error, or the OAuth endpoint's.</summary>
internal class AopAnswer
{
    [JsonPropertyName("error_code")]
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? GatewayError { get; init; }

    [JsonPropertyName("error")]
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? OAuthError { get; init; }
}

internal sealed class TokenAnswer : AopAnswer
{
    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    /// <summary>Seconds.</summary>
    [JsonPropertyName("expires_in")]
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? ExpiresIn { get; init; }

    [JsonPropertyName("memberId")]
    public string? MemberId { get; init; }

    [JsonPropertyName("resource_owner")]
    public string? ResourceOwner { get; init; }
}

internal sealed class AccountBasicAnswer : AopAnswer
{
    [JsonPropertyName("success")]
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? Success { get; init; }

    [JsonPropertyName("errorCode")]
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? ErrorCode { get; init; }

    [JsonPropertyName("result")]
    public AccountBasic? Result { get; init; }
}

internal sealed class AccountBasic
{
    [JsonPropertyName("status")]
    public string? Status { get; init; }

    [JsonPropertyName("identityVerified")]
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? IdentityVerified { get; init; }

    [JsonPropertyName("loginType")]
    public string? LoginType { get; init; }
}

internal sealed class BuyerViewAnswer : AopAnswer
{
    [JsonPropertyName("success")]
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? Success { get; init; }

    [JsonPropertyName("errorCode")]
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? ErrorCode { get; init; }

    [JsonPropertyName("result")]
    public BuyerView? Result { get; init; }
}

internal sealed class BuyerView
{
    [JsonPropertyName("baseInfo")]
    public OrderBaseInfo? BaseInfo { get; init; }
}

internal sealed class OrderBaseInfo
{
    /// <summary>A number beyond what JSON readers agree on, therefore also there as text.</summary>
    [JsonPropertyName("idOfStr")]
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? IdOfStr { get; init; }

    [JsonPropertyName("status")]
    public string? Status { get; init; }

    /// <summary>Yuan, as a decimal.</summary>
    [JsonPropertyName("totalAmount")]
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? TotalAmount { get; init; }

    [JsonPropertyName("buyerID")]
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? BuyerId { get; init; }
}

internal sealed class PayWayAnswer : AopAnswer
{
    [JsonPropertyName("success")]
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? Success { get; init; }

    [JsonPropertyName("errorCode")]
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? ErrorCode { get; init; }

    [JsonPropertyName("resultList")]
    public PayWays? Result { get; init; }
}

/// <summary>1688 calls it a list, and it is one order's.</summary>
internal sealed class PayWays
{
    [JsonPropertyName("orderId")]
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? OrderId { get; init; }

    /// <summary>Fen.</summary>
    [JsonPropertyName("payFee")]
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? PayFee { get; init; }

    [JsonPropertyName("channels")]
    public IReadOnlyList<PayChannel?>? Channels { get; init; }
}

internal sealed class PayChannel
{
    [JsonPropertyName("code")]
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? Code { get; init; }
}

[JsonSerializable(typeof(BuyerViewAnswer))]
[JsonSerializable(typeof(PayWayAnswer))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(AccountBasicAnswer))]
internal sealed partial class AopJson : JsonSerializerContext;
