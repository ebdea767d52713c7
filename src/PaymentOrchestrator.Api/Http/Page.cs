using System.Globalization;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Http;

/// <summary>Which page of a list was asked for.</summary>
/// <param name="Limit">1 to 100, as it was given; null for <see cref="DefaultSize"/>.</param>
/// <param name="Cursor">The next_cursor of an earlier page; null for the first.</param>
internal sealed record Page(string? Limit, string? Cursor)
{
    public const int DefaultSize = 20;

    public const int MaxSize = 100;

    public int Size => Limit is null ? DefaultSize : int.Parse(Limit, CultureInfo.InvariantCulture);

    /// <summary>Where the page begins, for lists whose cursor is the last id of the page before.</summary>
    public Guid? Before<T>()
        where T : IResource => Cursor is null ? null : Id<T>.ParseOrNone(Cursor).Value;

    public void Validate<T>(FieldErrors errors)
        where T : IResource => Validate(errors, Cursor is null || Id<T>.TryParse(Cursor, null, out _));

    public void Validate(FieldErrors errors, bool goodCursor)
    {
        if (Limit is not null && !(int.TryParse(Limit, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= MaxSize))
            errors.Add("limit", "invalid", "limit must be 1 to 100.");
        if (!goodCursor) errors.Add("cursor", "invalid", "cursor must be the next_cursor of an earlier page.");
    }
}
