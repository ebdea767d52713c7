using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.FileProviders;

namespace PaymentOrchestrator.Api.Http;

/// <summary>
/// <c>Settings:Folder</c>: one file per key, as container engines mount secrets; <c>__</c> in a name stands for <c>:</c>. Environment and arguments
/// come before it.
/// </summary>
internal static class SettingsFolder
{
    public static void AddSettingsFolder(this IConfigurationManager configuration)
    {
        if (configuration["Settings:Folder"] is not { Length: > 0 } folder) return;
        configuration.Sources.Insert(0, new KeyPerFileConfigurationSource { FileProvider = new PhysicalFileProvider(Path.GetFullPath(folder)), Optional = false });
    }
}
