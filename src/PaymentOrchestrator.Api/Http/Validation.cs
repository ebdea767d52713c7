using Mediator;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Http;

/// <summary>A message that can say what is wrong with it by itself, before anything is looked up.</summary>
internal interface IValidated
{
    void Validate(FieldErrors errors);
}

/// <summary>Collects what is wrong, so that a caller hears of everything at once.</summary>
internal sealed class FieldErrors
{
    public const int MaxMetadata = 20;

    private readonly List<FieldError> errors = [];

    public IReadOnlyList<FieldError> All => errors;

    public void Add(string field, string code, string message) => errors.Add(new FieldError(field, code, message));

    /// <summary>Characters as JSON Schema's maxLength counts them and a reader does: an emoji is one, though UTF-16 takes two units for it.</summary>
    public static int Characters(string text) => text.EnumerateRunes().Count();

    /// <summary>1 to <paramref name="max"/> characters, none of them a control character, not blank.</summary>
    public void Text(string field, string? text, int max)
    {
        if (text is null) return;
        if (string.IsNullOrWhiteSpace(text)) Add(field, "required", $"{field} must not be blank.");
        else if (Characters(text) > max) Add(field, "too_long", $"{field} may hold at most {max} characters.");
        else if (text.Any(char.IsControl)) Add(field, "invalid_text", $"{field} must not hold control characters.");
        else if (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1])) Add(field, "invalid_text", $"{field} must not begin or end with a blank.");
    }

    /// <summary>At most 20 texts of the caller's own: names of at most 40 characters, values of at most 500.</summary>
    public void Metadata(IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null) return;
        if (metadata.Count > MaxMetadata) Add("metadata", "too_many", $"metadata may hold at most {MaxMetadata} entries.");
        foreach (var (name, value) in metadata)
        {
            if (Characters(name) > 40) Add("metadata", "too_long", "A name in metadata may hold at most 40 characters.");
            if (Characters(value) > 500) Add($"metadata.{name}", "too_long", $"metadata.{name} may hold at most 500 characters.");
        }
    }

    /// <summary>An id of the resource, as a filter: one that is malformed can match nothing, and is a mistake rather than an empty answer.</summary>
    public void Id<T>(string field, string? text)
        where T : IResource
    {
        if (text is not null && !Domain.Id<T>.TryParse(text, null, out _)) Add(field, "invalid", $"{field} must be an id of the form {T.Prefix}_….");
    }

    /// <summary>A positive amount of at most 2⁵³ − 1 minor units, in the one currency if one is named.</summary>
    public void Positive(string field, Amount? amount, Currency? currency = null)
    {
        if (amount is null) return;
        if (amount.Value <= 0) Add($"{field}.value", "not_positive", $"{field}.value must be 1 or more, in minor units.");
        if (currency is not null && amount.Currency != currency) Add($"{field}.currency", "currency_not_supported", $"{field}.currency must be {currency}.");
    }

    /// <summary>An IPv4 or IPv6 address in its usual notation; none from a browser, whose address is its connection's.</summary>
    public void BuyerIp(string field, string? text, Caller caller)
    {
        if (text is not null && caller.Session is not null)
            Add(field, "not_applicable", $"{field} is taken from the connection of the buyer's browser; leave it out.");
        else if (text is not null && Network.BuyerNetwork.Parse(text) is null)
            Add(field, "invalid", $"{field} must be an IPv4 or IPv6 address, without port, zone or brackets.");
    }

    /// <summary>https anywhere, or http on this machine; no user information, at most 2048 characters.</summary>
    public void ReturnUrl(string field, string? url)
    {
        if (url is null) return;
        var good = url.Length <= 2048 && !url.Any(char.IsControl) && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
        if (!good) Add(field, "invalid_url", $"{field} must be an absolute https address (or http on localhost) of at most 2048 characters without user information.");
    }
}

/// <summary>Refuses a message that is wrong in itself.</summary>
internal sealed class ValidationBehavior<TMessage, TResponse> : IPipelineBehavior<TMessage, TResponse>
    where TMessage : notnull, IMessage
    where TResponse : IRefusable<TResponse>
{
    public ValueTask<TResponse> Handle(TMessage message, MessageHandlerDelegate<TMessage, TResponse> next, CancellationToken cancellationToken)
    {
        if (message is not IValidated validated) return next(message, cancellationToken);
        var errors = new FieldErrors();
        validated.Validate(errors);
        return errors.All.Count == 0 ? next(message, cancellationToken) : ValueTask.FromResult(TResponse.Refuse(Problem.Invalid([.. errors.All])));
    }
}
