using PaymentOrchestrator.Api.Commands;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Operations;

/// <summary>That the papers which are written by the code are what it writes.</summary>
public sealed class PapersTests
{
    [Theory]
    [InlineData("error-codes.md", "error-codes")]
    [InlineData("payment-states.md", "state-graph")]
    public async Task A_paper_that_is_made_from_code_is_current(string file, string command)
    {
        var written = command == "error-codes" ? Papers.ErrorCodes() : Papers.StateGraph();
        Assert.Equal(written, await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", file), TestContext.Current.CancellationToken));
        Assert.Contains(Command.All, one => one.Name == command);
    }

    [Fact]
    public void Every_code_has_a_row_and_every_edge_an_arrow()
    {
        Assert.All(ProblemType.All, type => Assert.Contains($"| `{type.Code}` | {type.Status} |", Papers.ErrorCodes(), StringComparison.Ordinal));
        foreach (var from in Enum.GetValues<PaymentStatus>())
            Assert.All(Enum.GetValues<PaymentStatus>(), to =>
                Assert.Equal(PaymentTransitions.Allows(from, to), Papers.StateGraph().Contains($"    {from.Code()} --> {to.Code()}\n", StringComparison.Ordinal)));
    }
}
