using System.Net;

namespace BudgetEngine.Alerts.Delivery.Http;

/// <summary>
/// Reads the address of a channel. What more than one program could read in more than one way is refused: a host is a plain name, or an address in its
/// usual spelling.
/// </summary>
internal static class TargetAddress
{
    public const int MaxLength = 2_048;

    /// <param name="text">The address.</param>
    /// <param name="allowPrivate">Whether http, loopback and private addresses may be named.</param>
    /// <param name="address">The address, when there is no fault.</param>
    /// <returns>What is wrong, without the address itself, which is a secret; null: nothing that can be seen without a look-up.</returns>
    public static string? Fault(string text, bool allowPrivate, out Uri address)
    {
        address = null!;
        if (text.Length > MaxLength) return $"must have at most {MaxLength} characters";
        if (!text.All(c => c is > ' ' and <= '~' and not '\\')) return "must be ASCII without blanks or backslashes (a name in its xn-- form)";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp)) return "must be an absolute https address";
        if (uri.Scheme != Uri.UriSchemeHttps && !allowPrivate) return "must begin with https://";
        if (AuthorityOf(text).Contains('@')) return "must not have a user before the host";
        if (HostFault(AuthorityOf(text), uri, allowPrivate) is { } fault) return fault;
        address = uri;
        return null;
    }

    private static string? HostFault(string authority, Uri uri, bool allowPrivate)
    {
        // As it is written: Uri has turned 0x7f.1, 2130706433 and 017700000001 into 127.0.0.1 already.
        var written = authority.StartsWith('[') ? authority[..(authority.IndexOf(']') + 1)] : authority.Split(':')[0];
        if (written.Contains('%') || written.Length == 0) return "must have a plain host";
        if (written.StartsWith('[') || EndsInNumber(written))
        {
            if (!IPAddress.TryParse(written.Trim('[', ']'), out var literal) || !IsUsualSpelling(written, literal)) return "must have an address in its usual spelling as host";
            return allowPrivate || PublicAddresses.Contain(literal) ? null : "must have a public address as host";
        }

        if (uri.HostNameType != UriHostNameType.Dns || !written.Split('.').All(IsLabel)) return "must have a plain host";
        var name = written.ToLowerInvariant();
        return !allowPrivate && (name == "localhost" || name.EndsWith(".localhost", StringComparison.Ordinal)) ? "must have a public address as host" : null;
    }

    private static string AuthorityOf(string text)
    {
        var start = text.IndexOf("//", StringComparison.Ordinal) + 2;
        var end = text.AsSpan(start).IndexOfAny('/', '?', '#');
        return end < 0 ? text[start..] : text[start..(start + end)];
    }

    /// <summary>The rule by which browsers tell addresses from names: the last label is a number, in whatever base.</summary>
    private static bool EndsInNumber(string host)
    {
        var last = host.TrimEnd('.').Split('.')[^1];
        return last.Length > 0 && (last.All(char.IsAsciiDigit) || last.StartsWith("0x", StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsUsualSpelling(string written, IPAddress address) =>
        written.StartsWith('[') ? !written.Contains('%') && written.Count(c => c == '.') is 0 or 3 : written == address.ToString();

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
