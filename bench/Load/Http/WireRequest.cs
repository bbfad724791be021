using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace BudgetEngine.Load.Http;

/// <summary>The bytes of a request, built once. Places of fixed width in it are overwritten before each send, so that nothing is formatted or allocated then.</summary>
internal sealed class WireRequest
{
    public const string Json = "application/json";
    public const string NdJson = "application/x-ndjson";

    /// <summary>The key of every request; the engine that is measured knows it as its admin key.</summary>
    public const string Key = "bench-0123456789abcdefghijklmnopqrstuv";

    private readonly byte[] _bytes;

    private WireRequest(byte[] bytes) => _bytes = bytes;

    public ReadOnlyMemory<byte> Bytes => _bytes;

    public static WireRequest Of(string method, string path, string? body = null, string contentType = Json)
    {
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Budget-Key: {Key}\r\n");
        if (body is not null) head.Append($"Content-Type: {contentType}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        return new WireRequest(Encoding.UTF8.GetBytes(head.Append("\r\n").Append(body).ToString()));
    }

    /// <summary>All places of a text, which must be there.</summary>
    public int[] PlacesOf(string text)
    {
        var (places, pattern) = (new List<int>(), Encoding.UTF8.GetBytes(text));
        for (var at = 0; _bytes.AsSpan(at).IndexOf(pattern) is >= 0 and var next; at += next + pattern.Length) places.Add(at + next);
        return places.Count > 0 ? [.. places] : throw new InvalidOperationException($"The request has no '{text}'.");
    }

    public int PlaceOf(string text) => PlacesOf(text)[0];

    public void Write(int at, ReadOnlySpan<byte> text) => text.CopyTo(_bytes.AsSpan(at));

    public void WriteTwoDigits(int at, int value)
    {
        _bytes[at] = (byte)('0' + value / 10);
        _bytes[at + 1] = (byte)('0' + value % 10);
    }

    public void WriteThreeDigits(int at, int value)
    {
        _bytes[at] = (byte)('0' + value / 100);
        WriteTwoDigits(at + 1, value % 100);
    }

    public void WriteHex(int at, ulong value) => Utf8Formatter.TryFormat(value, _bytes.AsSpan(at, UniqueIds.Length), out _, new StandardFormat('x', UniqueIds.Length));
}

/// <summary>Request ids that never repeat within a process and come in no order, as those of real callers do.</summary>
internal static class UniqueIds
{
    public const int Length = 16;

    /// <summary>What stands in a template where an id is to be written.</summary>
    public const string Place = "iiiiiiiiiiiiiiii";

    private static long s_count;

    /// <summary>A counter, mixed by a permutation of 64 bits (splitmix64): unique because the counter is.</summary>
    public static ulong Next()
    {
        var z = unchecked((ulong)Interlocked.Increment(ref s_count) * 0x9E3779B97F4A7C15);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return z ^ (z >> 31);
    }
}
