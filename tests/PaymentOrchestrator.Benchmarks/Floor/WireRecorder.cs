using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PaymentOrchestrator.Benchmarks.Floor;

/// <summary>One statement as it was sent, with the types and values of its parameters.</summary>
internal sealed record RecordedStatement(string Text, IReadOnlyList<RecordedParameter> Parameters);

/// <param name="TypeOid">PostgreSQL's number of the type; 0 where the server was to infer it.</param>
/// <param name="Value">As text; null for NULL.</param>
internal sealed record RecordedParameter(int TypeOid, string? Value);

/// <summary>
/// A proxy in front of PostgreSQL that notes which statements go by, so that the floor is made of exactly what the API sends and cannot fall behind
/// it. Reads the extended query protocol of the frontend: Parse, Bind and Sync; one Sync is one round trip.
/// </summary>
internal sealed class WireRecorder : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint server;
    private readonly Lock gate = new();
    private List<IReadOnlyList<RecordedStatement>> trips = [];

    public WireRecorder(IPEndPoint server)
    {
        this.server = server;
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>The round trips since the last call, in the order in which they were sent.</summary>
    public IReadOnlyList<IReadOnlyList<RecordedStatement>> Take()
    {
        lock (gate)
        {
            var taken = trips;
            trips = [];
            return taken;
        }
    }

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync();
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // Closed: nothing more is accepted.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        try
        {
            await upstream.ConnectAsync(server);
            await using var fromClient = new NetworkStream(client, ownsSocket: true);
            await using var fromServer = new NetworkStream(upstream);
            await Task.WhenAny(RecordAsync(fromClient, fromServer), fromServer.CopyToAsync(fromClient));
        }
        catch (IOException)
        {
            // One side went away; the other sees its connection closed.
        }
    }

    private async Task RecordAsync(NetworkStream from, NetworkStream to)
    {
        var statements = new Dictionary<string, (string Text, int[] Types)>();
        var trip = new List<RecordedStatement>();
        var head = new byte[5];
        var (starting, counts) = (true, false);
        while (true)
        {
            // Until the session has started, messages have no type.
            var headLength = starting ? 4 : 5;
            await from.ReadExactlyAsync(head.AsMemory(0, headLength));
            var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(headLength - 4)) - 4;
            var body = new byte[length];
            await from.ReadExactlyAsync(body);
            if (starting)
            {
                starting = BinaryPrimitives.ReadInt32BigEndian(body) != 196608;
                // Background work is the other role's, and is none of the request's.
                counts = Encoding.UTF8.GetString(body).Contains("role=po_app", StringComparison.Ordinal);
            }
            else if (counts) Note((char)head[0], body, statements, ref trip);
            await to.WriteAsync(head.AsMemory(0, headLength));
            await to.WriteAsync(body);
        }
    }

    private void Note(char type, byte[] body, Dictionary<string, (string Text, int[] Types)> statements, ref List<RecordedStatement> trip)
    {
        var reader = new MessageReader(body);
        switch (type)
        {
            case 'P':
                var name = reader.Text();
                var text = reader.Text();
                var types = new int[reader.Int16()];
                for (var i = 0; i < types.Length; i++) types[i] = reader.Int32();
                statements[name] = (text, types);
                break;
            case 'B':
                reader.Text();
                var statement = statements[reader.Text()];
                trip.Add(new RecordedStatement(statement.Text, reader.Parameters(statement.Types)));
                break;
            case 'S' when trip.Count > 0:
                lock (gate) trips.Add(trip);
                trip = [];
                break;
        }
    }

    private ref struct MessageReader(ReadOnlySpan<byte> body)
    {
        private ReadOnlySpan<byte> rest = body;

        public string Text()
        {
            var length = rest.IndexOf((byte)0);
            var text = Encoding.UTF8.GetString(rest[..length]);
            rest = rest[(length + 1)..];
            return text;
        }

        public short Int16()
        {
            var value = BinaryPrimitives.ReadInt16BigEndian(rest);
            rest = rest[2..];
            return value;
        }

        public int Int32()
        {
            var value = BinaryPrimitives.ReadInt32BigEndian(rest);
            rest = rest[4..];
            return value;
        }

        public List<RecordedParameter> Parameters(int[] types)
        {
            var formats = new short[Int16()];
            for (var i = 0; i < formats.Length; i++) formats[i] = Int16();
            var count = Int16();
            var parameters = new List<RecordedParameter>(count);
            for (var i = 0; i < count; i++)
            {
                var length = Int32();
                var binary = formats.Length switch { 0 => false, 1 => formats[0] == 1, _ => formats[i] == 1 };
                parameters.Add(new RecordedParameter(types[i], length < 0 ? null : PostgresValue.ToText(types[i], binary, rest[..length])));
                if (length > 0) rest = rest[length..];
            }

            return parameters;
        }
    }
}
