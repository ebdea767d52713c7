namespace PaymentOrchestrator.Api.Http;

/// <summary>The Idempotency-Key of a call that moves money or changes an account: needed, and checked.</summary>
internal sealed record RequiredIdempotencyKey(string Text, Problem? Refusal) : IRequestPart
{
    public static ValueTask<RequiredIdempotencyKey> BindAsync(HttpContext context)
    {
        var (text, refusal) = IdempotencyKeyHeader.Read(context.Request);
        if (text is null && refusal is null)
            refusal = new Problem(ProblemType.IdempotencyKeyMissing, "Send an Idempotency-Key header with a value of your own, the same one when you retry.");
        return ValueTask.FromResult(new RequiredIdempotencyKey(text ?? "", refusal));
    }
}

/// <summary>The Idempotency-Key of a call that only makes a record: honoured when given.</summary>
internal sealed record OptionalIdempotencyKey(string? Text, Problem? Refusal) : IRequestPart
{
    public static ValueTask<OptionalIdempotencyKey> BindAsync(HttpContext context)
    {
        var (text, refusal) = IdempotencyKeyHeader.Read(context.Request);
        return ValueTask.FromResult(new OptionalIdempotencyKey(text, refusal));
    }
}

internal static class IdempotencyKeyHeader
{
    public const string Name = "Idempotency-Key";

    /// <summary>A browser's keys are its session's own: they neither meet the marketplace's nor another session's.</summary>
    private static string Own(HttpRequest request, string text) =>
        request.HttpContext.Features.Get<Caller>()?.Session is { } session ? $"{session.Id:N}/{text}" : text;

    /// <summary>1–255 visible ASCII characters, once.</summary>
    public static (string? Text, Problem? Refusal) Read(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(Name, out var values) || values.Count == 0) return (null, null);
        var text = values.ToString();
        return values.Count == 1 && text.Length is >= 1 and <= 255 && text.All(character => character is >= '!' and <= '~')
            ? (Own(request, text), null)
            : (null, new Problem(ProblemType.IdempotencyKeyMalformed, "The Idempotency-Key must be given once and hold 1 to 255 visible ASCII characters."));
    }
}
