namespace PaymentOrchestrator.AppHost.Postgres;

/// <summary>Makes, starts and stops one cluster with PostgreSQL's own programs.</summary>
internal sealed record ClusterControl(PostgresInstallation Installation, ClusterHome Home, Action<string> Log)
{
    private const int StartAttempts = 10;
    private const int LogTail = 12;
    private static readonly TimeSpan InitialiseLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(300);

    // Recovery after a kill replays the log first, which takes time when much was written.
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProcessGrace = TimeSpan.FromSeconds(10);

    /// <summary>Runs initdb beside the final place: a cluster is whole or absent, whenever the host is killed.</summary>
    public async Task InitialiseAsync(string superUser, string password, bool durable, CancellationToken cancellationToken)
    {
        Log($"Making a database cluster with PostgreSQL {Installation.Major} from {Installation.BinFolder}");
        var work = Path.Combine(Home.Folder, "data.new");
        var passwordFile = Path.Combine(Home.Folder, "initial-password");
        foreach (var leftOver in new[] { work, Home.DataDirectory }.Where(Directory.Exists))
            Directory.Delete(leftOver, recursive: true);

        await PrivateFile.WritePrivateAsync(passwordFile, password + "\n", cancellationToken);
        try
        {
            await DatabaseAccount.GiveAsync(passwordFile, cancellationToken);
            string[] arguments =
            [
                "-D", work, "--username", superUser, "--pwfile", passwordFile,
                "--encoding", "UTF8", "--locale", "C", "--auth", "scram-sha-256", "--no-instructions",
                .. durable ? Array.Empty<string>() : ["--no-sync"],
            ];
            var result = await DatabaseAccount.RunAsync(Installation.InitDb, arguments, InitialiseLimit, cancellationToken);
            if (!result.Succeeded)
                throw new HostException($"{Installation.InitDb} could not make a cluster in {Home.Folder}: {result.Output}{Environment.NewLine}Free space there, or choose another folder with --data <folder>.");
        }
        finally
        {
            File.Delete(passwordFile);
        }

        await ClusterSettings.IncludeAsync(work, cancellationToken);
        Directory.Move(work, Home.DataDirectory);
    }

    /// <returns>The port that the server listens on.</returns>
    public async Task<int> StartAsync(PostgresServerOptions options, CancellationToken cancellationToken)
    {
        await Postmaster.ForgetStaleAsync(Home.DataDirectory, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var port = options.Port != 0 ? options.Port : Ports.PickFree();
            await ClusterSettings.WriteAsync(Home.DataDirectory, options, port, cancellationToken);
            if (File.Exists(Home.LogFile))
                File.Move(Home.LogFile, Home.LogFile + ".previous", overwrite: true);

            // pg_ctl puts the server into a session of its own, so Ctrl-C reaches the host alone; -l keeps the server off our pipes.
            var result = await DatabaseAccount.RunAsync(
                Installation.PgCtl,
                ["start", "-D", Home.DataDirectory, "-l", Home.LogFile, "-s", "-w", "-t", Seconds(StartLimit)],
                StartLimit + ProcessGrace,
                cancellationToken);
            if (result.Succeeded)
                return port;

            var tail = File.Exists(Home.LogFile) ? string.Join(Environment.NewLine, File.ReadLines(Home.LogFile).TakeLast(LogTail)) : "";
            var portTaken = tail.Contains("could not bind", StringComparison.Ordinal);
            if (portTaken && options.Port != 0)
                throw new HostException($"PostgreSQL cannot listen on port {port}: it is in use. Choose another one, or 0 for any free one.");

            // Session processes of a killed server take a moment to notice that it is gone.
            var formerSessions = tail.Contains("is still in use", StringComparison.Ordinal);
            if (!(portTaken || formerSessions) || attempt == StartAttempts)
                throw new HostException($"PostgreSQL did not start: {result.Output}{Environment.NewLine}Its log, {Home.LogFile}, ends so:{Environment.NewLine}{tail}{Environment.NewLine}If the data is of no worth, start with --reset.");
            await Task.Delay(RetryPause, cancellationToken);
        }
    }

    /// <summary>Stops the server that an earlier host left running, if there is one.</summary>
    public async Task StopLeftOverAsync(CancellationToken cancellationToken)
    {
        if (!await Postmaster.IsRunningAsync(Home.DataDirectory, cancellationToken))
            return;
        Log("Stopping the database server that an earlier start left running");
        await StopAsync(cancellationToken);
    }

    /// <summary>Ends all sessions and writes everything down; if that takes too long, stops at once (the next start recovers).</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!await Postmaster.IsRunningAsync(Home.DataDirectory, cancellationToken))
        {
            Log($"The database server had already ended; its log is {Home.LogFile}");
            return;
        }

        var result = await StopAsync("fast", cancellationToken);
        if (result.Succeeded)
            return;
        Log($"The database server did not stop within {StopLimit.TotalSeconds:0} s and is stopped at once: {result.Output}");
        result = await StopAsync("immediate", cancellationToken);
        if (!result.Succeeded && await Postmaster.IsRunningAsync(Home.DataDirectory, cancellationToken))
            throw new HostException($"The database server of {Home.DataDirectory} cannot be stopped: {result.Output} End its process by hand; its id is the first line of postmaster.pid there.");
    }

    private Task<CommandResult> StopAsync(string mode, CancellationToken cancellationToken) => DatabaseAccount.RunAsync(
        Installation.PgCtl,
        ["stop", "-D", Home.DataDirectory, "-s", "-w", "-m", mode, "-t", Seconds(StopLimit)],
        StopLimit + ProcessGrace,
        cancellationToken);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0", System.Globalization.CultureInfo.InvariantCulture);
}
