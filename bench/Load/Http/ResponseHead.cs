namespace BudgetEngine.Load.Http;

/// <summary>What a client must know of an answer's head, and no more.</summary>
/// <param name="Length">Of the head with its empty line.</param>
/// <param name="ContentLength">Null: the body comes in chunks.</param>
internal readonly record struct ResponseHead(int Status, int Length, int? ContentLength)
{
    private const int StatusAt = 9;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out ResponseHead head)
    {
        head = default;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        var text = bytes[..end];
        var status = Number(text.Slice(StatusAt, 3));
        head = new ResponseHead(status, end + 4, LengthIn(text));
        return true;
    }

    private static int? LengthIn(ReadOnlySpan<byte> head)
    {
        var name = "\r\nContent-Length: "u8;
        var at = head.IndexOf(name);
        if (at < 0) return head.IndexOf("\r\nTransfer-Encoding: chunked"u8) < 0 ? 0 : null;
        var rest = head[(at + name.Length)..];
        var end = rest.IndexOf((byte)'\r');
        return Number(end < 0 ? rest : rest[..end]);
    }

    private static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits) number = checked(number * 10 + (digit - '0'));
        return number;
    }
}
