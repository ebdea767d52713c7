namespace PaymentOrchestrator.AppHost;

/// <summary>Where things live on this machine when nobody said otherwise.</summary>
internal static class HostFolders
{
    /// <summary>Root's home is closed to the unprivileged user that PostgreSQL then runs as, so root's things live here.</summary>
    public const string RootBase = "/var/lib/payment-orchestrator";

    public static bool RunsAsRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    public static string DefaultData =>
        RunsAsRoot ? Path.Combine(RootBase, "default") : Path.Combine(LocalApplicationData(), "payment-orchestrator");

    /// <summary>Fetched PostgreSQL programs: beside the data, not in it, so that all data folders of a user share them.</summary>
    public static string FetchedPrograms =>
        RunsAsRoot ? Path.Combine(RootBase, "programs") : Path.Combine(LocalApplicationData(), "payment-orchestrator-programs");

    /// <summary>Clusters whose data folder the unprivileged user cannot reach.</summary>
    public static string RelocatedClusters => Path.Combine(RootBase, "clusters");

    /// <summary>
    /// The folder is the user's own. As root it can be passed through, but not listed, by the user that PostgreSQL runs as;
    /// what is secret in it has mode 0600. A folder that exists keeps its mode.
    /// </summary>
    public static void CreateData(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder);
            else if (RunsAsRoot)
                CreateReachable(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            else
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HostException($"The data folder {folder} cannot be made: {e.Message} Choose another one with --data <folder>.", inner: e);
        }
    }

    /// <summary>Makes a folder and its missing parents with the given mode whatever the umask is.</summary>
    public static void CreateReachable(string folder, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows() || Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            return;
        }

        if (Path.GetDirectoryName(folder) is { } parent)
            CreateReachable(parent, mode);
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, mode);
    }

    private static string LocalApplicationData()
    {
        var folder = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
        return folder.Length > 0
            ? folder
            : throw new HostException("This user has no home folder to keep data in. Name one with --data <folder> and set HOME to a writable folder.");
    }
}
