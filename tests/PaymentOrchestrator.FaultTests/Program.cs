using PaymentOrchestrator.FaultTests.Kill;
using PaymentOrchestrator.FaultTests.Mutants;
using PaymentOrchestrator.FaultTests.Report;
using PaymentOrchestrator.FaultTests.Simulation;
using PaymentOrchestrator.FaultTests.World;

namespace PaymentOrchestrator.FaultTests;

/// <summary>Commands first; whatever else is on the command line is the test platform's.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => args switch
    {
        ["simulate", .. var rest] => SimulateCommand.RunAsync(new CommandLine(rest)),
        ["mutants", .. var rest] => MutantCommand.RunAsync(new CommandLine(rest)),
        ["kill", .. var rest] => KillCommand.RunAsync(new CommandLine(rest)),
        ["report", .. var rest] => ReportCommand.RunAsync(new CommandLine(rest)),
        ["serve", .. var rest] => ServedPart.RunAsync(new CommandLine(rest)),
        _ when args.Any(arg => arg is "--server" or "--internal-msbuild-node") =>
            Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        _ => Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
    };
}
