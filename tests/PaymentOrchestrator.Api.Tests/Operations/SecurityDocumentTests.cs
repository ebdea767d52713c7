using System.Text.RegularExpressions;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Operations;

/// <summary>What SECURITY.md promises is shown by tests that there are.</summary>
public sealed partial class SecurityDocumentTests
{
    [Fact]
    public void Each_of_the_ten_risks_names_tests_that_there_are()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "SECURITY.md"));
        var sources = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText));
        var rows = Risk().Matches(document);
        Assert.Equal(Enumerable.Range(1, 10), rows.Select(row => int.Parse(row.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.All(rows, row => Assert.NotEmpty(Name().Matches(row.Groups[2].Value)));
        Assert.All(Name().Matches(document), name => Assert.Contains($"class {name.Groups[1].Value}", sources, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^\| API(\d+) .*\|([^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex Risk();

    [GeneratedRegex("`([A-Z][A-Za-z0-9]+(?:Tests|Contract))`")]
    private static partial Regex Name();
}
