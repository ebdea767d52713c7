using System.Buffers;
using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace PaymentOrchestrator.Benchmarks.Stub;

/// <summary>
/// As much of HTTP/1.1 as our own clients need, which keep their connections and name the length of what they send. A whole framework costs thrice the CPU, and the
/// cores are for what is measured.
/// </summary>
internal static class Wire
{
    /// <param name="Path">Without its query.</param>
    /// <param name="Began">When its head was there, by <see cref="Stopwatch.GetTimestamp"/>.</param>
    public sealed record Call(string Method, string Path, byte[] Body, long Began);

    /// <param name="Headers">More lines of the head, each with its end.</param>
    public readonly record struct Answer(byte[] Body, string Headers = "");

    /// <summary>Answers one call after the other until the client goes.</summary>
    /// <param name="told">What happens when the answer is on its way.</param>
    public static async Task ServeAsync(ConnectionContext connection, Func<Call, Answer> answer, Action<Call> told)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        while (true)
        {
            var read = await input.ReadAsync();
            var rest = read.Buffer;
            while (TryRead(ref rest) is { } call)
            {
                var (body, headers) = answer(call);
                output.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n{headers}\r\n"));
                output.Write(body);
                await output.FlushAsync();
                told(call);
            }

            input.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted) return;
        }
    }

    private static Call? TryRead(ref ReadOnlySequence<byte> rest)
    {
        var began = Stopwatch.GetTimestamp();
        var reader = new SequenceReader<byte>(rest);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> lines, "\r\n\r\n"u8)) return null;
        var head = Encoding.ASCII.GetString(lines);
        var length = 0;
        const string name = "\r\nContent-Length: ";
        if (head.IndexOf(name, StringComparison.OrdinalIgnoreCase) is > 0 and var at)
        {
            var value = head.AsSpan(at + name.Length);
            length = int.Parse(value.IndexOf('\r') is >= 0 and var end ? value[..end] : value, System.Globalization.CultureInfo.InvariantCulture);
        }
        else if (head.Contains("\r\nTransfer-Encoding:", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException("A call did not name its length.");
        }

        if (reader.Remaining < length) return null;
        var body = rest.Slice(reader.Position, length).ToArray();
        rest = rest.Slice(rest.GetPosition(length, reader.Position));
        var words = head[..head.IndexOf('\r', StringComparison.Ordinal)].Split(' ');
        return new Call(words[0], words[1].Split('?')[0], body, began);
    }
}
