using System.Buffers;
using System.Text;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Domain.Reports;

/// <summary>
/// Cost centers of one level in the order of their paths, with what they spent in one window, as bytes: of each how many letters it has in common with the one before, how many are its own, those letters, its
/// spend and its requests. Numbers have seven bits a byte, the lowest first; spend, which may be below zero, has its sign in the lowest bit. A tenth of what as many rows take. Parts that follow each other
/// are one part.
/// </summary>
/// <param name="part">What <see cref="SpendPartWriter"/> wrote.</param>
public sealed class SpendPart(ReadOnlyMemory<byte> part)
{
    private readonly char[] _path = new char[CostCenterId.MaxLength];
    private int _at;
    private int _length;

    /// <summary>Until the next.</summary>
    public ReadOnlySpan<char> CostCenter => _path.AsSpan(0, _length);

    /// <summary>In nano-units.</summary>
    public long Spent { get; private set; }

    public long Requests { get; private set; }

    /// <summary>False: behind the last cost center.</summary>
    public bool IsAtOne { get; private set; }

    /// <summary>Goes to the next cost center.</summary>
    /// <returns><see cref="IsAtOne"/>.</returns>
    public bool Next()
    {
        IsAtOne = _at < part.Length;
        if (!IsAtOne) return false;
        var bytes = part.Span;
        var (common, own) = ((int)Number(bytes), (int)Number(bytes));
        _length = common + Encoding.ASCII.GetChars(bytes.Slice(_at, own), _path.AsSpan(common));
        _at += own;
        var spent = Number(bytes);
        (Spent, Requests) = ((long)(spent >> 1) ^ -(long)(spent & 1), (long)Number(bytes));
        return true;
    }

    private ulong Number(ReadOnlySpan<byte> bytes)
    {
        var number = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[_at++];
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return number;
        }
    }
}

/// <summary>Writes what <see cref="SpendPart"/> reads.</summary>
public sealed class SpendPartWriter(IBufferWriter<byte> to)
{
    /// <summary>Four numbers, and a path.</summary>
    private const int MaxEntry = 4 * 10 + CostCenterId.MaxLength;

    private readonly char[] _last = new char[CostCenterId.MaxLength];
    private int _lastLength;

    /// <param name="costCenter">Greater than the one before.</param>
    public void Add(ReadOnlySpan<char> costCenter, long spent, long requests)
    {
        var bytes = to.GetSpan(MaxEntry);
        var common = costCenter.CommonPrefixLength(_last.AsSpan(0, _lastLength));
        var own = costCenter[common..];
        var at = Write(bytes, 0, (ulong)common);
        at = Write(bytes, at, (ulong)own.Length);
        at += Encoding.ASCII.GetBytes(own, bytes[at..]);
        at = Write(bytes, at, (ulong)(spent << 1 ^ spent >> 63));
        to.Advance(Write(bytes, at, (ulong)requests));
        own.CopyTo(_last.AsSpan(common));
        _lastLength = costCenter.Length;
    }

    private static int Write(Span<byte> bytes, int at, ulong number)
    {
        for (; number >= 0x80; number >>= 7) bytes[at++] = (byte)(number | 0x80);
        bytes[at++] = (byte)number;
        return at;
    }
}
