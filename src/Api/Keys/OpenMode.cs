using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace BudgetEngine.Api.Keys;

/// <summary>
/// Which requests open mode serves: those of this machine that no proxy and no foreign web page has sent. What a proxy on the same host sends without any
/// header of its own cannot be told from a local caller; <see cref="Warning"/> says so wherever open mode is on.
/// </summary>
public static class OpenMode
{
    public const string Warning =
        "Open mode: no key is needed on this machine. A proxy on the same host that adds no header cannot be told from a local caller: create a key before you put one in front.";

    /// <summary>Whether the request may pass without a key.</summary>
    public static bool Admits(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        if (address is null || !IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)) return false;
        var request = context.Request;
        if (request.Host.Host is not ("localhost" or "127.0.0.1" or "[::1]")) return false;
        foreach (var header in request.Headers)
        {
            if (IsOfProxy(header.Key)) return false;
        }

        return IsOwnOrigin(request) && IsOwnSite(request.Headers["Sec-Fetch-Site"]);
    }

    private static bool IsOfProxy(string header) =>
        header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Via", StringComparison.OrdinalIgnoreCase);

    private static bool IsOwnOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        if (origin.Count == 0) return true;
        return origin.Count == 1 && string.Equals(origin[0], $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsOwnSite(StringValues site) => site.Count == 0 || (site.Count == 1 && site[0] is "same-origin" or "none");
}
