using System.Buffers.Text;

namespace BudgetEngine.Load.Http;

/// <summary>A body in chunks, as long answers come: each with its length before it, the last one empty.</summary>
internal static class ChunkedBody
{
    private const int LineEnd = 2;

    /// <summary>Puts the chunks behind each other, at the beginning of the bytes, once all of them are there.</summary>
    /// <param name="bytes">What came after the head.</param>
    /// <param name="length">Of the body without the lengths of its chunks.</param>
    /// <param name="used">With them.</param>
    /// <returns>False: there is more to come, and nothing was moved.</returns>
    public static bool TryJoin(Span<byte> bytes, out int length, out int used)
    {
        (length, used) = (0, 0);
        for (var isLast = false; !isLast;)
        {
            if (!TryReadLength(bytes[used..], out var chunk, out var line) || bytes.Length < used + line + chunk + LineEnd) return false;
            used += line + chunk + LineEnd;
            isLast = chunk == 0;
        }

        for (var at = 0; at < used;)
        {
            TryReadLength(bytes[at..], out var chunk, out var line);
            bytes.Slice(at + line, chunk).CopyTo(bytes[length..]);
            length += chunk;
            at += line + chunk + LineEnd;
        }

        return true;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> bytes, out int length, out int line)
    {
        (length, line) = (0, bytes.IndexOf("\r\n"u8) + LineEnd);
        if (line < LineEnd) return false;
        return Utf8Parser.TryParse(bytes[..(line - LineEnd)], out length, out var digits, 'x') && digits == line - LineEnd
            ? true
            : throw new InvalidDataException("The length of a chunk is no number.");
    }
}
