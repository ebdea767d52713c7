using System.Net;
using System.Net.Sockets;

namespace PaymentOrchestrator.FaultTests.World;

internal enum LinkState
{
    Whole,

    /// <summary>Connections are reset and new ones are refused.</summary>
    Cut,

    /// <summary>Every piece comes late.</summary>
    Slow,

    /// <summary>Nothing comes through, and nobody is told; what was sent comes when it ends.</summary>
    Stalled,
}

/// <summary>A TCP connection that can be cut, slowed and stalled.</summary>
internal sealed class Proxy : IAsyncDisposable
{
    private static readonly TimeSpan Slowness = TimeSpan.FromMilliseconds(25);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Func<int> targetPort;
    private readonly CancellationTokenSource stopping = new();
    private readonly HashSet<Socket> open = [];
    private volatile LinkState state;

    /// <param name="targetPort">Asked for at each connection: what is behind may come back elsewhere.</param>
    public Proxy(Func<int> targetPort)
    {
        this.targetPort = targetPort;
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public LinkState State
    {
        get => state;
        set
        {
            state = value;
            if (value != LinkState.Cut) return;
            lock (open)
            {
                foreach (var socket in open) Reset(socket);
                open.Clear();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        lock (open)
            foreach (var socket in open) socket.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptSocketAsync(stopping.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket caller)
    {
        using var target = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (caller)
        {
            try
            {
                if (state == LinkState.Cut)
                {
                    Reset(caller);
                    return;
                }

                caller.NoDelay = true;
                await target.ConnectAsync(IPAddress.Loopback, targetPort(), stopping.Token);
                lock (open) open.UnionWith([caller, target]);
                await Task.WhenAny(PumpAsync(caller, target), PumpAsync(target, caller));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side has gone, or the link was cut: so has the other.
            }
            finally
            {
                lock (open) open.ExceptWith([caller, target]);
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, stopping.Token) is > 0 and var count)
            {
                if (state == LinkState.Slow) await Task.Delay(Slowness, stopping.Token);
                while (state == LinkState.Stalled) await Task.Delay(TimeSpan.FromMilliseconds(10), stopping.Token);
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), stopping.Token);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // As above.
        }
    }

    /// <summary>With a reset and not a farewell.</summary>
    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // Gone already.
        }

        socket.Dispose();
    }
}
