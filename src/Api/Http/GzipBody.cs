using System.IO.Compression;
using BudgetEngine.Api.Errors;

namespace BudgetEngine.Api.Http;

/// <summary>
/// A body in gzip, decompressed. <see cref="GZipStream"/> takes a body that breaks off for one that ends, and records would be lost without a word. So a further gzip
/// member follows the body: it comes out only where the one before it was whole, checksum included. Throws <see cref="InvalidDataException"/> where it does not, and
/// <see cref="BodyRefusedException"/> where a small body becomes a large one: 200 KB may hold 200 MB of nothing.
/// </summary>
internal sealed class GzipBody : Stream
{
    private const int Room = 4_096;

    private static readonly byte[] _end = "the-body-is-over"u8.ToArray();
    private static readonly byte[] _endMember = Compress(_end);

    /// <summary>Of so little no expansion hurts.</summary>
    private const long AlwaysAllowed = 64 * 1024;

    private readonly int _maxRatio;
    private readonly long _maxBytes;
    private readonly Followed _packed;
    private readonly GZipStream _plain;
    private long _unpacked;

    // What was read and not yet given on. The last bytes of it may be the end.
    private byte[] _read = new byte[Room + _end.Length];
    private int _from;
    private int _to;

    /// <param name="maxRatio">How many times its size it may become, beyond the first 64 KiB.</param>
    /// <param name="maxBytes">How large it may become.</param>
    public GzipBody(Stream compressed, int maxRatio, long maxBytes)
    {
        (_maxRatio, _maxBytes) = (maxRatio, maxBytes);
        _packed = new Followed(compressed, _endMember);
        _plain = new GZipStream(_packed, CompressionMode.Decompress);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_read.Length == 0, this);
        while (_to - _from <= _end.Length)
        {
            _read.AsSpan(_from, _to - _from).CopyTo(_read);
            (_from, _to) = (0, _to - _from);
            var more = await _plain.ReadAsync(_read.AsMemory(_to), cancellationToken);
            _to += more;
            Count(more);
            if (more > 0) continue;
            return _read.AsSpan(0, _to).SequenceEqual(_end) ? 0 : throw new InvalidDataException("The gzip breaks off.");
        }

        var given = Math.Min(buffer.Length, _to - _from - _end.Length);
        _read.AsSpan(_from, given).CopyTo(buffer.Span);
        _from += given;
        return given;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Bodies are read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _plain.Dispose();
            _read = [];
        }

        base.Dispose(disposing);
    }

    private void Count(int more)
    {
        _unpacked += more;
        if (_unpacked > _maxBytes) throw Refused($"The body has more than {_maxBytes} bytes when it is unpacked.");
        if (_unpacked <= AlwaysAllowed || _unpacked / _maxRatio <= _packed.Given) return;
        throw Refused($"The body becomes more than {_maxRatio} times as large when it is unpacked. Send it in plain, or less of it.");
    }

    /// <summary>A refused request may stay for seconds, until what comes of its body has been thrown away: not with what was unpacked.</summary>
    private BodyRefusedException Refused(string detail)
    {
        Dispose();
        return new BodyRefusedException(new Problem(ApiCode.BodyTooLarge, detail));
    }

    private static byte[] Compress(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(plain);
        return packed.ToArray();
    }

    /// <summary>A stream, and then these bytes.</summary>
    private sealed class Followed(Stream first, byte[] then) : Stream
    {
        private bool _firstIsOver;

        /// <summary>Bytes of the first that were read.</summary>
        public long Given { get; private set; }

        private int _given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_firstIsOver)
            {
                var read = await first.ReadAsync(buffer, cancellationToken);
                Given += read;
                if (read > 0 || buffer.Length == 0) return read;
                _firstIsOver = true;
            }

            var given = Math.Min(buffer.Length, then.Length - _given);
            then.AsSpan(_given, given).CopyTo(buffer.Span);
            _given += given;
            return given;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
