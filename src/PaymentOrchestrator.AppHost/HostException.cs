namespace PaymentOrchestrator.AppHost;

/// <summary>A cause that the user can do something about: the message says what, and is all that is printed.</summary>
internal sealed class HostException(string message, int exitCode = HostException.CannotStart, Exception? inner = null)
    : Exception(message, inner)
{
    public const int CannotStart = 1;
    public const int WrongUsage = 2;
    public const int AlreadyRunning = 3;

    public int ExitCode { get; } = exitCode;
}
