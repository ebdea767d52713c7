using System.Text.Json.Serialization;
using PaymentOrchestrator.Api.Providers.AntGateway;

namespace PaymentOrchestrator.Api.Providers.WorldFirst;

// WorldFirst's messages, with its names. Every scalar is text. Classes and not records: a record's ToString would print the tokens.

internal sealed class ApplyTokenRequest
{
    public required string GrantType { get; init; }

    public string? Code { get; init; }

    public string? RefreshToken { get; init; }
}

internal sealed class ApplyTokenAnswer : IAntAnswer
{
    public AntResult? Result { get; init; }

    public string? AccessToken { get; init; }

    public DateTimeOffset? ExpireTime { get; init; }

    public string? RefreshToken { get; init; }

    public string? CustomerId { get; init; }
}

internal sealed class RevokeRequest
{
    public required string AccessToken { get; init; }
}

/// <summary>The account calls ask for nothing beyond whose access token the header holds.</summary>
internal sealed class EmptyRequest;

internal sealed class InquiryAccountAnswer : IAntAnswer
{
    public AntResult? Result { get; init; }

    public string? AccountStatus { get; init; }

    public string? KycStatus { get; init; }

    public IReadOnlyList<string>? MarketplaceLinks { get; init; }
}

internal sealed class InquiryBalanceAnswer : IAntAnswer
{
    public AntResult? Result { get; init; }

    public IReadOnlyList<AccountBalance>? AccountBalances { get; init; }
}

internal sealed class AccountBalance
{
    public string? BalanceType { get; init; }

    public AntAmount? AvailableBalance { get; init; }
}

internal sealed class LinkMarketplaceRequest
{
    public required string Marketplace { get; init; }

    public required string MemberId { get; init; }
}

internal sealed class CreateQuoteRequest
{
    /// <summary>Without a value: exactly one side is fixed.</summary>
    public required AntAmount Sell { get; init; }

    public required AntAmount Buy { get; init; }

    public required string ExchangeTradeType { get; init; }
}

internal sealed class CreateQuoteAnswer : IAntAnswer
{
    public AntResult? Result { get; init; }

    public FxQuote? Quote { get; init; }

    public AntAmount? Buy { get; init; }
}

internal sealed class FxQuote
{
    public string? QuoteId { get; init; }

    /// <summary>Sold and bought currency: <c>USD/CNH</c>.</summary>
    public string? QuoteCurrencyPair { get; init; }

    /// <summary>Bought units for one sold unit, as decimal text.</summary>
    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? QuotePrice { get; init; }

    public DateTimeOffset? QuoteStartTime { get; init; }

    public DateTimeOffset? QuoteExpiryTime { get; init; }

    [JsonConverter(typeof(ScalarAsTextConverter))]
    public string? Guaranteed { get; init; }
}

internal sealed class CreateTransferRequest
{
    public required string TransferRequestId { get; init; }

    public required string ProductCode { get; init; }

    public string? QuoteId { get; init; }

    /// <summary>What leaves the buyer.</summary>
    public required AntAmount TransferFromAmount { get; init; }

    /// <summary>The order, in CNH.</summary>
    public required AntAmount TransferToAmount { get; init; }

    public required string ReferenceOrderId { get; init; }

    public required string TransferMemo { get; init; }
}

internal sealed class InquiryTransferRequest
{
    public required string TransferRequestId { get; init; }
}

/// <summary>Both createTransfer's answer and inquiryTransfer's, which adds the status.</summary>
internal sealed class TransferAnswer : IAntMovementAnswer
{
    public AntResult? Result { get; init; }

    public string? TransferId { get; init; }

    public string? TransferRequestId { get; init; }

    public AntAmount? TransferFromAmount { get; init; }

    public AntAmount? TransferToAmount { get; init; }

    public string? TransferStatus { get; init; }

    public string? TransferResultCode { get; init; }

    string? IAntMovementAnswer.RequestId => TransferRequestId;

    string? IAntMovementAnswer.Reference => TransferId;
}

internal sealed class RefundRequest
{
    public required string RefundRequestId { get; init; }

    /// <summary>Our id of the debit.</summary>
    public required string TransferRequestId { get; init; }

    /// <summary>What goes back to the buyer, in the debited currency.</summary>
    public required AntAmount RefundAmount { get; init; }

    public required string RefundMemo { get; init; }
}

internal sealed class InquiryRefundRequest
{
    public required string RefundRequestId { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApplyTokenRequest))]
[JsonSerializable(typeof(ApplyTokenAnswer))]
[JsonSerializable(typeof(RevokeRequest))]
[JsonSerializable(typeof(AntBareAnswer))]
[JsonSerializable(typeof(EmptyRequest))]
[JsonSerializable(typeof(InquiryAccountAnswer))]
[JsonSerializable(typeof(InquiryBalanceAnswer))]
[JsonSerializable(typeof(LinkMarketplaceRequest))]
[JsonSerializable(typeof(CreateQuoteRequest))]
[JsonSerializable(typeof(CreateQuoteAnswer))]
[JsonSerializable(typeof(CreateTransferRequest))]
[JsonSerializable(typeof(InquiryTransferRequest))]
[JsonSerializable(typeof(TransferAnswer))]
[JsonSerializable(typeof(RefundRequest))]
[JsonSerializable(typeof(InquiryRefundRequest))]
[JsonSerializable(typeof(RefundAnswer))]
internal sealed partial class WorldFirstJson : JsonSerializerContext;
