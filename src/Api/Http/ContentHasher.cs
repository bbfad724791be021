using System.Buffers.Binary;
using System.Text;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Http;

/// <summary>
/// Hashes what was sent, by value, field by field: SHA-256 over a tagged encoding in which no two contents are alike, cut to 128 bits.
/// Amounts count by value (<c>0.10</c> is <c>0.1</c>); a field that was not sent differs from every value.
/// </summary>
internal ref struct ContentHasher
{
    private Span<byte> _buffer;
    private int _used;

    /// <param name="buffer">Scratch space; grows when it is too small.</param>
    public ContentHasher(Span<byte> buffer) => _buffer = buffer;

    public void Add(string? text)
    {
        if (text is null)
        {
            Reserve(1)[0] = 0;
            return;
        }

        var length = Encoding.UTF8.GetByteCount(text);
        var target = Reserve(5 + length);
        target[0] = 1;
        BinaryPrimitives.WriteInt32LittleEndian(target[1..], length);
        Encoding.UTF8.GetBytes(text, target[5..]);
    }

    public void Add(long? number)
    {
        var target = Reserve(9);
        target[0] = number is null ? (byte)0 : (byte)2;
        BinaryPrimitives.WriteInt64LittleEndian(target[1..], number ?? 0);
    }

    public void Add(decimal? amount)
    {
        // Dividing by one with all its decimals strips trailing zeros: equal values get equal bits.
        Span<int> bits = stackalloc int[4];
        decimal.GetBits((amount ?? 0) / 1.0000000000000000000000000000m, bits);
        var target = Reserve(17);
        target[0] = amount is null ? (byte)0 : (byte)3;
        for (var i = 0; i < 4; i++) BinaryPrimitives.WriteInt32LittleEndian(target[(1 + i * 4)..], bits[i]);
    }

    public void Add(Money? amount) => Add(amount?.Nanos);

    public readonly Guid Finish() => ContentHash.Of(_buffer[.._used]);

    private Span<byte> Reserve(int length)
    {
        if (_used + length > _buffer.Length)
        {
            var larger = new byte[Math.Max(_buffer.Length * 2, _used + length)];
            _buffer[.._used].CopyTo(larger);
            _buffer = larger;
        }

        var slice = _buffer.Slice(_used, length);
        _used += length;
        return slice;
    }
}
