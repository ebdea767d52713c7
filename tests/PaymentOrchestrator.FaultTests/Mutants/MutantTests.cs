using Xunit;

namespace PaymentOrchestrator.FaultTests.Mutants;

/// <summary>The judges are judged by <c>ci</c>: every deliberate defect must be reported by one of them. Here is what shows without building the copy.</summary>
public sealed class MutantTests
{
    private static readonly string Source = Path.Combine(MutantSource.Root(), "src");

    [Fact]
    public void Every_patch_fits_the_source_in_one_place() => Assert.All(Mutant.All.SelectMany(mutant => mutant.Patches), patch =>
        Assert.Single(File.ReadAllText(Path.Combine(Source, patch.File)).Split(patch.Search.ReplaceLineEndings("\n")).Skip(1)));

    [Fact]
    public void There_are_ten_at_least_and_each_has_a_place_where_it_shows()
    {
        Assert.True(Mutant.All.Count >= 10);
        Assert.All(Mutant.All, mutant => Assert.Equal(mutant.Hunt == Hunt.Kill, mutant.Point is not null));
        Assert.All(Mutant.All, mutant => Assert.Equal(mutant.Hunt == Hunt.Simulation, mutant.Seed is not null));
    }

    [Fact]
    public void What_ships_knows_nothing_of_mutants() =>
        Assert.DoesNotContain(Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories), file => File.ReadAllText(file).Contains(Mutant.Variable, StringComparison.Ordinal));
}
