using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace PaymentOrchestrator.Domain;

/// <summary>A resource with ids of its own: <c>pay_…</c>, <c>quo_…</c>.</summary>
public interface IResource
{
    /// <summary>Three lower-case letters.</summary>
    static abstract string Prefix { get; }
}

/// <summary>
/// The id of a resource: a version 7 UUID whose last 16 bits are the buyer's shard key, so that every id routes itself to its shard.
/// Written as prefix, underscore and 26 characters of Crockford's base 32. The default value is the id of nothing.
/// </summary>
public readonly record struct Id<T>(Guid Value) : ISpanParsable<Id<T>>
    where T : IResource
{
    /// <summary>The last 16 bits: which shard holds the resource, and everything else of the same buyer.</summary>
    public short ShardKey
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes, bigEndian: true, out _);
            return BinaryPrimitives.ReadInt16BigEndian(bytes[14..]);
        }
    }

    public static Id<T> New(short shardKey, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(now).TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt16BigEndian(bytes[14..], shardKey);
        return new Id<T>(new Guid(bytes, bigEndian: true));
    }

    public static Id<T> Parse(ReadOnlySpan<char> s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"Not an id of the form {T.Prefix}_….");

    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Id<T> result)
    {
        result = default;
        if (s.Length != T.Prefix.Length + 1 + Base32.Length || !s.StartsWith(T.Prefix, StringComparison.Ordinal) || s[T.Prefix.Length] != '_')
            return false;
        if (!Base32.TryDecode(s[(T.Prefix.Length + 1)..], out var value)) return false;
        result = new Id<T>(value);
        return true;
    }

    public static Id<T> Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Id<T> result) => TryParse(s.AsSpan(), provider, out result);

    /// <summary>The id in the text, or the id of nothing: a malformed id is answered like an unknown one.</summary>
    public static Id<T> ParseOrNone(string? text) => TryParse(text.AsSpan(), null, out var id) ? id : default;

    public override string ToString() => $"{T.Prefix}_{Base32.Encode(Value)}";
}
