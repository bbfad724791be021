using System.Text;

namespace BudgetEngine.Domain.Reports;

/// <summary>
/// Cost centers of one level in the order of their paths, with what they spent in one window, as bytes: of each how many letters it has in common with the one before, how many are its own, those letters, its
/// spend and its requests. Numbers have seven bits a byte, the lowest first; spend, which may be below zero, has its sign in the lowest bit. A tenth of what as many rows take.
/// </summary>
/// <param name="part">What <see cref="SpendPartWriter"/> wrote.</param>
/// <param name="path">Room for the longest path: the reader's, until it is done.</param>
public ref struct SpendPart(ReadOnlySpan<byte> part, Span<char> path)
{
    private readonly Span<char> _path = path;
    private ReadOnlySpan<byte> _rest = part;
    private int _length;

    public readonly ReadOnlySpan<char> CostCenter => _path[.._length];

    /// <summary>In nano-units.</summary>
    public long Spent { get; private set; }

    public long Requests { get; private set; }

    /// <summary>Goes to the next cost center; false: there is none.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty) return false;
        var (common, own) = ((int)Number(), (int)Number());
        _length = common + Encoding.ASCII.GetChars(_rest[..own], _path[common..]);
        _rest = _rest[own..];
        var spent = Number();
        (Spent, Requests) = ((long)(spent >> 1) ^ -(long)(spent & 1), (long)Number());
        return true;
    }

    private ulong Number()
    {
        var number = 0UL;
        for (var (shift, i) = (0, 0); ; shift += 7, i++)
        {
            number |= (ulong)(_rest[i] & 0x7F) << shift;
            if (_rest[i] >= 0x80) continue;
            _rest = _rest[(i + 1)..];
            return number;
        }
    }
}

/// <summary>Writes what <see cref="SpendPart"/> reads.</summary>
public sealed class SpendPartWriter
{
    private readonly MemoryStream _bytes = new();
    private string _last = "";

    public int Count { get; private set; }

    /// <param name="costCenter">Greater than the one before.</param>
    public void Add(string costCenter, long spent, long requests)
    {
        var common = costCenter.AsSpan().CommonPrefixLength(_last);
        Write((ulong)common);
        Write((ulong)(costCenter.Length - common));
        foreach (var letter in costCenter.AsSpan(common)) _bytes.WriteByte((byte)letter);
        Write((ulong)(spent << 1 ^ spent >> 63));
        Write((ulong)requests);
        _last = costCenter;
        Count++;
    }

    public byte[] ToArray() => _bytes.ToArray();

    private void Write(ulong number)
    {
        for (; number >= 0x80; number >>= 7) _bytes.WriteByte((byte)(number | 0x80));
        _bytes.WriteByte((byte)number);
    }
}
