using System.Buffers.Text;
using System.Text;

namespace BudgetEngine.Load.Rivals;

/// <summary>An answer of Redis: a number, a text (of which nothing is kept), or an error.</summary>
/// <param name="Length">In bytes, with its end of line.</param>
internal readonly record struct RedisReply(int Length, long Number, string? Error)
{
    public static bool TryRead(ReadOnlySpan<byte> bytes, out RedisReply reply)
    {
        reply = default;
        var end = bytes.IndexOf("\r\n"u8);
        if (end < 0) return false;
        var line = bytes[1..end];
        switch (bytes[0])
        {
            case (byte)':':
                reply = new RedisReply(end + 2, Parse(line), null);
                return true;
            case (byte)'+':
                reply = new RedisReply(end + 2, 0, null);
                return true;
            case (byte)'-':
                reply = new RedisReply(end + 2, 0, Encoding.UTF8.GetString(line));
                return true;
            case (byte)'$':
                var length = end + 2 + (int)Parse(line) + 2;
                reply = new RedisReply(length, 0, null);
                return bytes.Length >= length;
            default:
                throw new InvalidDataException($"Redis answered '{Encoding.UTF8.GetString(line)}', which no command here asks for.");
        }
    }

    private static long Parse(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits, out long number, out var used) && used == digits.Length ? number : throw new InvalidDataException("Redis' number is none.");
}
