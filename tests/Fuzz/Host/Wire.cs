using System.Globalization;
using System.Net.Sockets;
using System.Text;
using BudgetEngine.Fuzz.Grammar;

namespace BudgetEngine.Fuzz.Host;

/// <summary>An answer as it came over the wire.</summary>
internal sealed record WireAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    private string? _text;

    public string Text => _text ??= Encoding.UTF8.GetString(Body);

    public string? ContentType => Headers.TryGetValue("Content-Type", out var type) ? type.Split(';')[0].Trim() : null;
}

/// <summary>HTTP as bytes over one connection, kept while both sides keep it.</summary>
internal sealed class Wire(Uri address) : IDisposable
{
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);

    private const int MostPieces = 7;

    private static readonly TimeSpan _betweenPieces = TimeSpan.FromMilliseconds(1);

    private TcpClient? _client;
    private BufferedReader? _reader;

    /// <summary>Null: the server closed the connection without an answer. Throws <see cref="TimeoutException"/> where neither comes.</summary>
    public async Task<WireAnswer?> SendAsync(byte[] request, FuzzInput input)
    {
        using var deadline = new CancellationTokenSource(AnswerWithin);
        try
        {
            // What may leave the two sides in disagreement about where a request ends has a connection of its own.
            if (input.MayBreakHttp) Dispose();
            var fresh = _client is null;
            var answer = await TryAsync(request, input, deadline.Token);
            // A kept connection may have been closed meanwhile; that says nothing about this request.
            if (answer is null && !fresh) answer = await TryAsync(request, input, deadline.Token);
            if (input.MayBreakHttp) Dispose();
            return answer;
        }
        catch (OperationCanceledException)
        {
            Dispose();
            throw new TimeoutException($"no answer within {AnswerWithin.TotalSeconds} s");
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        _client = null;
    }

    private async Task<WireAnswer?> TryAsync(byte[] request, FuzzInput input, CancellationToken cancellation)
    {
        try
        {
            var client = await ConnectAsync(cancellation);
            // A server that refuses early stops reading: its answer is read all the same.
            var sending = WriteAsync(client, request, input, cancellation);
            var answer = await ReadAsync(input.Method, cancellation);
            // An early refusal leaves the rest of the request unsent.
            if (answer is null || !sending.IsCompletedSuccessfully || IsLast(answer)) Dispose();
            return answer;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            Dispose();
            return null;
        }
    }

    private async Task<TcpClient> ConnectAsync(CancellationToken cancellation)
    {
        if (_client is not null) return _client;
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(address.Host, address.Port, cancellation);
        _reader = new BufferedReader(client.GetStream());
        return _client = client;
    }

    /// <summary>Chunked bodies arrive in several segments, cut anywhere: what reads as it comes sees its input end at any byte.</summary>
    private static async Task WriteAsync(TcpClient client, byte[] request, FuzzInput input, CancellationToken cancellation)
    {
        try
        {
            var piece = input.Framing == Framing.Chunked ? Math.Max(1, request.Length / (1 + (input.Number % MostPieces))) : request.Length;
            for (var at = 0; at < request.Length; at += piece)
            {
                if (at > 0) await Task.Delay(_betweenPieces, cancellation);
                await client.GetStream().WriteAsync(request.AsMemory(at, Math.Min(piece, request.Length - at)), cancellation);
            }

            if (input.Framing == Framing.Truncated) client.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The server has closed; what it said before is what counts.
        }
    }

    private async Task<WireAnswer?> ReadAsync(string method, CancellationToken cancellation)
    {
        while (true)
        {
            if (await _reader!.LineAsync(cancellation) is not { } status) return null;
            var code = int.Parse(status.Split(' ')[1], CultureInfo.InvariantCulture);
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            while (await _reader.LineAsync(cancellation) is { Length: > 0 } line)
            {
                var colon = line.IndexOf(':');
                headers[line[..colon]] = line[(colon + 1)..].Trim();
            }

            if (code < 200) continue;
            // A stream of events has no end: its head says what there is to say, and the connection is closed.
            var hasBody = method != "HEAD" && code is not (204 or 304) && !IsStream(headers);
            return new WireAnswer(code, headers, hasBody ? await BodyAsync(headers, cancellation) : []);
        }
    }

    private async Task<byte[]> BodyAsync(Dictionary<string, string> headers, CancellationToken cancellation)
    {
        if (headers.TryGetValue("Content-Length", out var length)) return await _reader!.ExactlyAsync(int.Parse(length, CultureInfo.InvariantCulture), cancellation);
        if (!headers.TryGetValue("Transfer-Encoding", out var encoding) || encoding != "chunked") return await _reader!.ToEndAsync(cancellation);
        var body = new MemoryStream();
        while (int.Parse(await _reader!.LineAsync(cancellation) ?? "0", NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var size and > 0)
        {
            body.Write(await _reader.ExactlyAsync(size, cancellation));
            await _reader.LineAsync(cancellation);
        }

        await _reader.LineAsync(cancellation);
        return body.ToArray();
    }

    private static bool IsStream(IReadOnlyDictionary<string, string> headers) =>
        headers.TryGetValue("Content-Type", out var type) && type.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);

    private static bool IsLast(WireAnswer answer) => IsStream(answer.Headers) || answer.Headers.TryGetValue("Connection", out var connection) && connection.Equals("close", StringComparison.OrdinalIgnoreCase);
}
