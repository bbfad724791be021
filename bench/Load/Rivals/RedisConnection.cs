using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BudgetEngine.Load.Rivals;

/// <summary>
/// One connection to Redis that everybody shares. Commands are written behind each other without waiting for answers, and what gathers while one packet is sent goes with the next.
/// It knows no more of the protocol than these scripts need, so it costs less than any client for general use.
/// </summary>
internal sealed class RedisConnection : IDisposable
{
    private static readonly byte[] Crlf = "\r\n"u8.ToArray();
    private static readonly byte[] EvalSha = "EVALSHA"u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource<long>> _waiting = new();
    private byte[] _filling = new byte[Sizes.RedisBufferBytes];
    private byte[] _sending = new byte[Sizes.RedisBufferBytes];
    private int _filled;
    private bool _isSending;

    private RedisConnection()
    {
    }

    public static async Task<RedisConnection> OpenAsync(int port)
    {
        var connection = new RedisConnection();
        await connection._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        _ = connection.ReadAsync();
        return connection;
    }

    /// <summary>Calls a script; it answers a whole number.</summary>
    public Task<long> CallAsync(RedisScript script, ReadOnlySpan<string> keys, string argument, byte[]? record = null, string? last = null)
    {
        lock (_gate)
        {
            BeginCommand(3 + keys.Length + 1 + (record is null ? 0 : 1) + (last is null ? 0 : 1));
            Write(EvalSha);
            Write(script.Digest);
            Write(RedisScripts.Text(keys.Length));
            foreach (var key in keys) Write(key);
            Write(argument);
            if (record is not null) Write(record);
            if (last is not null) Write(last);
            return Queue();
        }
    }

    /// <summary>Any other command. Its answer is the number, or 0 for a text.</summary>
    public Task<long> CommandAsync(params ReadOnlySpan<string> words)
    {
        lock (_gate)
        {
            BeginCommand(words.Length);
            foreach (var word in words) Write(word);
            return Queue();
        }
    }

    public void Dispose() => _socket.Dispose();

    private void BeginCommand(int words) => WriteHead((byte)'*', words);

    private void Write(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        WriteHead((byte)'$', length);
        Reserve(length + Crlf.Length);
        _filled += Encoding.UTF8.GetBytes(text, _filling.AsSpan(_filled));
        WriteRaw(Crlf);
    }

    private void Write(byte[] bytes)
    {
        WriteHead((byte)'$', bytes.Length);
        WriteRaw(bytes);
        WriteRaw(Crlf);
    }

    private void WriteHead(byte kind, int number)
    {
        Reserve(16);
        _filling[_filled++] = kind;
        Utf8Formatter.TryFormat(number, _filling.AsSpan(_filled), out var written);
        _filled += written;
        WriteRaw(Crlf);
    }

    private void WriteRaw(byte[] bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_filling, _filled);
        _filled += bytes.Length;
    }

    private void Reserve(int length)
    {
        if (_filled + length > _filling.Length) Array.Resize(ref _filling, Math.Max(_filling.Length * 2, _filled + length));
    }

    private Task<long> Queue()
    {
        var answer = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(answer);
        if (!_isSending)
        {
            _isSending = true;
            // Behind the requests that the pool has to do already: their commands go with the same packet.
            ThreadPool.UnsafeQueueUserWorkItem(static connection => _ = connection.SendAsync(), this, preferLocal: false);
        }

        return answer.Task;
    }

    private async Task SendAsync()
    {
        try
        {
            while (TryTake(out var bytes))
            {
                while (bytes.Length > 0) bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None)..];
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            Fail(fault);
        }
    }

    private bool TryTake(out ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            (_filling, _sending) = (_sending, _filling);
            bytes = _sending.AsMemory(0, _filled);
            _filled = 0;
            _isSending = bytes.Length > 0;
            return _isSending;
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[Sizes.RedisBufferBytes];
        var filled = 0;
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None);
                if (received == 0) throw new IOException("Redis closed the connection.");
                filled += received;
                var taken = 0;
                while (RedisReply.TryRead(buffer.AsSpan(taken, filled - taken), out var reply))
                {
                    taken += reply.Length;
                    Complete(reply);
                }

                buffer.AsSpan(taken, filled - taken).CopyTo(buffer);
                filled -= taken;
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or IOException or InvalidDataException)
        {
            Fail(fault);
        }
    }

    private void Complete(in RedisReply reply)
    {
        TaskCompletionSource<long> next;
        lock (_gate) next = _waiting.Dequeue();
        if (reply.Error is null) next.SetResult(reply.Number);
        else next.SetException(new InvalidOperationException(reply.Error));
    }

    private void Fail(Exception fault)
    {
        lock (_gate)
        {
            while (_waiting.TryDequeue(out var next)) next.TrySetException(new IOException("The connection to Redis is broken.", fault));
        }
    }
}
