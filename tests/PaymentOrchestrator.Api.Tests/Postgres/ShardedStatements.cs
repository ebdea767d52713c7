using System.Text.RegularExpressions;

namespace PaymentOrchestrator.Api.Tests.Postgres;

/// <summary>
/// Reads SQL as far as is needed to see whether each growing table in it is held to a shard: by equality of its shard_key with a value, or with that of a
/// table which is. Subqueries see what is around them, as in SQL.
/// </summary>
internal static partial class ShardedStatements
{
    /// <summary>How many statements of the text concern a growing table.</summary>
    public static int Count(string text, IReadOnlyList<string> growing) => Statements(text).Count(statement => References(statement, growing).Any());

    /// <summary>The statements that leave a growing table open, on one line each.</summary>
    public static IEnumerable<string> Unrouted(string text, IReadOnlyList<string> growing) =>
        Statements(text).Where(statement => !IsRouted(statement, growing, new Dictionary<string, bool>()));

    private static IEnumerable<string> Statements(string text) =>
        Quoted().Replace(Comment().Replace(text, ""), "''").Split(';').Select(statement => Blanks().Replace(statement, " ").Trim()).Where(statement => Verb().IsMatch(statement));

    /// <param name="around">Names that are visible from the outer query, and whether each is held to a shard.</param>
    private static bool IsRouted(string scope, IReadOnlyList<string> growing, IReadOnlyDictionary<string, bool> around)
    {
        var inner = new List<string>();
        var own = Subquery().Replace(scope, match =>
        {
            inner.Add(match.Groups["inside"].Value);
            return " () ";
        });
        if (Insert().Match(own) is { Success: true } insert && growing.Contains(insert.Groups["table"].Value)
            && !insert.Groups["columns"].Value.Split(',').Any(column => column.Trim() == "shard_key")) return false;

        var names = References(own, growing).ToList();
        var held = new Dictionary<string, bool>(around);
        foreach (var name in names) held[name] = false;
        var edges = Equality().Matches(own).Select(match => (
            Left: match.Groups["left"] is { Success: true } left ? left.Value : names.FirstOrDefault() ?? "",
            Right: match.Groups["right"] is { Success: true } right ? right.Value : null)).ToList();
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var (left, right) in edges)
            {
                // Equal to a value, or to a column of what does not grow: a list of values, or a query that is looked at by itself.
                if (right is null || !held.TryGetValue(right, out var rightHeld)) changed |= Hold(held, left);
                else if (rightHeld) changed |= Hold(held, left);
                else if (held.TryGetValue(left, out var leftHeld) && leftHeld) changed |= Hold(held, right);
            }
        }

        return names.All(name => held[name]) && inner.All(one => IsRouted(one, growing, held));
    }

    private static bool Hold(Dictionary<string, bool> held, string name)
    {
        if (!held.TryGetValue(name, out var already) || already) return false;
        held[name] = true;
        return true;
    }

    /// <summary>The names by which growing tables are read or changed; what is inserted into is no such. After a comma a table has an alias, or it is a column.</summary>
    private static IEnumerable<string> References(string scope, IReadOnlyList<string> growing) =>
        Reference().Matches(scope).Where(match => growing.Contains(match.Groups["table"].Value))
            .Select(match => match.Groups["alias"] is { Success: true } alias && !Keyword().IsMatch(alias.Value) ? alias.Value : match.Groups["table"].Value)
            .Concat(FurtherReference().Matches(scope).Where(match => growing.Contains(match.Groups["table"].Value) && !Keyword().IsMatch(match.Groups["alias"].Value))
                .Select(match => match.Groups["alias"].Value));

    [GeneratedRegex(@"--[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex("'(?:[^']|'')*'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"^(select|insert into|update|delete from|with)\b|\bfrom \w+( \w+)? (where|join|order)\b")]
    private static partial Regex Verb();

    // A bracket that opens with a query, up to the one that closes it.
    [GeneratedRegex(@"\(\s*(?<inside>(?:select|with|update|delete|insert)\b(?>[^()]+|\((?<depth>)|\)(?<-depth>))*(?(depth)(?!)))\)")]
    private static partial Regex Subquery();

    [GeneratedRegex(@"\binsert into (?<table>\w+) \((?<columns>[^)]*)\)")]
    private static partial Regex Insert();

    [GeneratedRegex(@"\b(?:from|join|update|using) (?:only )?(?<table>\w+)(?: (?:as )?(?<alias>\w+))?")]
    private static partial Regex Reference();

    [GeneratedRegex(@", (?<table>\w+) (?:as )?(?<alias>\w+)")]
    private static partial Regex FurtherReference();

    [GeneratedRegex("^(set|where|on|join|left|right|full|inner|cross|natural|using|order|group|having|values|returning|limit|offset|for|union|select|from|as)$")]
    private static partial Regex Keyword();

    [GeneratedRegex(@"(?:(?<left>\w+)\.)?\bshard_key = (?:(?<right>\w+)\.\w+|@\w+|\$\d+|-?\d+|any \()")]
    private static partial Regex Equality();
}
