using System.Net;
using System.Net.Sockets;

namespace PaymentOrchestrator.Api.Tests.Harness;

/// <summary>Takes every connection and resets it at once, as a server does that is just being ended.</summary>
internal sealed class ResettingServer : IDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ResettingServer()
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}/");
        // A thread of its own, for a reset that waits for the pool comes too late to meet a connection that is being made.
        new Thread(Reset) { IsBackground = true }.Start();
    }

    public Uri Url { get; }

    public void Dispose() => listener.Dispose();

    private void Reset()
    {
        try
        {
            while (true)
            {
                using var connection = listener.Accept();
                connection.LingerState = new LingerOption(true, 0);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
