using System.Text.RegularExpressions;

namespace PaymentOrchestrator.Api.Tests.Access;

/// <param name="Scopes">What a secret key needs; empty for none.</param>
/// <param name="OpenToBuyers">Whether a publishable key with a buyer session serves as well.</param>
internal sealed record Operation(string Method, string Path, string Id, IReadOnlyList<string> Scopes, bool OpenToBuyers);

/// <summary>The routes of openapi.yaml, read from the file as it lies at the top of the repository.</summary>
internal static partial class Contract
{
    public static IReadOnlyList<Operation> Operations { get; } = Read();

    public static string Text { get; } = File.ReadAllText(Path.Combine(Root(), "openapi.yaml"));

    private static List<Operation> Read()
    {
        var operations = new List<Operation>();
        var (path, method, id, inPaths) = ("", "", "", false);
        var lines = File.ReadAllLines(Path.Combine(Root(), "openapi.yaml"));
        var scopes = new List<string>();
        var open = false;
        foreach (var line in lines)
        {
            if (line.Length > 0 && line[0] != ' ')
            {
                Finish();
                inPaths = line == "paths:";
            }
            else if (inPaths && PathLine().Match(line) is { Success: true } at)
            {
                Finish();
                path = at.Groups[1].Value;
            }
            else if (inPaths && MethodLine().Match(line) is { Success: true } verb)
            {
                Finish();
                method = verb.Groups[1].Value.ToUpperInvariant();
            }
            else if (inPaths && IdLine().Match(line) is { Success: true } name) id = name.Groups[1].Value;
            else if (inPaths && line.Trim() == "- publishable_key: [ ]") open = true;
            else if (inPaths && ScopeLine().Match(line) is { Success: true } scope) scopes.Add(scope.Groups[1].Value);
        }

        Finish();
        return operations;

        void Finish()
        {
            if (method.Length > 0) operations.Add(new Operation(method, path, id, [.. scopes], open));
            (method, id, open) = ("", "", false);
            scopes.Clear();
        }
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "PaymentOrchestrator.sln"))) return folder.FullName;
        throw new InvalidOperationException("The tests do not run inside the repository.");
    }

    [GeneratedRegex("^  '?(/[^':]*)'?:$")]
    private static partial Regex PathLine();

    [GeneratedRegex("^    (get|put|post|delete|patch|head|options):$")]
    private static partial Regex MethodLine();

    [GeneratedRegex("^      operationId: (\\S+)$")]
    private static partial Regex IdLine();

    [GeneratedRegex("^            - '?([a-z]+(?::[a-z]+)?)'?$")]
    private static partial Regex ScopeLine();
}
