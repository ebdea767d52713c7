using System.Net.Sockets;

namespace PaymentOrchestrator.Api.Commands;

/// <summary><c>health [url]</c>: asks a running instance whether it can serve. For container engines, whose images have no other program to ask with.</summary>
internal static class Health
{
    public const string Name = "health";

    private const string Usual = "http://127.0.0.1:8080/health/ready";

    /// <returns>The exit code: 0 when the answer was a success, 1 when not, 2 when the address cannot be one.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(args.Length == 0 ? Usual : args[0], UriKind.Absolute, out var url) || args.Length > 1)
            return await Command.MisusedAsync(Name, $"The one argument is the address, {Usual} by default.");

        try
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(4) };
            using var answer = await http.GetAsync(url, cancellationToken);
            if (answer.IsSuccessStatusCode) return Command.Done;
            await Console.Error.WriteLineAsync($"{url} answered {(int)answer.StatusCode}.");
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{url} does not answer: {e.Message}");
        }

        return Command.Found;
    }
}
