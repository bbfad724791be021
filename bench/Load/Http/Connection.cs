using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace BudgetEngine.Load.Http;

/// <summary>An answer. Its body lies in the connection's buffer until the next exchange.</summary>
internal readonly record struct Answer(int Status, ReadOnlyMemory<byte> Body)
{
    private const int MaxShown = 300;

    public bool Has(ReadOnlySpan<byte> text) => Status == 200 && Body.Span.IndexOf(text) >= 0;

    public string Describe(string request)
    {
        var body = Encoding.UTF8.GetString(Body.Span[..Math.Min(Body.Length, MaxShown)]);
        return $"{request} was answered {Status} {body}";
    }
}

/// <summary>One HTTP/1.1 connection that is kept alive, one request at a time, on a bare socket: the generator shares the cores with what it measures.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[Sizes.ReceiveBufferBytes];

    private Connection()
    {
    }

    /// <summary>
    /// Completions of sockets run on the thread that polls them, without a hop to the pool. Must be called before the first socket is made; the servers do not inherit it.
    /// </summary>
    public static void UsePollingThread() => Environment.SetEnvironmentVariable(PollingVariable, "1");

    public const string PollingVariable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    public static async Task<Connection> OpenAsync(int port, CancellationToken cancellationToken)
    {
        var connection = new Connection();
        try
        {
            await connection._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Answer> ExchangeAsync(ReadOnlyMemory<byte> request)
    {
        while (request.Length > 0) request = request[await _socket.SendAsync(request, SocketFlags.None)..];
        var filled = 0;
        while (true)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(filled), SocketFlags.None);
            if (received == 0) throw new IOException("The server closed the connection.");
            filled += received;
            if (TryTake(filled, out var answer)) return answer;
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool TryTake(int filled, out Answer answer)
    {
        answer = default;
        if (!ResponseHead.TryRead(_buffer.AsSpan(0, filled), out var head)) return NeedsMore(filled);
        var (body, length) = (0, 0);
        if (head.ContentLength is { } known) (body, length) = (known, known);
        else if (!ChunkedBody.TryJoin(_buffer.AsSpan(head.Length, filled - head.Length), out body, out length)) return NeedsMore(filled);
        if (filled < head.Length + length) return NeedsMore(filled);
        if (filled > head.Length + length) throw new InvalidDataException("More bytes came than the answer has.");
        answer = new Answer(head.Status, _buffer.AsMemory(head.Length, body));
        return true;
    }

    /// <summary>There must be room for the next bytes.</summary>
    private bool NeedsMore(int filled)
    {
        if (filled == _buffer.Length) Array.Resize(ref _buffer, filled * 2);
        return false;
    }
}
