using BudgetEngine.Api.Keys;
using BudgetEngine.Ledger;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Http;

/// <summary>Who writes, when, and why.</summary>
internal static class AdminRequest
{
    public const string ReasonHeader = "X-Reason";

    /// <summary>The reason of the body, or else of the header.</summary>
    public static string? ReasonOf(HttpContext context, string? inBody, FaultList faults)
    {
        if (inBody is not null) return inBody;
        var sent = context.Request.Headers[ReasonHeader];
        if (sent.Count == 0) return null;
        if (sent.Count == 1 && TextRules.FaultOf(sent[0], TextRules.MaxReason) is null) return sent[0];
        faults.Add(ReasonHeader, $"must be one text of 1 to {TextRules.MaxReason} printable characters");
        return null;
    }

    public static AdminContext ContextOf(ApiKey caller, TimeProvider clock, string? reason) => new(clock.GetUtcNow(), caller.Id, reason);
}
