using BudgetEngine.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Keys;

/// <summary>The caller of an administrative request was admitted when its head came. When its body has come, its key may be revoked or over.</summary>
internal sealed class Admission(Gate gate, Scopes needed)
{
    /// <summary>Null: the caller is still admitted.</summary>
    public Problem? Again(HttpContext context) => gate.Enter(context, needed, out _);
}
