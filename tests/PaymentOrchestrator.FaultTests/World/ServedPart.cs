using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using PaymentOrchestrator.Api;
using PaymentOrchestrator.FaultTests.Points;
using PaymentOrchestrator.Sandbox;

namespace PaymentOrchestrator.FaultTests.World;

/// <summary>
/// This executable as one of the shipped parts: <c>serve --part api|sandbox</c>. The part is built as its own Main builds it. With <c>--point</c> and
/// <c>--hit</c> the process sends itself SIGKILL when the point is reached for the n-th time: nothing is flushed, closed or said.
/// </summary>
internal static class ServedPart
{
    public const string Ready = "READY";

    /// <summary>Said before the end, so that a kill at the point is told from any other death.</summary>
    public const string Killing = "KILLING";

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var line = new CommandLine(args, "part", "point", "hit");
        // The configuration holds keys: it comes by standard input, one argument a line, and does not show in a process list.
        var arguments = new List<string>();
        while (await Console.In.ReadLineAsync() is { Length: > 0 } argument) arguments.Add(argument);

        using var watch = line.Text("point") is { } name ? KillAt(FaultPoint.Of(name), line.Count("hit", 1)) : null;
        await using var part = line.Required("part") switch
        {
            "api" => ApiApp.Build([.. arguments], services => watch?.AddTo(services)),
            "sandbox" => SandboxApp.Build([.. arguments]),
            var unknown => throw new UsageException($"There is no part {unknown}."),
        };
        await part.StartAsync();
        Console.WriteLine(Ready);
        _ = EndWithParentAsync(part);
        await part.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>Standard input ends when whoever started us is gone.</summary>
    private static async Task EndWithParentAsync(WebApplication part)
    {
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Nothing is said after the configuration.
        }

        await part.StopAsync();
    }

    private static Watch KillAt(FaultPoint point, int hit)
    {
        var reached = 0;
        return new Watch((landmark, moment) =>
        {
            if (landmark != point.What || moment != point.When || Interlocked.Increment(ref reached) != hit) return;
            // On its way: long enough for the request to have left, and mostly too short for an answer.
            if (moment == Moment.During) Thread.Sleep(Random.Shared.Next(1, 12));
            Console.WriteLine($"{Killing} {point.Name}");
            Console.Out.Flush();
            Process.GetCurrentProcess().Kill();
            // The signal is on its way; this thread, and so the product, goes no further.
            Thread.Sleep(Timeout.Infinite);
        });
    }
}
