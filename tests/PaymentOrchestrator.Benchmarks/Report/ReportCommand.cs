using PaymentOrchestrator.Benchmarks.World;

namespace PaymentOrchestrator.Benchmarks.Report;

/// <summary>Makes the report with its plots, and the capacity plan, from the figures that the other commands wrote.</summary>
internal static class ReportCommand
{
    public static readonly string[] Known = ["--e2e", "--scale", "--micro", "--to"];

    public static void Run(Options options)
    {
        var e2e = new Results(options.Text("--e2e") ?? throw new ArgumentException("--e2e FILE is missing: the figures that `e2e --json FILE` wrote."));
        var scale = options.Text("--scale") is { } scaled ? new Results(scaled) : null;
        var micro = options.Text("--micro") is { } small ? new Results(small) : null;
        var folder = options.Text("--to") ?? Path.Combine(PublishedApi.Root(), "deploy");
        var report = Path.Combine(folder, "reports", "performance.md");
        new PerformanceReport(e2e, scale, micro).Write(report);
        Console.WriteLine(report);
        if (scale is null)
        {
            Console.WriteLine("Without --scale nothing is known of disk: the capacity plan is left as it is.");
            return;
        }

        var plan = Path.Combine(folder, "capacity.md");
        new CapacityPlan(e2e, scale).Write(plan);
        Console.WriteLine(plan);
    }
}
