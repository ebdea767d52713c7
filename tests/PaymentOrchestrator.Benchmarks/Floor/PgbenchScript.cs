using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PaymentOrchestrator.Benchmarks.Floor;

/// <summary>What changes from one transaction of the floor to the next, and what it was while the statements were recorded.</summary>
/// <param name="Buyer">The recorded buyer's number, which is in its shard, its id and those of its accounts. Each transaction takes the next buyer.</param>
/// <param name="Buyers">How many there are.</param>
/// <param name="Quote">The recorded quote's id, whose row is there before; null where none is.</param>
/// <param name="Once">The recorded text that is another each time: of a payment its Idempotency-Key, of a quote its order.</param>
internal sealed record FloorVariables(int Buyer, int Buyers, string? Quote, string Once);

/// <summary>
/// A pgbench script of recorded round trips: each is one pipeline, with the same statements and the same values, but for ids and keys, which must be
/// new each time.
/// </summary>
internal sealed partial class PgbenchScript(RunIds ids)
{
    /// <returns>The script, and the values that go to pgbench as variables.</returns>
    public (string Script, IReadOnlyDictionary<string, string> Variables) Write(
        IReadOnlyList<IReadOnlyList<RecordedStatement>> trips, FloorVariables what, int clients)
    {
        var body = new StringBuilder();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var kinds = new Dictionary<string, int>(StringComparer.Ordinal);
        if (what.Quote is { } quote) kinds[quote] = RunIds.QuoteKind;
        foreach (var trip in trips)
        {
            body.AppendLine("\\startpipeline");
            foreach (var statement in trip)
            {
                // pgbench reads a colon before a name as a variable of its own, and ends a command at a semicolon.
                var text = Comment().Replace(statement.Text, "").Trim();
                body.AppendLine(Parameter().Replace(text, match => Sql(statement.Parameters[int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1])) + ";");
            }

            body.AppendLine("\\endpipeline");
        }

        var numbers = new StringBuilder();
        numbers.AppendLine(CultureInfo.InvariantCulture, $"\\set i :i + 1\n\\set n :i * {clients} + :client_id\n\\set b {BenchIds.FirstBuyer} + :n % {what.Buyers}\n\\set shard {BenchIds.ShardExpression(":b")}");
        foreach (var kind in kinds.Values) numbers.AppendLine(CultureInfo.InvariantCulture, $"\\set id{kind} {RunIds.Number(":n", kind, ":b")}");
        return ($"{numbers}{body}", values);

        string Sql(RecordedParameter parameter)
        {
            var cast = PostgresValue.Name(parameter.TypeOid) is { } type ? $"::{type}" : "";
            return parameter switch
            {
                { Value: null } => $"null{cast}",
                { TypeOid: PostgresValue.Uuid } => Uuid(parameter.Value),
                { TypeOid: PostgresValue.UuidArray } => $"array[{string.Join(", ", PostgresValue.Elements(parameter.Value).Select(Uuid))}]::uuid[]",
                { TypeOid: PostgresValue.Int2 } when parameter.Value == BenchIds.Shard(what.Buyer).ToString(CultureInfo.InvariantCulture) => ":shard::smallint",
                { TypeOid: PostgresValue.Text } when parameter.Value == what.Once => $"(:{Variable(ids.Prefix)}::text || :n)",
                _ => $":{Variable(parameter.Value)}{cast}",
            };
        }

        string Uuid(string recorded)
        {
            if (BenchIds.KindOf(recorded, what.Buyer) is { } account) return $"(:{Variable(BenchIds.Prefix(account))}::text || :b)::uuid";
            if (!kinds.TryGetValue(recorded, out var kind)) kinds[recorded] = kind = kinds.Count + RunIds.QuoteKind + 1;
            return $"(:{Variable(ids.Prefix)}::text || :id{kind})::uuid";
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

    [GeneratedRegex(@"\$(\d+)")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"--[^\n]*")]
    private static partial Regex Comment();
}
