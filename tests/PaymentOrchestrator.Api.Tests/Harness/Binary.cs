using System.Diagnostics;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Harness;

/// <summary>The API's binary as a process, run as an operator runs it.</summary>
internal static class Binary
{
    /// <param name="database">What the environment says as <c>ConnectionStrings__Postgres</c>; null for nothing.</param>
    /// <param name="arguments">The command and what belongs to it.</param>
    public static async Task<(int Code, string Output, string Error)> RunAsync(string? database, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ApiApp).Assembly.Location, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ConnectionStrings__Postgres"] = database;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
