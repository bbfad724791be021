using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace BudgetEngine.Channels;

/// <param name="Code">Three digits.</param>
/// <param name="Lines">The texts behind the code.</param>
internal sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    public bool IsDone => Code is >= 200 and < 300;

    public bool IsForGood => Code is >= 500 and < 600;

    public override string ToString() => $"{Code} {OutsideText.Clean(string.Join(' ', Lines))}".TrimEnd();
}

/// <summary>A connection to a mail server: commands and replies, and TLS when asked for.</summary>
internal sealed class SmtpConnection(Socket socket) : IAsyncDisposable
{
    public const int MaxReplyLine = 2_048;
    public const int MaxReplyLines = 64;

    private readonly byte[] _buffer = new byte[4_096];
    private Stream _stream = new NetworkStream(socket, ownsSocket: true);
    private int _start;
    private int _end;

    public bool IsEncrypted => _stream is SslStream;

    public static async Task<SmtpConnection> OpenAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken);
            return new SmtpConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task EncryptAsync(SslClientAuthenticationOptions options, CancellationToken cancellationToken)
    {
        // What lies here in the clear was put there by someone who wants it to be read as the server's word.
        if (_start != _end) throw new InvalidDataException("the server sent more than its answer before encryption began");
        var encrypted = new SslStream(_stream);
        _stream = encrypted;
        await encrypted.AuthenticateAsClientAsync(options, cancellationToken);
    }

    public async Task<SmtpReply> CommandAsync(string command, CancellationToken cancellationToken)
    {
        if (command.AsSpan().IndexOfAny('\r', '\n') >= 0) throw new ArgumentException("A command is one line.", nameof(command));
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), cancellationToken);
        await _stream.FlushAsync(cancellationToken);
        return await ReplyAsync(cancellationToken);
    }

    /// <summary>The text of a message, with the dot that ends it; dots at the beginning of lines are doubled.</summary>
    public async Task<SmtpReply> ContentAsync(string content, CancellationToken cancellationToken)
    {
        var stuffed = content.Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        if (stuffed.StartsWith('.')) stuffed = "." + stuffed;
        if (!stuffed.EndsWith("\r\n", StringComparison.Ordinal)) stuffed += "\r\n";
        return await CommandBytesAsync(Encoding.ASCII.GetBytes(stuffed + ".\r\n"), cancellationToken);
    }

    public async Task<SmtpReply> ReplyAsync(CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        while (lines.Count < MaxReplyLines)
        {
            var line = await LineAsync(cancellationToken);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), System.Globalization.NumberStyles.None, null, out var code)) break;
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] != '-') return new SmtpReply(code, lines);
        }

        throw new InvalidDataException("the server does not speak SMTP");
    }

    public async ValueTask DisposeAsync() => await _stream.DisposeAsync();

    private async Task<SmtpReply> CommandBytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(bytes, cancellationToken);
        await _stream.FlushAsync(cancellationToken);
        return await ReplyAsync(cancellationToken);
    }

    private async Task<string> LineAsync(CancellationToken cancellationToken)
    {
        var line = new ArrayBufferWriter<byte>(128);
        while (true)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, await _stream.ReadAsync(_buffer, cancellationToken));
                if (_end == 0) throw new EndOfStreamException();
            }

            var rest = _buffer.AsSpan(_start.._end);
            var feed = rest.IndexOf((byte)'\n');
            var taken = feed < 0 ? rest : rest[..feed];
            _start += feed < 0 ? rest.Length : feed + 1;
            if (line.WrittenCount + taken.Length > MaxReplyLine) throw new InvalidDataException("the server does not speak SMTP");
            line.Write(taken);
            if (feed >= 0) return Encoding.Latin1.GetString(line.WrittenSpan).TrimEnd('\r');
        }
    }
}
