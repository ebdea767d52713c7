using Xunit;

namespace PaymentOrchestrator.FaultTests;

/// <summary>Before anything long begins: what cannot be meant is refused, and the message says what can.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("simulat", "There is no command simulat.")]
    [InlineData("simulate --seeds ten", "--seeds is a whole number from 1 to 2147483647, not \"ten\".")]
    [InlineData("simulate --seeds 0", "--seeds is a whole number from 1 to 2147483647, not \"0\".")]
    [InlineData("simulate --from -1", "--from is a whole number from 0 on, not \"-1\".")]
    [InlineData("simulate --seed 5", "--seed is unknown here. There are: --seeds, --from,")]
    [InlineData("simulate --seeds", "--seeds has no value.")]
    [InlineData("simulate seeds 5", "Expected --name value, found \"seeds\".")]
    [InlineData("simulate --seeds 5 --seeds 6", "--seeds is there twice.")]
    [InlineData("simulate --only 1,b", "\"b\" is none.")]
    [InlineData("simulate --trace yes", "--trace is true or false, not \"yes\".")]
    [InlineData("simulate --json no/such/folder/file.json", "there is no folder")]
    [InlineData("kill --rounds 1 --postgres 2", "One of --rounds and --postgres, not both.")]
    [InlineData("kill --points payments", "--points says where --each is")]
    [InlineData("kill --each 1 --points pay.nowhere", "No point is called pay.nowhere. There are: pay.before_intent,")]
    [InlineData("mutants --only none", "No mutant is called none. There are: no_intent,")]
    [InlineData("report --kill no-such-file.json", "There is no file no-such-file.json.")]
    public async Task What_cannot_be_meant_is_refused_with_what_can(string arguments, string message)
    {
        var (errors, said) = (Console.Error, new StringWriter());
        Console.SetError(said);
        try
        {
            Assert.Equal(2, await Program.Main(arguments.Split(' ')));
        }
        finally
        {
            Console.SetError(errors);
        }

        Assert.Contains(message, said.ToString(), StringComparison.Ordinal);
        Assert.Contains("simulate [--seeds N]", said.ToString(), StringComparison.Ordinal);
    }
}
