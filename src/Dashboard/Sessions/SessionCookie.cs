using System.Buffers.Text;
using System.Text;
using BudgetEngine.Api.Keys;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Dashboard.Sessions;

/// <summary>
/// The session of a browser: its key, in a cookie that scripts cannot read. There is no session on the server, so it holds at every process of a cluster and
/// after a restart, and ends with the key: at its expiry, or within a second of its revocation.
/// </summary>
internal static class SessionCookie
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>Over HTTPS the browser itself refuses a cookie of this name that another host of the domain, or plain HTTP, has set.</summary>
    private const string SecureName = "__Host-budget_session";
    private const string PlainName = "budget_session";

    public static void Set(HttpContext context, string key) => context.Response.Cookies.Append(
        NameOf(context), Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key)), Options(context, Lifetime));

    public static void Clear(HttpContext context) => context.Response.Cookies.Append(NameOf(context), "", Options(context, TimeSpan.Zero));

    /// <summary>
    /// Lets a request of the browser count as one with the key of its session; a key that was sent is not replaced. Only for requests that the browser's pages
    /// make: the API itself takes no cookies.
    /// </summary>
    public static void Use(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.ContainsKey(Gate.KeyHeader) || headers.Authorization.Count > 0) return;
        if (context.Request.Cookies[NameOf(context)] is not { Length: > 0 and <= KeyText.MaxLength * 4 } cookie || !Base64Url.IsValid(cookie)) return;
        headers[Gate.KeyHeader] = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cookie));
    }

    public static bool IsSet(HttpContext context) => !string.IsNullOrEmpty(context.Request.Cookies[NameOf(context)]);

    public static CookieOptions Options(HttpContext context, TimeSpan? lifetime) => new()
    {
        HttpOnly = true,
        Secure = context.Request.IsHttps,
        // Lax: a link in a chat or a mail arrives signed in. No form of another site is sent with it, and reading changes nothing.
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = lifetime,
    };

    private static string NameOf(HttpContext context) => context.Request.IsHttps ? SecureName : PlainName;
}
