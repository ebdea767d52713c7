using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace PaymentOrchestrator.Benchmarks.Load;

/// <summary>
/// One kept-alive HTTP/1.1 connection that sends prepared bytes and reads one answer at a time. The framework's client costs more CPU per
/// request than the server under test should have to share its cores with.
/// </summary>
internal sealed class HttpConnection(Uri server) : IDisposable
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LastChunk = "\r\n0\r\n\r\n"u8.ToArray();
    private static readonly byte[] LengthHeader = "\r\nContent-Length: "u8.ToArray();

    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] buffer = new byte[16 * 1024];

    /// <summary>The last answer's body as it came, chunk sizes included.</summary>
    public ReadOnlySpan<byte> Body => buffer.AsSpan(bodyStart, end - bodyStart);

    private int bodyStart;
    private int end;

    public async Task ConnectAsync() => await socket.ConnectAsync(server.Host, server.Port);

    public static byte[] Request(string method, string path, Uri server, string? key, string? idempotencyKey, string? body)
    {
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: {server.Authority}\r\n");
        if (key is not null) head.Append($"Authorization: Bearer {key}\r\n");
        if (idempotencyKey is not null) head.Append($"Idempotency-Key: {idempotencyKey}\r\n");
        if (body is not null) head.Append($"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        return Encoding.UTF8.GetBytes($"{head}\r\n{body}");
    }

    /// <returns>The status code.</returns>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        await socket.SendAsync(request);
        end = 0;
        var needed = -1;
        var chunked = false;
        while (true)
        {
            if (end == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            var read = await socket.ReceiveAsync(buffer.AsMemory(end));
            if (read == 0) throw new IOException("The server closed the connection.");
            end += read;
            if (needed < 0 && !chunked)
            {
                var head = buffer.AsSpan(0, end).IndexOf(HeadEnd);
                if (head < 0) continue;
                bodyStart = head + HeadEnd.Length;
                var length = buffer.AsSpan(0, bodyStart).IndexOf(LengthHeader);
                if (length < 0) chunked = true;
                else if (Utf8Parser.TryParse(buffer.AsSpan(length + LengthHeader.Length), out int bytes, out _)) needed = bodyStart + bytes;
            }

            if (chunked ? buffer.AsSpan(0, end).EndsWith(LastChunk) : end >= needed) break;
        }

        return Utf8Parser.TryParse(buffer.AsSpan(9, 3), out int status, out _) ? status : throw new IOException("That is no HTTP answer.");
    }

    public void Dispose() => socket.Dispose();
}
