using System.Text.Json;

namespace PaymentOrchestrator.AppHost.Seeding;

/// <summary>
/// What earlier starts have done for the demo buyers, kept in the data folder: buyers are found again by id, and facts are written
/// once, so that a restart undoes neither what the user changed nor what was spent.
/// </summary>
internal sealed record SeedingProgress
{
    private const string FileName = "demo-data.json";

    /// <summary>Reference → id.</summary>
    public SortedDictionary<string, string> Buyers { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Ids, not references: in another database the same reference is another buyer, who has no facts yet.</summary>
    public SortedSet<string> FactsWritten { get; init; } = new(StringComparer.Ordinal);

    public static async Task<SeedingProgress> LoadAsync(string dataFolder, CancellationToken cancellationToken)
    {
        var file = FileOf(dataFolder);
        if (!File.Exists(file))
            return new SeedingProgress();
        try
        {
            return JsonSerializer.Deserialize(await File.ReadAllTextAsync(file, cancellationToken), HostJson.Default.SeedingProgress)
                ?? throw new JsonException("the file holds null");
        }
        catch (JsonException e)
        {
            throw new HostException($"{file} cannot be read: {e.Message} Put the right file back, or start with --reset to make keys and data anew.", inner: e);
        }
    }

    public Task SaveAsync(string dataFolder, CancellationToken cancellationToken) => PrivateFile.WriteReadableAsync(
        FileOf(dataFolder), JsonSerializer.Serialize(this, HostJson.Default.SeedingProgress) + "\n", cancellationToken);

    public static void Remove(string dataFolder) => File.Delete(FileOf(dataFolder));

    private static string FileOf(string dataFolder) => Path.Combine(dataFolder, FileName);
}
