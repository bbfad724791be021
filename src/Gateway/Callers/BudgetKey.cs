using System.Net;
using BudgetEngine.Client.Transport;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Gateway.Callers;

/// <summary>The budget key of a request: <c>X-Budget-Key</c>, or where a library puts its provider's key.</summary>
internal static class BudgetKey
{
    public const string Header = "X-Budget-Key";

    private const string Prefix = "bk_";
    private const string Bearer = "Bearer ";

    /// <summary>What the engine judges a caller without a key by, as if it had come there itself.</summary>
    private static readonly string[] OfOpenMode = ["Host", "Origin", "Sec-Fetch-Site", "Forwarded", "X-Real-IP", "Via"];

    public static EngineCredentials Of(HttpContext context)
    {
        var headers = context.Request.Headers;
        // Twice is nobody's key; the engine says so.
        var key = headers[Header] is { Count: > 0 } own ? own.ToString() : OfLibrary(headers.Authorization, Bearer) ?? OfLibrary(headers["x-api-key"], "");
        return key is not null ? new EngineCredentials(key) : new EngineCredentials(null, Passed(context));
    }

    /// <summary>Tells one caller from another: by the key, or by what is passed on in its place. A secret.</summary>
    public static string NameOf(EngineCredentials credentials) => credentials.Key ?? string.Join('\n', credentials.Headers.Select(h => $"{h.Key}: {h.Value}"));

    /// <summary>A budget key is for us alone: it never goes on to a provider.</summary>
    public static bool IsBudgetKey(string? value) =>
        value is not null && (value.StartsWith(Prefix, StringComparison.Ordinal) || value.StartsWith(Bearer + Prefix, StringComparison.OrdinalIgnoreCase));

    private static string? OfLibrary(Microsoft.Extensions.Primitives.StringValues values, string scheme) =>
        values is [{ } value] && IsBudgetKey(value) && value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? value[scheme.Length..].Trim() : null;

    private static List<KeyValuePair<string, string>> Passed(HttpContext context)
    {
        var passed = new List<KeyValuePair<string, string>>();
        foreach (var (name, value) in context.Request.Headers)
        {
            if (OfOpenMode.Contains(name, StringComparer.OrdinalIgnoreCase) || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)) passed.Add(new(name, value.ToString()));
        }

        // The engine sees our connection: that the caller's own comes from elsewhere has to be said.
        var address = context.Connection.RemoteIpAddress;
        if (address is null || !IPAddress.IsLoopback(address)) passed.Add(new("X-Forwarded-For", address?.ToString() ?? "unknown"));
        return passed;
    }
}
