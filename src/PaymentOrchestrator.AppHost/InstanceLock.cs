using System.Text.Json;
using System.Text.Json.Serialization;

namespace PaymentOrchestrator.AppHost;

/// <summary>
/// One host per data folder. The lock is a file that is held open: the system releases it however the host ends. Beside it lies a
/// readable note of who holds it, which a second start shows.
/// </summary>
internal sealed class InstanceLock : IDisposable
{
    private readonly FileStream held;
    private readonly string notePath;

    private InstanceLock(FileStream held, string notePath)
    {
        this.held = held;
        this.notePath = notePath;
    }

    /// <exception cref="HostException">Another host holds it (exit code 3), or the folder cannot be written.</exception>
    public static async Task<InstanceLock> AcquireAsync(string dataFolder, CancellationToken cancellationToken)
    {
        HostFolders.CreateData(dataFolder);
        var lockPath = Path.Combine(dataFolder, "host.lock");
        var notePath = Path.Combine(dataFolder, "host.json");
        FileStream held;
        try
        {
            held = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new HostException($"The data folder {dataFolder} cannot be written by this user. Choose another one with --data <folder>.", inner: e);
        }
        catch (IOException e) when (File.Exists(lockPath))
        {
            var holder = await ReadNoteAsync(notePath, cancellationToken);
            throw new HostException($"already running: {holder}; use --data <folder> for a second instance", HostException.AlreadyRunning, e);
        }

        var acquired = new InstanceLock(held, notePath);
        try
        {
            await acquired.WriteNoteAsync(apiUrl: null, cancellationToken);
            return acquired;
        }
        catch
        {
            acquired.Dispose();
            throw;
        }
    }

    /// <summary>Tells later starts where this one is reached.</summary>
    public Task AnnounceAsync(string apiUrl, CancellationToken cancellationToken) => WriteNoteAsync(apiUrl, cancellationToken);

    public void Dispose()
    {
        File.Delete(notePath);
        held.Dispose();
    }

    private Task WriteNoteAsync(string? apiUrl, CancellationToken cancellationToken) => PrivateFile.WriteReadableAsync(
        notePath,
        JsonSerializer.Serialize(new InstanceNote(Environment.ProcessId, apiUrl), HostJson.Default.InstanceNote) + "\n",
        cancellationToken);

    private static async Task<string> ReadNoteAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var note = JsonSerializer.Deserialize(await File.ReadAllTextAsync(path, cancellationToken), HostJson.Default.InstanceNote);
            return note is null ? "another process" : $"process {note.Pid}, {note.ApiUrl ?? "still starting"}";
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return $"another process, which has left no readable note in {path}";
        }
    }
}

internal sealed record InstanceNote(int Pid, string? ApiUrl);

/// <summary>What the host writes and reads as JSON files, and says to the API.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(InstanceNote))]
[JsonSerializable(typeof(LocalSecrets))]
[JsonSerializable(typeof(Seeding.SeedingProgress))]
[JsonSerializable(typeof(InstanceInfo))]
internal sealed partial class HostJson : JsonSerializerContext;
