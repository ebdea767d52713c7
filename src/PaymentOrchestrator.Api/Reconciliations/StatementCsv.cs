using System.Globalization;
using System.Text;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Reconciliations;

/// <summary>
/// Reads a statement from CSV, as a stream and never as a whole: UTF-8 with or without a byte order mark, lines ended by LF or CRLF, the header below,
/// fields with or without quotes. Whatever is not plainly right is a fault of its line; with a single one, nothing is taken.
/// </summary>
internal static class StatementCsv
{
    /// <summary>The first line, exactly. amount: whole minor units; occurred_at: RFC 3339 in UTC; request_id and payment_id may be empty.</summary>
    public const string Header = "type,provider_reference,request_id,payment_id,currency,amount,occurred_at";

    /// <summary>How many lines a statement may have.</summary>
    public const int MaxLines = 200_000;

    /// <summary>How many faults are told of at once.</summary>
    public const int MaxFaults = 100;

    private const int MaxLineLength = 2_000;
    private const int MaxTextLength = 128;
    private static readonly string[] Columns = Header.Split(',');
    private static readonly string[] TimeForms = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'"];

    internal abstract record Reading
    {
        private Reading() { }

        public sealed record Lines(IReadOnlyList<StatementLine> Data) : Reading;

        /// <param name="Faults">Each names its line: <c>lines.17.amount</c>; line 1 is the header.</param>
        public sealed record Faulty(IReadOnlyList<FieldError> Faults) : Reading;
    }

    public static async Task<Reading> ReadAsync(Stream stream, int maxLines, CancellationToken cancellationToken)
    {
        // The decoder throws at what is not UTF-8, and swallows the mark.
        using var reader = new StreamReader(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false, 32 * 1024, leaveOpen: true);
        var reading = new Rows(maxLines);
        var line = new StringBuilder();
        var buffer = new char[16 * 1024];
        var first = true;
        try
        {
            for (int count; (count = await reader.ReadAsync(buffer.AsMemory(), cancellationToken)) > 0;)
            {
                var rest = buffer.AsMemory(0, count);
                if (first && rest.Span[0] == '\uFEFF') rest = rest[1..];
                first = false;
                for (int end; (end = rest.Span.IndexOf('\n')) >= 0; rest = rest[(end + 1)..])
                {
                    Append(line, rest.Span[..end]);
                    if (!reading.Take(line)) return reading.Faulty;
                    line.Clear();
                }

                Append(line, rest.Span);
            }
        }
        catch (DecoderFallbackException)
        {
            return new Reading.Faulty([new FieldError($"lines.{reading.Next}", "invalid_text", $"Line {reading.Next} or one soon after it is not UTF-8 text.")]);
        }

        if (line.Length > 0 && !reading.Take(line)) return reading.Faulty;
        return reading.End();
    }

    /// <summary>No more than it takes to see that the line is too long.</summary>
    private static void Append(StringBuilder line, ReadOnlySpan<char> text) => line.Append(text[..Math.Min(text.Length, MaxLineLength + 2 - Math.Min(line.Length, MaxLineLength + 2))]);

    private sealed class Rows(int maxLines)
    {
        private readonly List<StatementLine> lines = [];
        private readonly List<FieldError> faults = [];
        private readonly Dictionary<(MovementType, string), int> seen = [];
        private readonly string[] fields = new string[Columns.Length];
        private int number;

        public int Next => number + 1;

        public Reading.Faulty Faulty => new([.. faults]);

        /// <summary>False when there is no use in reading on.</summary>
        public bool Take(StringBuilder raw)
        {
            number++;
            if (raw.Length > 0 && raw[^1] == '\r') raw.Length--;
            if (raw.Length > MaxLineLength) Fault(null, "too_long", $"has more than {MaxLineLength} characters");
            else if (number == 1) return TakeHeader(raw.ToString());
            else if (lines.Count == maxLines) return Fault(null, "too_many", $"is beyond the {maxLines} lines that a statement may have: import it in parts, by time");
            else if (Split(raw.ToString())) TakeLine();
            return faults.Count < MaxFaults;
        }

        public Reading End()
        {
            if (number == 0) Fault(1, null, "required", $"must be the header {Header}");
            return faults.Count > 0 ? Faulty : new Reading.Lines(lines);
        }

        private bool TakeHeader(string text) => text == Header || Fault(null, "invalid_header", $"must be exactly {Header}");

        /// <summary>Into its fields. A field in quotes holds anything but the end of the line; a quote in it is written twice.</summary>
        private bool Split(string text)
        {
            var (at, count) = (0, 0);
            while (true)
            {
                if (count == fields.Length) return Fault(null, "wrong_type", $"has more than {Columns.Length} fields");
                string field;
                if (at < text.Length && text[at] == '"')
                {
                    var value = new StringBuilder();
                    for (at++; ; at++)
                    {
                        if (at >= text.Length) return Fault(null, "invalid_quotes", "has a quote that does not end on the line");
                        if (text[at] != '"') value.Append(text[at]);
                        else if (at + 1 < text.Length && text[at + 1] == '"') value.Append(text[at++]);
                        else break;
                    }

                    at++;
                    if (at < text.Length && text[at] != ',') return Fault(null, "invalid_quotes", "has something behind a closing quote");
                    field = value.ToString();
                }
                else
                {
                    var end = text.IndexOf(',', at);
                    field = end < 0 ? text[at..] : text[at..end];
                    if (field.Contains('"', StringComparison.Ordinal)) return Fault(null, "invalid_quotes", "has a quote inside a field that does not begin with one");
                    at += field.Length;
                }

                fields[count++] = field;
                if (at >= text.Length) return count == fields.Length || Fault(null, "wrong_type", $"has {count} fields; there must be {Columns.Length}");
                at++;
            }
        }

        private void TakeLine()
        {
            var before = faults.Count;
            for (var i = 0; i < fields.Length; i++) CheckText(Columns[i], fields[i]);
            if (faults.Count > before) return;

            var type = MovementTypes.FromCode(fields[0]);
            if (type is null) Fault("type", "invalid", $"must be one of {string.Join(", ", Enum.GetValues<MovementType>().Select(one => one.Code()))}");
            if (fields[1].Length == 0) Fault("provider_reference", "required", "must not be empty");
            if (!Currency.TryParse(fields[4], out var currency)) Fault("currency", "invalid", "must be a currency code of three capital letters that we know");
            if (!long.TryParse(fields[5], NumberStyles.None, CultureInfo.InvariantCulture, out var amount) || amount is < 1 or > Money.MaxValue || fields[5][0] == '0')
                Fault("amount", "wrong_type", $"must be a whole number of minor units from 1 to {Money.MaxValue}, digits alone: no sign, point, blank or exponent");
            if (!DateTimeOffset.TryParseExact(fields[6], TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
                Fault("occurred_at", "invalid", "must be a time in UTC such as 2026-11-23T08:15:00Z");
            if (type is { } known && fields[1].Length > 0 && !seen.TryAdd((known, fields[1]), number))
                Fault("provider_reference", "duplicate", $"is the same {fields[0]} as line {seen[(known, fields[1])]}");
            if (faults.Count > before) return;
            lines.Add(new StatementLine(number, type!.Value, fields[1], NullIfEmpty(fields[2]), NullIfEmpty(fields[3]), new Money(currency!, amount), at));
        }

        /// <summary>Also against what a spreadsheet would take for a formula, so that nobody is hurt by opening what we hand out again.</summary>
        private void CheckText(string column, string text)
        {
            if (text.Length > MaxTextLength) Fault(column, "too_long", $"may hold at most {MaxTextLength} characters");
            else if (text.Any(char.IsControl)) Fault(column, "invalid_text", "must not hold control characters");
            else if (text.Length > 0 && (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]))) Fault(column, "invalid_text", "must not begin or end with a blank");
            else if (text is ['=' or '+' or '-' or '@', ..]) Fault(column, "invalid_text", "must not begin like a formula, with =, +, - or @");
        }

        private bool Fault(string? column, string code, string what) => Fault(number, column, code, what);

        private bool Fault(int line, string? column, string code, string what)
        {
            faults.Add(column is null ? new FieldError($"lines.{line}", code, $"Line {line} {what}.") : new FieldError($"lines.{line}.{column}", code, $"Line {line}: {column} {what}."));
            return false;
        }

        private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
    }
}
