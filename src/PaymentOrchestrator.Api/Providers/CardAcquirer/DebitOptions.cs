using System.Text.Json.Serialization;
using Stripe;

namespace PaymentOrchestrator.Api.Providers.CardAcquirer;

/// <summary>
/// What a debit says when it creates a payment intent. The SDK looks at every property of its options with reflection at each call, and its own class for this has forty: on the way of each payment, four fifths of
/// writing the form.
/// </summary>
internal sealed class DebitOptions : BaseOptions
{
    [JsonPropertyName("amount")]
    public required long Amount { get; init; }

    [JsonPropertyName("currency")]
    public required string Currency { get; init; }

    [JsonPropertyName("customer")]
    public required string Customer { get; init; }

    [JsonPropertyName("payment_method")]
    public required string PaymentMethod { get; init; }

    [JsonPropertyName("allowed_payment_method_types")]
    public required List<string> AllowedPaymentMethodTypes { get; init; }

    [JsonPropertyName("confirm")]
    public required bool Confirm { get; init; }

    [JsonPropertyName("off_session")]
    public required bool OffSession { get; init; }

    [JsonPropertyName("metadata")]
    public required Dictionary<string, string> Metadata { get; init; }
}
