using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Operations;

/// <summary>That the papers beside the code speak of the code as it is.</summary>
public sealed partial class DeployFilesTests
{
    private static readonly string Sources = Path.Combine(Repository.Root, "src", "PaymentOrchestrator.Api");

    [Fact]
    public void Every_setting_that_the_code_reads_is_documented()
    {
        var read = KeysRead();
        Assert.True(read.Count > 50, string.Join(", ", read));
        Assert.Empty(read.Except(Documented()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_documented_setting_is_read()
    {
        // Read by the framework's console logger.
        var elsewhere = new[] { "Logging:Console:FormatterName" };
        Assert.Empty(Documented().Except(KeysRead()).Except(elsewhere).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_alert_has_a_paragraph_in_the_runbook_and_names_it()
    {
        var rules = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "monitoring", "alerts.yaml"));
        var runbook = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "runbook.md"));
        var alerts = Alert().Matches(rules).Select(match => match.Groups[1].Value).ToList();
        Assert.True(alerts.Count > 10);
        Assert.All(alerts, alert =>
        {
            Assert.Matches($@"(?m)^### {alert}\n[^#\n].{{80,}}", runbook);
            Assert.Contains($"runbook: deploy/runbook.md#{alert.ToLowerInvariant()}", rules, StringComparison.Ordinal);
        });
        Assert.All(Heading().Matches(runbook), heading => Assert.Contains(heading.Groups[1].Value, alerts));
    }

    [Fact]
    public void Links_between_the_papers_lead_somewhere()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "deploy"), "*.md").Concat(Directory.EnumerateFiles(Repository.Root, "*.md")))
            Assert.All(Link().Matches(File.ReadAllText(file)), link =>
                Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(file)!, link.Groups[1].Value)), $"{file}: {link.Groups[1].Value}"));
    }

    /// <summary>A property that MSBuild does not know is no error to it: the server's collector once came with one that was misspelt.</summary>
    [Theory]
    [InlineData("System.GC.Server", "false")]
    [InlineData("System.GC.Concurrent", "false")]
    [InlineData("System.Runtime.TieredPGO", "false")]
    [InlineData("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit", "0")]
    public void The_runtime_is_told_what_the_project_says(string setting, string value)
    {
        using var runtime = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "PaymentOrchestrator.Api.runtimeconfig.json")));
        Assert.Equal(value, runtime.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty(setting).GetRawText());
    }

    private static HashSet<string> Documented() =>
        [.. Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "configuration.md"))).Select(match => match.Groups[1].Value)];

    /// <summary>
    /// Keys in full, wherever they are written; the names that a file reads of the section that it names; and those of the providers, whose section is
    /// the mode's and the provider's.
    /// </summary>
    private static HashSet<string> KeysRead()
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Sources, "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal)))
        {
            var text = File.ReadAllText(file);
            foreach (Match match in ConnectionString().Matches(text)) keys.Add($"ConnectionStrings:{match.Groups[1].Value}");
            foreach (Match match in Whole().Matches(text)) keys.Add(match.Groups["key"].Value);
            var sections = Section().Matches(text).Select(match => match.Groups[1].Value).Concat(SectionConstant().Matches(text).Select(match => match.Groups[1].Value)).ToList();
            foreach (var section in sections.Where(section => !section.StartsWith("Providers:", StringComparison.Ordinal)))
            {
                var names = InSection().Matches(text).Select(match => match.Groups["name"].Value).ToList();
                // A section without names is a list.
                keys.UnionWith(names.Count == 0 ? [section] : names.Select(name => $"{section}:{name}"));
            }

            foreach (Match provider in Provider().Matches(text))
            {
                var body = provider.Groups["body"].Value;
                var party = body.Contains(".Party(", StringComparison.Ordinal) ? ["BaseUrl", "ClientId", "PrivateKey", "ProviderPublicKey"] : Array.Empty<string>();
                keys.UnionWith(ProviderKey().Matches(body).Select(match => match.Groups[1].Value).Concat(party).Select(name => $"Providers:Test:{provider.Groups["name"].Value}:{name}"));
            }
        }

        // The two logins of Db are named by a variable.
        keys.UnionWith(["ConnectionStrings:App", "ConnectionStrings:Worker"]);
        return keys;
    }

    [GeneratedRegex(@"^\| `([A-Z][A-Za-z0-9]*(?::[A-Za-z0-9]+)+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"GetConnectionString\(""(\w+)""\)")]
    private static partial Regex ConnectionString();

    [GeneratedRegex(@"(?:onfiguration\[|GetValue<[^>]*>\()""(?<key>[A-Z]\w*(?::\w+)+)""")]
    private static partial Regex Whole();

    [GeneratedRegex(@"onfiguration\.GetSection\(""([A-Z][\w:]*)""\)")]
    private static partial Regex Section();

    [GeneratedRegex(@"const string Section = ""([A-Z][\w:]*)""")]
    private static partial Regex SectionConstant();

    [GeneratedRegex(@"(?:Read\(nameof\((?<name>\w+)\)|section(?:\[|\.GetValue<[^>]*>\()(?:nameof\((?<name>\w+)\)|""(?<name>[A-Z][\w:]*)""))")]
    private static partial Regex InSection();

    [GeneratedRegex(@"new\(\w+\.Capabilities, ""(?<name>\w+)"", section => new \w+\s*\{(?<body>.*?)\n\s*\}\)", RegexOptions.Singleline)]
    private static partial Regex Provider();

    [GeneratedRegex(@"section\.(?:Text|Url|OptionalUrl)\(""(\w+)""\)")]
    private static partial Regex ProviderKey();

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"^### (\w+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
