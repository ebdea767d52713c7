using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace PaymentOrchestrator.Benchmarks.Floor;

/// <summary>The types that the API's parameters have, by PostgreSQL's numbers, and their binary forms.</summary>
internal static class PostgresValue
{
    public const int Int2 = 21;
    public const int Text = 25;
    public const int Uuid = 2950;
    public const int UuidArray = 2951;

    private static readonly DateTime Epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The name to cast to; null where the server is to infer the type.</summary>
    public static string? Name(int type) => type switch
    {
        0 => null,
        16 => "boolean",
        17 => "bytea",
        20 => "bigint",
        Int2 => "smallint",
        23 => "integer",
        Text => "text",
        114 => "json",
        1005 => "smallint[]",
        1007 => "integer[]",
        1009 => "text[]",
        1016 => "bigint[]",
        1184 => "timestamptz",
        1700 => "numeric",
        Uuid => "uuid",
        UuidArray => "uuid[]",
        3802 => "jsonb",
        _ => throw new NotSupportedException($"A parameter has type {type}, which the recorder does not know. Add it here."),
    };

    public static string ToText(int type, bool binary, ReadOnlySpan<byte> value)
    {
        if (!binary) return Encoding.UTF8.GetString(value);
        return type switch
        {
            0 or Text or 114 => Encoding.UTF8.GetString(value),
            16 => value[0] == 1 ? "true" : "false",
            17 => "\\x" + Convert.ToHexStringLower(value),
            20 => BinaryPrimitives.ReadInt64BigEndian(value).ToString(CultureInfo.InvariantCulture),
            Int2 => BinaryPrimitives.ReadInt16BigEndian(value).ToString(CultureInfo.InvariantCulture),
            23 => BinaryPrimitives.ReadInt32BigEndian(value).ToString(CultureInfo.InvariantCulture),
            1184 => Epoch.AddTicks(BinaryPrimitives.ReadInt64BigEndian(value) * 10).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            1700 => Numeric(value),
            Uuid => new Guid(value, bigEndian: true).ToString(),
            // A version byte goes before the text.
            3802 => Encoding.UTF8.GetString(value[1..]),
            1005 or 1007 or 1009 or 1016 or UuidArray => Array(value),
            _ => throw new NotSupportedException($"A parameter has type {type}, whose binary form the recorder does not know. Add it here."),
        };
    }

    /// <summary>Of an array of values that need no escaping, as <see cref="ToText"/> writes it.</summary>
    public static IEnumerable<string> Elements(string array) => array[1..^1].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(element => element.Trim('"'));

    private static string Array(ReadOnlySpan<byte> value)
    {
        if (BinaryPrimitives.ReadInt32BigEndian(value) == 0) return "{}";
        var element = BinaryPrimitives.ReadInt32BigEndian(value[8..]);
        var count = BinaryPrimitives.ReadInt32BigEndian(value[12..]);
        var rest = value[20..];
        var texts = new List<string>(count);
        for (var i = 0; i < count; i++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            rest = rest[4..];
            texts.Add(length < 0 ? "NULL" : $"\"{ToText(element, true, rest[..length]).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
            if (length > 0) rest = rest[length..];
        }

        return $"{{{string.Join(',', texts)}}}";
    }

    /// <summary>Groups of four decimal digits with a weight, a sign and a scale.</summary>
    private static string Numeric(ReadOnlySpan<byte> value)
    {
        int groups = BinaryPrimitives.ReadInt16BigEndian(value), weight = BinaryPrimitives.ReadInt16BigEndian(value[2..]);
        int sign = BinaryPrimitives.ReadUInt16BigEndian(value[4..]), scale = BinaryPrimitives.ReadInt16BigEndian(value[6..]);
        var number = 0m;
        for (var i = 0; i < groups; i++)
        {
            decimal digits = BinaryPrimitives.ReadInt16BigEndian(value[(8 + 2 * i)..]);
            for (var power = weight - i; power > 0; power--) digits *= 10_000m;
            for (var power = weight - i; power < 0; power++) digits /= 10_000m;
            number += digits;
        }

        return (sign == 0x4000 ? -number : number).ToString($"F{scale}", CultureInfo.InvariantCulture);
    }
}
