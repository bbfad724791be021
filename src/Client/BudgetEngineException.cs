using System.Net;

namespace BudgetEngine.Client;

/// <summary>The engine refused a request as wrong: a bad key, bad input, an unknown id. Repeating it does not help.</summary>
public sealed class BudgetEngineException(HttpStatusCode status, string code, string detail) : Exception($"{code}: {detail}")
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>The machine-readable code of the problem, such as <c>invalid_key</c>.</summary>
    public string Code { get; } = code;
}
