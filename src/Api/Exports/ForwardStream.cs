using System.Buffers;

namespace BudgetEngine.Api.Exports;

/// <summary>
/// A response as a stream that only goes forward and knows how far it is, which is all that a writer of Parquet needs. The writer does not always wait for its bytes
/// to be taken: they stay here until <see cref="DrainAsync"/>.
/// </summary>
internal sealed class ForwardStream(Stream inner) : Stream
{
    private readonly ArrayBufferWriter<byte> _pending = new();
    private long _sent;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => Position;

    public override long Position { get => _sent + _pending.WrittenCount; set => throw new NotSupportedException("The stream only goes forward."); }

    /// <summary>Sends what waits, as fast as the reader takes it.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        await inner.WriteAsync(_pending.WrittenMemory, cancellationToken);
        await inner.FlushAsync(cancellationToken);
        _sent += _pending.WrittenCount;
        _pending.ResetWrittenCount();
    }

    public override void Write(byte[] buffer, int offset, int count) => _pending.Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _pending.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        _pending.Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is written only.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The stream only goes forward.");

    public override void SetLength(long value) => throw new NotSupportedException("The stream only goes forward.");
}
