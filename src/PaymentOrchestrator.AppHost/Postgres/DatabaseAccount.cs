namespace PaymentOrchestrator.AppHost.Postgres;

/// <summary>
/// The account that PostgreSQL's programs run as: the present one, except for root, which PostgreSQL refuses; then <c>nobody</c>.
/// </summary>
internal static class DatabaseAccount
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static string? UserName => HostFolders.RunsAsRoot ? "nobody" : null;

    public static Task<CommandResult> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan timeout, CancellationToken cancellationToken) =>
        Command.RunAsync(program, arguments, UserName, timeout, cancellationToken);

    /// <summary>Gives a folder with all that is in it to the account; nothing to do when it is the present one.</summary>
    public static async Task GiveAsync(string path, CancellationToken cancellationToken)
    {
        if (UserName is not { } user)
            return;
        var result = await Command.RunAsync("chown", ["-R", user, path], userName: null, Limit, cancellationToken);
        if (!result.Succeeded)
            throw new HostException($"{path} cannot be given to user {user}, as which PostgreSQL runs here: {result.Output} Choose a folder on a local disk with --data <folder>, or run as an ordinary user.");
    }

    /// <summary>
    /// Whether the account can enter the folder and write in it. Tried, not computed from modes: every parent, link and access list counts.
    /// </summary>
    public static async Task<bool> CanUseAsync(string folder, CancellationToken cancellationToken)
    {
        if (UserName is null)
            return true;
        var result = await RunAsync("/bin/sh", ["-c", "cd -- \"$1\" && test -w .", "sh", folder], Limit, cancellationToken);
        return result.Succeeded;
    }
}
