using System.Globalization;
using System.Text;

namespace BudgetEngine.Fuzz.Grammar;

internal enum Framing
{
    None,
    Length,
    Chunked,

    /// <summary>Fewer bytes than announced, then the sender is gone.</summary>
    Truncated,
}

/// <summary>One request, in parts that a minimiser can take away.</summary>
internal sealed record FuzzInput
{
    public required int Number { get; init; }

    /// <summary>The operation of the OpenAPI document that it started from.</summary>
    public required string Operation { get; init; }

    public required string Method { get; init; }

    public required string Target { get; init; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public byte[] Body { get; init; } = [];

    public Framing Framing { get; init; }

    /// <summary>Sizes of the chunks; the rest is the last one.</summary>
    public IReadOnlyList<int> Chunks { get; init; } = [];

    /// <summary>A reservation id in the target that the engine has not given out; null: none.</summary>
    public string? ForgedId { get; init; }

    /// <summary>The server may refuse it before the API sees it: then its bare answer is in order.</summary>
    public bool MayBreakHttp { get; init; }

    public bool Changes => Method is "POST" or "PUT" or "PATCH" or "DELETE";

    public byte[] Render(string authority)
    {
        var bytes = new MemoryStream();
        var head = new StringBuilder().Append(Method).Append(' ').Append(Target).Append(" HTTP/1.1\r\n");
        if (!Headers.Any(h => h.Name.Equals("Host", StringComparison.OrdinalIgnoreCase))) head.Append("Host: ").Append(authority).Append("\r\n");
        foreach (var (name, value) in Headers) head.Append(name).Append(": ").Append(value).Append("\r\n");
        if (Framing == Framing.Chunked) head.Append("Transfer-Encoding: chunked\r\n");
        else if (Framing != Framing.None) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Body.Length + (Framing == Framing.Truncated ? 7 : 0)}\r\n");
        head.Append("\r\n");
        bytes.Write(Encoding.Latin1.GetBytes(head.ToString()));
        if (Framing == Framing.Chunked) WriteChunks(bytes);
        else bytes.Write(Body);
        return bytes.ToArray();
    }

    private void WriteChunks(MemoryStream bytes)
    {
        var at = 0;
        foreach (var size in Chunks.Append(Body.Length))
        {
            var length = Math.Min(size, Body.Length - at);
            if (length <= 0) break;
            bytes.Write(Encoding.ASCII.GetBytes(length.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
            bytes.Write(Body, at, length);
            bytes.Write("\r\n"u8);
            at += length;
        }

        bytes.Write("0\r\n\r\n"u8);
    }
}
