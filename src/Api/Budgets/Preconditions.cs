using System.Globalization;
using BudgetEngine.Ledger.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace BudgetEngine.Api.Budgets;

/// <summary><c>If-Match</c> and <c>If-None-Match: *</c>.</summary>
internal static class Preconditions
{
    /// <summary>A tag that names no version: matches nothing, and keeps a list from being empty, which would match anything.</summary>
    private const long NoVersion = -1;

    public static BudgetPrecondition Of(HttpContext context)
    {
        var headers = context.Request.Headers;
        return new BudgetPrecondition(VersionsOf(headers.IfMatch), headers.IfNoneMatch.Count > 0 && headers.IfNoneMatch.ToString().Trim() == "*");
    }

    /// <summary>Whether the write may go on against this version (null: nothing is stored).</summary>
    public static bool Holds(BudgetPrecondition precondition, long? version)
    {
        if (precondition.MustBeNew) return version is null;
        if (precondition.Versions is not { } versions) return true;
        return version is { } stored && (versions.Count == 0 || versions.Contains(stored));
    }

    private static List<long>? VersionsOf(StringValues header)
    {
        if (header.Count == 0) return null;
        var versions = new List<long>();
        foreach (var tag in header.ToString().Split(','))
        {
            var text = tag.Trim();
            if (text == "*") return [];
            // Weak tags (W/"1") never match strongly.
            var quoted = text.Length > 2 && text[0] == '"' && text[^1] == '"';
            versions.Add(quoted && long.TryParse(text.AsSpan(1, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : NoVersion);
        }

        return versions;
    }
}
