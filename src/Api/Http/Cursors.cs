using System.Buffers.Text;
using System.Text;

namespace BudgetEngine.Api.Http;

/// <summary>Cursors: base64url of the last item's keys, opaque to callers.</summary>
internal static class Cursors
{
    private const char Separator = '\n';
    private const int MaxLength = 4_096;

    public static string Write(params ReadOnlySpan<string> parts) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes("1" + Separator + string.Join(Separator, parts.ToArray())));

    public static bool TryRead(string? text, int parts, out string[] read)
    {
        read = [];
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength || !Base64Url.IsValid(text)) return false;
        var all = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(Separator);
        if (all.Length != parts + 1 || all[0] != "1" || all.Any(p => p.Contains('\0') || p.Contains('\uFFFD'))) return false;
        read = all[1..];
        return true;
    }
}
