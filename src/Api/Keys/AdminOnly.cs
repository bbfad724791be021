using System.Text;
using BudgetEngine.Api.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace BudgetEngine.Api.Keys;

/// <summary>
/// Guards pages that other libraries serve beside the API: an admin key of the whole installation, as the API takes it; or, for browsers, as the password
/// of basic authentication under any name. Open mode admits as it does everywhere.
/// </summary>
public sealed class AdminOnly
{
    private const string Basic = "Basic ";
    private readonly Gate _gate;

    internal AdminOnly(Gate gate) => _gate = gate;

    /// <summary>True: the request was refused, and has been answered.</summary>
    public async Task<bool> RefusesAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization is [{ } text] && text.StartsWith(Basic, StringComparison.OrdinalIgnoreCase) && PasswordOf(text[Basic.Length..]) is { } password)
        {
            context.Request.Headers.Authorization = $"Bearer {password}";
        }

        var problem = _gate.Enter(context, Scopes.Admin, out var caller) ?? (caller.IsWholeInstallation ? null : Problem.WholeInstallation);
        if (problem is null) return false;
        context.Response.OnStarting(static response =>
        {
            // A browser asks its user then.
            var headers = ((HttpResponse)response).Headers;
            if (headers.WWWAuthenticate.Count > 0) headers.WWWAuthenticate = new StringValues(["Basic realm=\"BudgetEngine\", charset=\"UTF-8\"", .. headers.WWWAuthenticate]);
            return Task.CompletedTask;
        }, context.Response);
        await problem.WriteAsync(context);
        return true;
    }

    private static string? PasswordOf(string encoded)
    {
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded.Trim(), bytes, out var length)) return null;
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        return pair.IndexOf(':') is var colon and >= 0 ? pair[(colon + 1)..] : null;
    }
}
