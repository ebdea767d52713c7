using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace PaymentOrchestrator.Api.Tests.Limits;

/// <summary>HTTP/1.1 by hand over a socket, for what no well-behaved client would send. Opens a new connection whenever the server has closed the last one.</summary>
internal sealed class RawHttp(Uri root) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly byte[] buffer = new byte[16 * 1024];
    private TcpClient? connection;
    private int start;
    private int end;

    /// <exception cref="IOException">The server closed the connection without an answer.</exception>
    public async Task<RawAnswer> SendAsync(byte[] request, bool isHead, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        if (connection is null)
        {
            connection = new TcpClient { NoDelay = true };
            await connection.ConnectAsync(root.Host, root.Port, limit.Token);
            (start, end) = (0, 0);
        }

        try
        {
            await connection.GetStream().WriteAsync(request, limit.Token);
        }
        catch (IOException)
        {
            // The server has seen enough and answered before the end.
        }

        try
        {
            var answer = await ReadAsync(isHead, limit.Token);
            if (answer.Closes) Close();
            return answer;
        }
        catch
        {
            Close();
            throw;
        }
    }

    public void Close()
    {
        connection?.Dispose();
        connection = null;
    }

    public void Dispose() => Close();

    private async Task<RawAnswer> ReadAsync(bool isHead, CancellationToken cancellationToken)
    {
        var statusLine = await LineAsync(cancellationToken);
        var status = int.Parse(statusLine.Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await LineAsync(cancellationToken) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        if (status == 100) return await ReadAsync(isHead, cancellationToken);
        var closes = headers.GetValueOrDefault("Connection") == "close";
        var body = new MemoryStream();
        if (isHead || status is 204 or 304) return new RawAnswer(status, headers, "", closes);
        if (headers.GetValueOrDefault("Transfer-Encoding") == "chunked")
        {
            while (int.Parse(await LineAsync(cancellationToken), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var size)
            {
                await CopyAsync(body, size, cancellationToken);
                await LineAsync(cancellationToken);
            }

            await LineAsync(cancellationToken);
        }
        else if (closes && !headers.ContainsKey("Content-Length"))
        {
            // HTTP/1.0: the end of the connection is the end of the body.
            body.Write(buffer, start, end - start);
            start = end;
            await connection!.GetStream().CopyToAsync(body, cancellationToken);
        }
        else await CopyAsync(body, int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture), cancellationToken);
        return new RawAnswer(status, headers, Encoding.UTF8.GetString(body.ToArray()), closes);
    }

    private async Task<string> LineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (start == end) await FillAsync(cancellationToken);
            var next = (char)buffer[start++];
            if (next == '\n') return line.ToString().TrimEnd('\r');
            line.Append(next);
        }
    }

    private async Task CopyAsync(MemoryStream to, int count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            if (start == end) await FillAsync(cancellationToken);
            var some = Math.Min(count, end - start);
            to.Write(buffer, start, some);
            (start, count) = (start + some, count - some);
        }
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        (start, end) = (0, await connection!.GetStream().ReadAsync(buffer, cancellationToken));
        if (end == 0) throw new IOException("The connection was closed.");
    }
}

/// <param name="Closes">Whether the server closes the connection after it.</param>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body, bool Closes);
