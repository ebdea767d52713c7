using Xunit;

namespace PaymentOrchestrator.FaultTests.Mutants;

/// <summary>The judges are judged: every deliberate defect must be reported by one of them.</summary>
public sealed class MutantTests
{
    [Fact(Explicit = true)]
    public async Task Every_mutant_is_killed()
    {
        var (fates, repetition) = await MutantHunt.RunAsync(Mutant.All, text => TestContext.Current.SendDiagnosticMessage(text));
        Assert.Empty(fates.Where(fate => fate.KilledBy is null).Select(fate => fate.Name));
        Assert.True(fates.Count >= 10);
        // A failing seed repeats.
        Assert.Contains("failed 20 times out of 20", repetition, StringComparison.Ordinal);
        Assert.Contains("took one course", repetition, StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public void What_ships_knows_nothing_of_mutants()
    {
        var source = Path.Combine(MutantSource.Root(), "src");
        Assert.DoesNotContain(Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories), file => File.ReadAllText(file).Contains(Mutant.Variable, StringComparison.Ordinal));
    }
}
