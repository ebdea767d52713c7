using Microsoft.Extensions.Configuration;
using PaymentOrchestrator.AppHost.Seeding;

namespace PaymentOrchestrator.AppHost;

/// <summary>The one command: reads the arguments, starts the stack, tells where it is, and waits to be stopped.</summary>
internal static class HostProgram
{
    // The applications hear a signal too; ours may come a moment later.
    private static readonly TimeSpan SignalGrace = TimeSpan.FromMilliseconds(500);

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, LocalStackParts parts)
    {
        using var stop = new StopSignals();
        try
        {
            var arguments = HostArguments.Parse(args);
            if (arguments.Help)
                Console.WriteLine(HostArguments.Usage);
            else
                await RunAsync(arguments, parts, stop.Token);
            return 0;
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            Console.WriteLine("Stopped before everything was ready.");
            return 0;
        }
        catch (HostException e)
        {
            Console.Error.WriteLine(e.ExitCode == HostException.WrongUsage ? $"{e.Message}{Environment.NewLine}{Environment.NewLine}{HostArguments.Usage}" : e.Message);
            return e.ExitCode;
        }
        catch (Exception e)
        {
            // Nothing that was foreseen: the cause in one line, what can be done, and then the details that a report of it needs.
            Console.Error.WriteLine($"Could not start: {e.GetBaseException().Message}");
            Console.Error.WriteLine("Everything was stopped. Start with --reset to begin from nothing, or with --data <folder> in another place; if that does not help, report this:");
            Console.Error.WriteLine(e);
            return HostException.CannotStart;
        }
    }

    private static async Task RunAsync(HostArguments arguments, LocalStackParts parts, CancellationToken stop)
    {
        // A server that the user named is the user's: no start of ours removes its data.
        var given = new ConfigurationBuilder().AddEnvironmentVariables().Build().GetConnectionString("Postgres");
        if (given is { Length: > 0 } && arguments.Reset)
            throw new HostException("--reset does not touch the database of ConnectionStrings__Postgres: drop it yourself and remove the data folder, or unset the variable", HostException.WrongUsage);

        using var instance = await InstanceLock.AcquireAsync(arguments.DataFolder, stop);
        if (arguments.InfoFile is { } former)
            await ClearInfoAsync(former, stop);
        // Beside the API's port where that is free: whoever scrapes this machine finds it there again.
        var metricsUrl = Ports.PublicUrl(
            arguments.Port is > 0 and < HostArguments.LastPort - 1 && arguments.SandboxPort != arguments.Port + 2 && Ports.IsFree(arguments.Port + 2)
                ? arguments.Port + 2
                : Ports.PickFree(arguments.Port, arguments.SandboxPort));
        await using var stack = await LocalStack.StartAsync(
            new LocalStackOptions
            {
                DataFolder = arguments.DataFolder,
                ApiPort = arguments.Port,
                SandboxPort = arguments.SandboxPort,
                MetricsUrl = metricsUrl,
                ConnectionString = given is { Length: > 0 } ? given : null,
                Reset = arguments.Reset,
                Log = Console.WriteLine,
            },
            parts,
            stop);
        var buyers = await DemoData.EnsureAsync(stack.ApiUrl, stack.Secrets.ApiKey, stack.SandboxUrl, arguments.DataFolder, stop);
        stack.FillExamples(await DemoExamples.MakeAsync(stack.ApiUrl, stack.Secrets.ApiKey, buyers, stop));
        await instance.AnnounceAsync(stack.ApiUrl, stop);
        var info = InstanceInfo.Of(stack, buyers);
        if (arguments.InfoFile is { } file)
            await info.WriteAsync(file, stop);
        Console.WriteLine(Summary(info, stack, metricsUrl, buyers, arguments.DataFolder));

        await WaitAsync(stack, stop);
        Console.WriteLine("Stopping …");
    }

    private static async Task WaitAsync(LocalStack stack, CancellationToken stop)
    {
        var signal = Task.Delay(Timeout.InfiniteTimeSpan, stop);
        if (await Task.WhenAny(signal, stack.Stopped) == signal)
            return;
        await Task.WhenAny(signal, Task.Delay(SignalGrace, CancellationToken.None));
        if (!stop.IsCancellationRequested)
            throw new HostException("The API or the sandbox has stopped by itself, so everything was stopped; the log above says why.");
    }

    /// <summary>
    /// Whoever waits for the file must not read the former start's. Written once before, so that a wrong name is told at once and not
    /// after everything has started.
    /// </summary>
    private static async Task ClearInfoAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.Delete(file);
            var trial = $"{file}.trial";
            await PrivateFile.WritePrivateAsync(trial, "", cancellationToken);
            File.Delete(trial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HostException($"--info {file} cannot be written: {e.Message} Name another file.", inner: e);
        }
    }

    private static string Summary(InstanceInfo info, LocalStack stack, string metricsUrl, IReadOnlyDictionary<string, string> buyers, string dataFolder) => $"""

        Payment Orchestrator is running.

          Swagger UI         {info.SwaggerUrl}
          API                {info.ApiUrl}
          Sandbox controls   {info.SandboxUrl}/swagger
          Metrics            {metricsUrl}/metrics
          Demo API key       {info.ApiKey}

          Demo buyers
        {string.Join(Environment.NewLine, DemoBuyer.All.Select(buyer => $"    {buyers[buyer.Reference]}  {buyer.Reference}: {buyer.Shows}"))}

          Database           {stack.DatabaseNote}
          Data folder        {dataFolder}
          To stop            Ctrl-C; the data stays
          To start afresh    the same command with --reset

        """;
}
