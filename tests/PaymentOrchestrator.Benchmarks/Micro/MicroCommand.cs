using System.Text.Json.Nodes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using PaymentOrchestrator.Benchmarks.EndToEnd;

namespace PaymentOrchestrator.Benchmarks.Micro;

/// <summary>Runs the small benchmarks in this process: a project that is generated beside ours would fall under our build's rules.</summary>
internal static class MicroCommand
{
    public static readonly string[] Known = ["--json"];

    public static void Run(Options options)
    {
        var artifacts = Directory.CreateTempSubdirectory("po-micro-");
        try
        {
            var config = ManualConfig.CreateEmpty()
                .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
                .AddColumnProvider(DefaultColumnProviders.Instance)
                .AddLogger(ConsoleLogger.Default)
                .WithArtifactsPath(artifacts.FullName);
            var summary = BenchmarkRunner.Run<MicroBenchmarks>(config);
            var results = new JsonArray();
            foreach (var report in summary.Reports)
            {
                var statistics = report.ResultStatistics ?? throw new InvalidOperationException($"{report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo} was not measured.");
                results.Add((JsonNode)new JsonObject
                {
                    ["name"] = report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\''),
                    ["mean_ns"] = Figures.Number(statistics.Mean),
                    ["error_ns"] = Figures.Number(statistics.StandardError),
                    ["allocated_bytes"] = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase),
                });
            }

            var figures = new Figures();
            Machine.Describe(figures, null, "micro");
            figures.Add("benchmarks", results);
            figures.Show(options.Text("--json"));
        }
        finally
        {
            artifacts.Delete(recursive: true);
        }
    }
}
