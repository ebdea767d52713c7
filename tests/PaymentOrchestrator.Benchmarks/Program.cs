using PaymentOrchestrator.Benchmarks.EndToEnd;
using PaymentOrchestrator.Benchmarks.Stub;

const string Usage = """
    Benchmarks of Payment Orchestrator. Run with -c Release.

      e2e     payments, quotes, options and eligibility over HTTP, beside PostgreSQL's own floor for the same statements
              --seconds N   per phase and round (15)      --clients N   (16)
              --rounds N    (3)                           --warm-up N   seconds (15)
              --json FILE   write the figures
    """;

try
{
    switch (args)
    {
        case ["e2e", .. var options]:
            await new EndToEndBenchmark(BenchOptions.Parse(options)).RunAsync();
            return 0;
        case ["stub", var url]:
            await ProviderStub.RunAsync(url);
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
