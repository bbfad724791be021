using BudgetEngine.Client.Providers;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Gateway.Forwarding;

/// <summary>Which POSTs can be put under a budget: those whose answer says what they cost. The rest may cost money that nobody would see.</summary>
internal static class UnbudgetedCall
{
    private static readonly string[] Budgeted = ["/completions", "/responses", "/embeddings", "/messages"];
    private static readonly string[] Free = ["/count_tokens", "/input_tokens"];

    /// <summary>Counting tokens costs nothing at any provider.</summary>
    public static bool IsFree(PathString path) => EndsWith(path, Free);

    /// <summary>Null: it can.</summary>
    public static string? FaultOf(PathString path, byte[] body)
    {
        if (!EndsWith(path, Budgeted) && !EndsWith(path, Free)) return $"Calls of this endpoint cannot be put under a budget; those of {string.Join(", ", Budgeted)} can.";
        if (ModelRequest.TryRead(body) is not { } request) return "The request names no model: it cannot be put under a budget.";
        return request.RunsLater ? "What runs in the background cannot be put under a budget: its answer does not say what it cost." : null;
    }

    private static bool EndsWith(PathString path, string[] ends) => Array.Exists(ends, e => path.Value!.EndsWith(e, StringComparison.Ordinal));
}
