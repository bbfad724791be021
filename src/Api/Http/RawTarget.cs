using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace BudgetEngine.Api.Http;

/// <summary>
/// The request target as it was sent. The server's path is decoded in part (<c>%2F</c> stays, <c>%252F</c> becomes it) and has lost its dot segments, so names
/// at the end of a path are taken from here: slashes plain or as <c>%2F</c>, decoded once.
/// </summary>
internal static class RawTarget
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public const string AuthorizePath = "/v1/authorize";

    /// <summary>Whether the request is of the gateway dialect, whatever the end client's path behind it says (dot segments included).</summary>
    public static bool IsAuthorize(HttpContext context)
    {
        var path = PathOf(context);
        return path.StartsWith(AuthorizePath, StringComparison.OrdinalIgnoreCase) && (path.Length == AuthorizePath.Length || path[AuthorizePath.Length] == '/');
    }

    /// <summary>The path without query, of the origin or the absolute form.</summary>
    public static ReadOnlySpan<char> PathOf(HttpContext context)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(raw)) raw = context.Request.Path.Value ?? "/";
        var path = raw.AsSpan();
        if (path[0] != '/' && path.IndexOf("://") is var scheme and >= 0)
        {
            var authority = path[(scheme + 3)..];
            var slash = authority.IndexOf('/');
            path = slash < 0 ? "/" : authority[slash..];
        }

        var query = path.IndexOf('?');
        return query < 0 ? path : path[..query];
    }

    /// <summary>Null when the path is sound; else what is wrong with it.</summary>
    public static string? FaultOf(ReadOnlySpan<char> path)
    {
        if (path.Length <= 1) return null;
        if (path[^1] == '/') return "must not end with a slash";
        for (var rest = path[1..]; ;)
        {
            var slash = rest.IndexOf('/');
            var segment = slash < 0 ? rest : rest[..slash];
            if (segment.IsEmpty) return "must not have a double slash";
            if (IsDotSegment(segment)) return "must not have a dot segment";
            if (slash < 0) return null;
            rest = rest[(slash + 1)..];
        }
    }

    /// <summary>What follows the given number of leading segments, decoded once; null with the fault when it cannot be decoded.</summary>
    public static string? TailOf(HttpContext context, int leadingSegments, out string? fault)
    {
        var path = PathOf(context);
        for (var i = 0; i < leadingSegments && !path.IsEmpty; i++)
        {
            var slash = path[1..].IndexOf('/');
            path = slash < 0 ? default : path[(slash + 1)..];
        }

        return Decode(path.IsEmpty ? path : path[1..], out fault);
    }

    private static string? Decode(ReadOnlySpan<char> text, out string? fault)
    {
        fault = null;
        if (!text.Contains('%')) return text.ToString();
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var written = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                written += Encoding.UTF8.GetBytes(text.Slice(i, 1), bytes.AsSpan(written));
                continue;
            }

            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                fault = "has a '%' that starts no escape";
                return null;
            }

            bytes[written++] = (byte)((HexValue(text[i + 1]) << 4) | HexValue(text[i + 2]));
            i += 2;
        }

        try
        {
            return StrictUtf8.GetString(bytes, 0, written);
        }
        catch (DecoderFallbackException)
        {
            fault = "is not UTF-8 once decoded";
            return null;
        }
    }

    private static int HexValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;

    /// <summary><c>.</c> and <c>..</c>, escaped or not.</summary>
    private static bool IsDotSegment(ReadOnlySpan<char> segment)
    {
        var dots = 0;
        while (!segment.IsEmpty)
        {
            if (segment[0] == '.') segment = segment[1..];
            else if (segment.StartsWith("%2e", StringComparison.OrdinalIgnoreCase)) segment = segment[3..];
            else return false;
            dots++;
        }

        return dots is 1 or 2;
    }
}
