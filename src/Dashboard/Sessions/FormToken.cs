using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Dashboard.Sessions;

/// <summary>
/// Tells our own forms from forged ones, twice over: the browser must say that the form came from this very origin, and the form must hold the random token that
/// only this browser's cookie holds too. ASP.NET Core's own would need keys that all processes of a cluster share.
/// </summary>
internal static class FormToken
{
    public const string Field = "form_token";
    private const string Cookie = "budget_form";
    private const int Bytes = 16;

    /// <summary>The token of this browser; a new one is given out with the answer.</summary>
    public static string Of(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is { } known && IsSound(known)) return known;
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        context.Response.Cookies.Append(Cookie, token, SessionCookie.Options(context, null));
        return token;
    }

    public static bool Holds(HttpContext context, IFormCollection form) =>
        IsOwnOrigin(context.Request) && context.Request.Cookies[Cookie] is { } cookie && IsSound(cookie) && form[Field] is [{ } sent]
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(cookie), Encoding.UTF8.GetBytes(sent));

    /// <summary>A browser sends at least one of the two with a form. The scheme is not compared: a proxy may have ended TLS.</summary>
    private static bool IsOwnOrigin(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count > 0 && site is not ["same-origin"]) return false;
        var origin = request.Headers.Origin;
        if (origin.Count == 0) return site.Count > 0;
        return origin is [{ } text] && Uri.TryCreate(text, UriKind.Absolute, out var from) && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsSound(string token) => token.Length is > 16 and < 64 && Base64Url.IsValid(token);
}
