using System.Security.Cryptography;
using System.Text;

namespace PaymentOrchestrator.AppHost.Postgres;

/// <summary>
/// The folder that holds a data folder's cluster: <c>data/</c>, the server's <c>log</c>, and nothing else. It is <c>postgres/</c> in the
/// data folder, unless PostgreSQL's account cannot get there (root's data below /root or in a 0700 folder): then it lies in
/// <see cref="HostFolders.RelocatedClusters"/>, named by the data folder's path, and the file <c>cluster-location</c> points to it.
/// </summary>
internal sealed record ClusterHome(string Folder, bool IsOrphan)
{
    private const string PointerName = "cluster-location";

    public string DataDirectory => Path.Combine(Folder, "data");

    public string LogFile => Path.Combine(Folder, "log");

    /// <summary>The version that made the cluster; null when there is none (an unfinished initdb leaves none).</summary>
    public int? Major
    {
        get
        {
            var file = Path.Combine(DataDirectory, "PG_VERSION");
            return File.Exists(file) ? int.Parse(File.ReadAllText(file).Trim(), System.Globalization.CultureInfo.InvariantCulture) : null;
        }
    }

    /// <summary>Finds or makes the folder, owned by PostgreSQL's account.</summary>
    /// <remarks>
    /// <see cref="IsOrphan"/>: a relocated cluster is there, but the data folder no longer points to it, so it belonged to an
    /// earlier folder of the same path. Its server may still run; the caller stops that, and then calls <see cref="ClearAsync"/>.
    /// </remarks>
    public static async Task<ClusterHome> OpenAsync(string dataFolder, CancellationToken cancellationToken)
    {
        var inside = Path.Combine(dataFolder, "postgres");
        var relocated = Path.Combine(HostFolders.RelocatedClusters, NameOf(dataFolder));
        var pointer = Path.Combine(dataFolder, PointerName);
        if (File.Exists(pointer))
        {
            var target = (await File.ReadAllTextAsync(pointer, cancellationToken)).Trim();
            if (target != relocated)
                throw new HostException($"{dataFolder} was moved or copied: its cluster is {target}, which belongs to the folder's former path. Move it back, or start with --reset to make the data anew.");
            await MakeAsync(relocated, cancellationToken);
            return new ClusterHome(relocated, IsOrphan: false);
        }

        await MakeAsync(inside, cancellationToken);
        if (await DatabaseAccount.CanUseAsync(inside, cancellationToken))
            return new ClusterHome(inside, IsOrphan: false);
        if (Directory.Exists(Path.Combine(inside, "data")))
            throw new HostException($"{inside} holds a cluster that user {DatabaseAccount.UserName} can no longer reach. Let others pass through its parent folders (chmod o+x), or start with --reset to make the data anew.");

        Directory.Delete(inside, recursive: true);
        var orphaned = Directory.Exists(Path.Combine(relocated, "data"));
        await MakeAsync(relocated, cancellationToken);
        if (!await DatabaseAccount.CanUseAsync(relocated, cancellationToken))
            throw new HostException($"User {DatabaseAccount.UserName}, as which PostgreSQL runs here, can reach neither {inside} nor {relocated}. Run as an ordinary user, or set ConnectionStrings__Postgres to use a running server.");
        if (!orphaned)
            await PointAsync(dataFolder, relocated, cancellationToken);
        return new ClusterHome(relocated, orphaned);
    }

    /// <summary>
    /// Makes ready for <see cref="OpenAsync"/> to succeed for a reset: forgets a pointer that belongs to another path, and a cluster out of reach.
    /// </summary>
    public static async Task ForgetForeignAsync(string dataFolder, CancellationToken cancellationToken)
    {
        var pointer = Path.Combine(dataFolder, PointerName);
        if (File.Exists(pointer) && (await File.ReadAllTextAsync(pointer, cancellationToken)).Trim() != Path.Combine(HostFolders.RelocatedClusters, NameOf(dataFolder)))
            File.Delete(pointer);
        var inside = Path.Combine(dataFolder, "postgres");
        if (Directory.Exists(inside) && !await Postmaster.IsRunningAsync(Path.Combine(inside, "data"), cancellationToken) && !await DatabaseAccount.CanUseAsync(inside, cancellationToken))
            Directory.Delete(inside, recursive: true);
    }

    /// <summary>Removes what is in it; the server has been stopped.</summary>
    public async Task<ClusterHome> ClearAsync(string dataFolder, CancellationToken cancellationToken)
    {
        Directory.Delete(Folder, recursive: true);
        await MakeAsync(Folder, cancellationToken);
        if (IsOrphan)
            await PointAsync(dataFolder, Folder, cancellationToken);
        return this with { IsOrphan = false };
    }

    /// <summary>Removes it with the pointer to it.</summary>
    public void Remove(string dataFolder)
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        File.Delete(Path.Combine(dataFolder, PointerName));
    }

    private static Task PointAsync(string dataFolder, string target, CancellationToken cancellationToken) =>
        PrivateFile.WriteReadableAsync(Path.Combine(dataFolder, PointerName), target + "\n", cancellationToken);

    private static async Task MakeAsync(string folder, CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder) && await DatabaseAccount.CanUseAsync(folder, cancellationToken))
            return;
        HostFolders.CreateReachable(Path.GetDirectoryName(folder)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await DatabaseAccount.GiveAsync(folder, cancellationToken);
    }

    private static string NameOf(string dataFolder) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(dataFolder))))[..16];
}
