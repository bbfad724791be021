using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Errors;

/// <summary><c>X-Request-ID</c>: the caller's where it is one sane value, else made; the same for the whole request.</summary>
internal static class RequestIds
{
    public const string Header = "X-Request-ID";
    public const int MaxLength = 200;

    private static readonly object ItemKey = new();

    public static string Of(HttpContext context)
    {
        if (context.Items.TryGetValue(ItemKey, out var known)) return (string)known!;
        var sent = context.Request.Headers[Header];
        var id = Of(sent.Count == 1 ? sent[0] : null);
        context.Items[ItemKey] = id;
        return id;
    }

    /// <summary>The id that was sent, where it is sane; else a new one.</summary>
    public static string Of(string? sent) => IsSane(sent) ? sent : New();

    public static string New()
    {
        Span<byte> bytes = stackalloc byte[12];
        RandomNumberGenerator.Fill(bytes);
        return string.Concat("req_", Base64Url.EncodeToString(bytes));
    }

    private static bool IsSane([NotNullWhen(true)] string? text)
    {
        if (text is null || text.Length is 0 or > MaxLength) return false;
        foreach (var c in text)
        {
            if (c is <= ' ' or > '~') return false;
        }

        return true;
    }
}
