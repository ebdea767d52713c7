using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Http;

/// <summary>One field of a request that is not acceptable.</summary>
/// <param name="Field">Its path: <c>order.amount.value</c>, <c>metadata.colour</c>; empty for the body itself.</param>
/// <param name="Code">A stable code: <c>required</c>, <c>unknown_field</c>, <c>wrong_type</c> …</param>
/// <param name="Message">What is wrong and what is asked for. Never repeats the value.</param>
public sealed record FieldError(string Field, string Code, string Message);

/// <summary>A refusal: what went wrong in a stable code, and what to do next.</summary>
internal sealed record Problem(ProblemType Type, string Detail)
{
    public IReadOnlyList<FieldError>? Errors { get; init; }

    /// <summary>Seconds; written as the Retry-After header.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The scope that a key would need.</summary>
    public string? NeededScope { get; init; }

    /// <summary>The buyer that already has the reference.</summary>
    public string? BuyerId { get; init; }

    /// <summary>The payment that stands in the way.</summary>
    public string? PaymentId { get; init; }

    public string? PaymentStatus { get; init; }

    /// <summary>What is left to refund.</summary>
    public Amount? AmountLeft { get; init; }

    /// <summary>The fresh quote that takes the place of an expired one.</summary>
    public Quotes.QuoteResource? Replacement { get; init; }

    /// <summary>Why the method is not open to the buyer.</summary>
    public IReadOnlyList<Eligibility.RequirementResource>? Requirements { get; init; }

    public static Problem Invalid(params FieldError[] errors) =>
        new(ProblemType.ValidationFailed, errors.Length == 1 ? errors[0].Message : "Several fields are not acceptable; see errors.") { Errors = errors };

    public static Problem TooLarge(string field, Currency currency) => new(
        ProblemType.AmountTooLarge,
        $"{field} would pass {Money.MaxValue} minor units of {currency}, more than JSON clients read exactly. Use a smaller order or another currency.")
    {
        Errors = [new FieldError(field, ProblemType.AmountTooLarge.Code, $"Passes {Money.MaxValue} minor units of {currency}.")],
    };

    /// <summary>Amounts so large that they are not even read: whatever their currency is.</summary>
    public static Problem TooLarge(IReadOnlyList<FieldError> errors) => new(ProblemType.AmountTooLarge, errors[0].Message) { Errors = errors };

    /// <param name="what">What there is none of, for people.</param>
    /// <param name="field">Where the id was, if not in the address.</param>
    public static Problem NotFound<T>(string what, string? field = null) where T : IResource
    {
        var detail = $"There is no {what} with this id in this marketplace and mode. Ids look like {T.Prefix}_….";
        return field is null
            ? new(ProblemType.NotFound, detail)
            : new(ProblemType.NotFound, $"{field}: {detail}") { Errors = [new FieldError(field, ProblemType.NotFound.Code, detail)] };
    }
}
