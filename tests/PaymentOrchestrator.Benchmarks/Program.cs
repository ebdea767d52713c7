using System.Runtime.InteropServices;
using PaymentOrchestrator.Benchmarks;
using PaymentOrchestrator.Benchmarks.EndToEnd;
using PaymentOrchestrator.Benchmarks.Micro;
using PaymentOrchestrator.Benchmarks.Report;
using PaymentOrchestrator.Benchmarks.Scale;
using PaymentOrchestrator.Benchmarks.Stub;
using PaymentOrchestrator.Benchmarks.World;

const string Usage = """
    Benchmarks of Payment Orchestrator. Run with -c Release; each command is a run of its own, and --json FILE writes its figures.

      e2e     payments, quotes, options and eligibility over HTTP, beside PostgreSQL's own floor for the same statements
              --seconds N    per phase and round (15)       --clients N    (16)
              --rounds N     (3)                            --warm-up N    seconds (15)
              --phases LIST  what is run after the rounds: one,half,reads,methods,sweep,skew, or none (all)
              --api FOLDER   where the API was published before (published anew)
      scale   payments with many stored, each number in a database of its own
              --sizes LIST   (10000,1000000,10000000)       --seconds N    (10)
              --clients N    (16)                           --rounds N     (3)
              --warm-up N    seconds (15)                   --api FOLDER
      micro   quote engine, eligibility, money, signing and address look-up, with allocations
      report  makes deploy/reports/performance.md with its plots, and deploy/capacity.md
              --e2e FILE     what e2e wrote                 --scale FILE   --micro FILE
              --to FOLDER    instead of deploy
    """;

// Interrupted: nothing that was started here is left behind.
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);

try
{
    switch (args)
    {
        case ["e2e", .. var rest]:
            await new EndToEndBenchmark(new Options(rest, EndToEndBenchmark.Known)).RunAsync();
            return 0;
        case ["scale", .. var rest]:
            await new ScaleBenchmark(new Options(rest, ScaleBenchmark.Known)).RunAsync();
            return 0;
        case ["micro", .. var rest]:
            MicroCommand.Run(new Options(rest, MicroCommand.Known));
            return 0;
        case ["report", .. var rest]:
            ReportCommand.Run(new Options(rest, ReportCommand.Known));
            return 0;
        case ["stub", var url]:
            await ProviderStub.RunAsync(url);
            return 0;
        case ["--help" or "-h" or "help"]:
            Console.WriteLine(Usage);
            return 0;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}
catch (ArgumentException e)
{
    Console.Error.WriteLine($"{e.Message}\n\n{Usage}");
    return 2;
}

static void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    BenchWorld.EndAll();
    Environment.Exit(130);
}
