using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PaymentOrchestrator.Benchmarks.Floor;

/// <summary>What changes from one transaction of the floor to the next, and what it was while the statements were recorded.</summary>
/// <param name="Buyer">The recorded buyer's number, which is its shard and stands in its id and in those of its accounts. Each transaction takes the next buyer.</param>
/// <param name="Buyers">How many there are.</param>
/// <param name="Quote">The recorded quote's id, whose row is there before; null where none is.</param>
/// <param name="Key">The recorded Idempotency-Key; null where none was sent.</param>
internal sealed record FloorVariables(int Buyer, int Buyers, string? Quote, string? Key);

/// <summary>
/// A pgbench script of recorded round trips: each is one pipeline, with the same statements and the same values, but for ids and keys, which must be
/// new each time. An id is made from the transaction's number :n, so that it lies as closely in its index as the API's time-ordered ids do.
/// </summary>
internal static partial class PgbenchScript
{
    /// <summary>The number of the quote's kind of id, which <see cref="QuoteIdSql"/> has to agree with.</summary>
    private const int QuoteKind = 1;

    /// <summary>The id of the quote that transaction n of buyer b pays, as an SQL expression.</summary>
    public static string QuoteIdSql(string n, string shard) => IdSql(QuoteKind, n, shard);

    /// <returns>The script, and the values that go to pgbench as variables.</returns>
    public static (string Script, IReadOnlyDictionary<string, string> Variables) Write(
        IReadOnlyList<IReadOnlyList<RecordedStatement>> trips, FloorVariables what, int clients)
    {
        var script = new StringBuilder();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var kinds = new Dictionary<string, int>(StringComparer.Ordinal);
        if (what.Quote is { } quote) kinds[quote] = QuoteKind;
        script.AppendLine(CultureInfo.InvariantCulture, $"\\set i :i + 1\n\\set n :i * {clients} + :client_id\n\\set b :n % {what.Buyers}");
        foreach (var trip in trips)
        {
            script.AppendLine("\\startpipeline");
            foreach (var statement in trip)
            {
                // pgbench reads a colon before a name as a variable of its own, and ends a command at a semicolon.
                var text = Comment().Replace(statement.Text, "").Trim();
                script.AppendLine(Parameter().Replace(text, match => Sql(statement.Parameters[int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1])) + ";");
            }

            script.AppendLine("\\endpipeline");
        }

        return (script.ToString(), values);

        string Sql(RecordedParameter parameter)
        {
            var cast = PostgresValue.Name(parameter.TypeOid) is { } type ? $"::{type}" : "";
            return parameter switch
            {
                { Value: null } => $"null{cast}",
                { TypeOid: PostgresValue.Uuid } when BenchIds.KindOf(parameter.Value, what.Buyer) is { } kind => BenchIds.Sql(kind, ":b"),
                { TypeOid: PostgresValue.Uuid } => Id(parameter.Value),
                { TypeOid: PostgresValue.Int2 } when parameter.Value == what.Buyer.ToString(CultureInfo.InvariantCulture) => ":b::smallint",
                { TypeOid: PostgresValue.Text } when what.Key is { } key && parameter.Value == key => "('floor-' || :n::text)",
                _ => $":{Variable(parameter.Value)}{cast}",
            };
        }

        string Id(string recorded)
        {
            if (!kinds.TryGetValue(recorded, out var kind)) kinds[recorded] = kind = kinds.Count + QuoteKind + 1;
            return IdSql(kind, ":n", ":b");
        }

        string Variable(string value)
        {
            var name = values.FirstOrDefault(pair => pair.Value == value).Key;
            if (name is not null) return name;
            name = $"v{values.Count}";
            values[name] = value;
            return name;
        }
    }

    private static string IdSql(int kind, string n, string shard) =>
        $"(lpad(to_hex({n}::bigint), 12, '0') || '7{kind:x3}80000000000' || '0' || lpad(to_hex({shard}::int), 4, '0'))::uuid";

    [GeneratedRegex(@"\$(\d+)")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"--[^\n]*")]
    private static partial Regex Comment();
}
