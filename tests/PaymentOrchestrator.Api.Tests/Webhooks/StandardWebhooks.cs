using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Webhooks;

/// <summary>The reference library of the specification's authors, from npm: a judge that shares nothing with our code.</summary>
internal static class StandardWebhooks
{
    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    /// <summary>One verdict per delivery: <c>verified</c>, or <c>refused: …</c>.</summary>
    public static async Task<IReadOnlyList<string>> VerifyAsync(string secret, IEnumerable<Receiver.Delivery> deliveries)
    {
        Assert.SkipUnless(HasNode(), "Node.js and npm are needed to run the reference library.");
        var lines = deliveries.Select(delivery => new JsonObject
        {
            ["secret"] = secret,
            ["id"] = delivery.Id,
            ["timestamp"] = delivery.Timestamp,
            ["signature"] = delivery.Signature,
            ["body"] = Convert.ToBase64String(delivery.Body),
        }.ToJsonString());
        var output = await RunAsync("node", "verify.mjs", await Installed.Value, string.Join('\n', lines) + "\n");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task<string> InstallAsync()
    {
        var folder = Directory.CreateTempSubdirectory("po-webhook-verifier-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Webhooks", "verifier"))) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        await RunAsync("npm", "ci --no-audit --no-fund --ignore-scripts", folder, "");
        return folder;
    }

    private static bool HasNode()
    {
        try
        {
            using var node = Process.Start(new ProcessStartInfo("npm", "--version") { RedirectStandardOutput = true });
            node!.WaitForExit();
            return node.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task<string> RunAsync(string program, string arguments, string folder, string input)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {arguments} failed: {await errors}");
        return await output;
    }
}
