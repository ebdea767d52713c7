using PaymentOrchestrator.FaultTests.Kill;
using PaymentOrchestrator.FaultTests.Mutants;
using PaymentOrchestrator.FaultTests.Report;
using PaymentOrchestrator.FaultTests.Simulation;
using PaymentOrchestrator.FaultTests.World;

namespace PaymentOrchestrator.FaultTests;

/// <summary>Commands first; what begins with a dash is the test platform's.</summary>
internal static class Program
{
    private const string Commands = """
        simulate [--seeds N] [--from S] [--json file] [--worlds W] [--only 0,3,5] [--times T] [--stop-at-first true] [--trace true]
        kill     [--rounds N | --each N [--points payments|refunds|rest|all|name,…] | --postgres N] [--seed S] [--check-every N] [--json file]
        mutants  [--only name,…] [--find true] [--json file] | --build folder
        ci       [--results folder] [--mutants folder]
        report   [--simulate file,…] [--kill file,…] [--mutants file] [--ci folder] [--to file]
        """;

    public static async Task<int> Main(string[] args)
    {
        try
        {
            return await RunAsync(args);
        }
        catch (UsageException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}\n\n{Commands}");
            return 2;
        }
    }

    private static Task<int> RunAsync(string[] args) => args switch
    {
        ["simulate", .. var rest] => SimulateCommand.RunAsync(rest),
        ["mutants", .. var rest] => MutantCommand.RunAsync(rest),
        ["kill", .. var rest] => KillCommand.RunAsync(rest),
        ["ci", .. var rest] => CiCommand.RunAsync(rest),
        ["report", .. var rest] => ReportCommand.RunAsync(rest),
        ["loose", .. var rest] => LooseCommand.RunAsync(rest),
        ["serve", .. var rest] => ServedPart.RunAsync(rest),
        _ when args.Any(arg => arg is "--server" or "--internal-msbuild-node") =>
            Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        [var first, ..] when first is not ['-' or '@' or ':', ..] => throw new UsageException($"There is no command {first}."),
        _ => Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
    };
}
