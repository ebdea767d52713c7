using System.Text.Json.Serialization;
using PaymentOrchestrator.Api.Providers.AntGateway;

namespace PaymentOrchestrator.Api.Providers.Alipay;

// Antom's messages, with its names. Every scalar is text. Classes and not records: a record's ToString would print the tokens.

internal sealed class ConsultRequest
{
    public required string CustomerBelongsTo { get; init; }

    public required string AuthClientId { get; init; }

    public required string AuthRedirectUrl { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    public required string AuthState { get; init; }

    public required string TerminalType { get; init; }

    /// <summary>JSON as text.</summary>
    public required string ExtendInfo { get; init; }

    public string? AccessToken { get; init; }
}

internal sealed class ConsultAnswer : IAntAnswer
{
    public AntResult? Result { get; init; }

    public string? AuthUrl { get; init; }

    public string? NormalUrl { get; init; }
}

/// <summary>What the gateway is told beside its own fields, as <c>extendInfo</c>.</summary>
internal sealed class ExtendInfo
{
    public string? ReferenceBuyerId { get; init; }

    public string? PaymentId { get; init; }
}

internal sealed class ApplyTokenRequest
{
    public required string GrantType { get; init; }

    public required string CustomerBelongsTo { get; init; }

    public string? AuthCode { get; init; }

    public string? RefreshToken { get; init; }
}

internal sealed class ApplyTokenAnswer : IAntAnswer
{
    public AntResult? Result { get; init; }

    public string? AccessToken { get; init; }

    public DateTimeOffset? AccessTokenExpiryTime { get; init; }

    public string? RefreshToken { get; init; }

    /// <summary>Masked by Alipay.</summary>
    public string? UserLoginId { get; init; }

    /// <summary>Only for the scope that adds a bank card.</summary>
    public string? BankCardId { get; init; }
}

internal sealed class AccessTokenRequest
{
    public required string AccessToken { get; init; }
}

internal sealed class UserInfoAnswer : IAntAnswer
{
    public AntResult? Result { get; init; }

    public string? UserId { get; init; }

    public string? AccountStatus { get; init; }

    public string? IdentityStatus { get; init; }

    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? MainlandBankAccount { get; init; }

    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? BankCardLinked { get; init; }

    public AntAmount? AvailableBalance { get; init; }
}

internal sealed class PayRequest
{
    public required string ProductCode { get; init; }

    public required string PaymentRequestId { get; init; }

    public required PayOrder Order { get; init; }

    public required AntAmount PaymentAmount { get; init; }

    public required PayMethod PaymentMethod { get; init; }

    public string? PaymentNotifyUrl { get; init; }

    /// <summary>Where Alipay sends a buyer back who had to act.</summary>
    public required string PaymentRedirectUrl { get; init; }

    public required PayEnvironment Env { get; init; }

    /// <summary>JSON as text.</summary>
    public required string ExtendInfo { get; init; }
}

internal sealed class PayEnvironment
{
    public required string TerminalType { get; init; }
}

internal sealed class PayBuyer
{
    public required string ReferenceBuyerId { get; init; }
}

internal sealed class PayOrder
{
    public required string ReferenceOrderId { get; init; }

    public required string OrderDescription { get; init; }

    public required AntAmount OrderAmount { get; init; }

    public required PayBuyer Buyer { get; init; }
}

internal sealed class PayMethod
{
    public required string PaymentMethodType { get; init; }

    /// <summary>The access token; null at the cashier, where the buyer logs in.</summary>
    public string? PaymentMethodId { get; init; }
}

internal sealed class InquiryPaymentRequest
{
    public required string PaymentRequestId { get; init; }
}

/// <summary>Both pay's answer and inquiryPayment's, which adds the status.</summary>
internal sealed class PaymentAnswer : IAntMovementAnswer
{
    public AntResult? Result { get; init; }

    public string? PaymentRequestId { get; init; }

    public string? PaymentId { get; init; }

    public AntAmount? PaymentAmount { get; init; }

    public string? PaymentStatus { get; init; }

    public string? PaymentResultCode { get; init; }

    /// <summary>The page for a buyer who must act.</summary>
    public string? NormalUrl { get; init; }

    string? IAntMovementAnswer.RequestId => PaymentRequestId;

    string? IAntMovementAnswer.Reference => PaymentId;
}

internal sealed class CancelRequest
{
    public required string PaymentRequestId { get; init; }
}

internal sealed class CancelAnswer : IAntAnswer
{
    public AntResult? Result { get; init; }

    public string? PaymentRequestId { get; init; }
}

internal sealed class RefundRequest
{
    public required string RefundRequestId { get; init; }

    /// <summary>Antom's id of the payment.</summary>
    public required string PaymentId { get; init; }

    public required AntAmount RefundAmount { get; init; }

    public string? ReferenceRefundId { get; init; }

    public string? RefundNotifyUrl { get; init; }
}

internal sealed class InquiryRefundRequest
{
    public required string RefundRequestId { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConsultRequest))]
[JsonSerializable(typeof(ConsultAnswer))]
[JsonSerializable(typeof(ExtendInfo))]
[JsonSerializable(typeof(ApplyTokenRequest))]
[JsonSerializable(typeof(ApplyTokenAnswer))]
[JsonSerializable(typeof(AccessTokenRequest))]
[JsonSerializable(typeof(AntBareAnswer))]
[JsonSerializable(typeof(UserInfoAnswer))]
[JsonSerializable(typeof(PayRequest))]
[JsonSerializable(typeof(InquiryPaymentRequest))]
[JsonSerializable(typeof(PaymentAnswer))]
[JsonSerializable(typeof(CancelRequest))]
[JsonSerializable(typeof(CancelAnswer))]
[JsonSerializable(typeof(RefundRequest))]
[JsonSerializable(typeof(InquiryRefundRequest))]
[JsonSerializable(typeof(RefundAnswer))]
internal sealed partial class AlipayJson : JsonSerializerContext;
