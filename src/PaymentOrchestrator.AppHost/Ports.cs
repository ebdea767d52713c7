using System.Net;
using System.Net.Sockets;

namespace PaymentOrchestrator.AppHost;

/// <summary>
/// Ports are chosen before anything listens, because each of the two applications must know the other's address first.
/// </summary>
internal static class Ports
{
    // Below the range that operating systems give to outgoing connections: a port that is picked now
    // and bound a second later is not taken by one of our own database connections in between.
    private const int FirstPicked = 20000;
    private const int LastPicked = 32000;
    private const int Tries = 200;

    public static int PickFree(params ReadOnlySpan<int> except)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var port = Random.Shared.Next(FirstPicked, LastPicked);
            if (!except.Contains(port) && IsFree(port))
                return port;
        }

        throw new HostException($"No free port was found between {FirstPicked} and {LastPicked}. Name two free ones with --port and --sandbox-port.");
    }

    public static bool IsFree(int port) => CanBind(IPAddress.Loopback, port) && (!HasIpv6Loopback() || CanBind(IPAddress.IPv6Loopback, port));

    /// <summary>
    /// Kestrel's addresses for a port: both loopbacks, since <c>localhost</c> is ::1 for some clients; but only those that the
    /// machine has (many containers have no IPv6).
    /// </summary>
    public static string ListenUrls(int port) =>
        HasIpv6Loopback() ? $"http://127.0.0.1:{port};http://[::1]:{port}" : $"http://127.0.0.1:{port}";

    /// <summary>The address that is told to others: one that needs no name resolution.</summary>
    public static string PublicUrl(int port) => $"http://127.0.0.1:{port}";

    private static bool HasIpv6Loopback() => Socket.OSSupportsIPv6 && CanBind(IPAddress.IPv6Loopback, 0);

    private static bool CanBind(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
