using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace PaymentOrchestrator.Benchmarks.Stub;

/// <summary>
/// When the stub had calls in hand, for whoever measures what is left of a request without them: <c>POST /bench/watch</c> begins, and <c>GET /bench/calls</c>
/// ends it with a line per call, <c>order from to</c>, by the monotonic clock that all processes of the machine share.
/// </summary>
internal static class Watch
{
    private static readonly ConcurrentQueue<(string Order, long From, long To)> Calls = new();

    public static bool IsOn { get; private set; }

    /// <param name="order">Null is not noted: such a call cannot be told from others' and stays part of our own time.</param>
    public static void Note(string? order, long from, long to)
    {
        if (order is not null) Calls.Enqueue((order, from, to));
    }

    public static Wire.Answer Answer(Wire.Call call)
    {
        IsOn = call.Method == "POST";
        if (IsOn)
        {
            Calls.Clear();
            return new([]);
        }

        var lines = new StringBuilder();
        while (Calls.TryDequeue(out var noted)) lines.Append(CultureInfo.InvariantCulture, $"{noted.Order} {noted.From} {noted.To}\n");
        return new(Encoding.UTF8.GetBytes(lines.ToString()));
    }
}
