namespace PaymentOrchestrator.AppHost;

/// <summary>Small files that are whole or absent, never half written, and (if private) readable by their owner alone.</summary>
internal static class PrivateFile
{
    public static Task WritePrivateAsync(string path, string content, CancellationToken cancellationToken) =>
        WriteAsync(path, content, isPrivate: true, cancellationToken);

    public static Task WriteReadableAsync(string path, string content, CancellationToken cancellationToken) =>
        WriteAsync(path, content, isPrivate: false, cancellationToken);

    private static async Task WriteAsync(string path, string content, bool isPrivate, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(path);
        var temporary = $"{full}.{Guid.NewGuid():N}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };

        // The mode is set at creation: a moment of being readable by all would be one too many.
        if (isPrivate && !OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            await using (var writer = new StreamWriter(temporary, options))
            {
                await writer.WriteAsync(content.AsMemory(), cancellationToken);
                await writer.FlushAsync(cancellationToken);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
