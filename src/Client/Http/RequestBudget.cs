using BudgetEngine.Client.Transport;

namespace BudgetEngine.Client.Http;

/// <summary>What one request says about its budget, for code that knows more than the <see cref="BudgetScope"/>: set it in the request's options under <see cref="Key"/>.</summary>
/// <param name="As">Whose key it goes under; null: the client's.</param>
/// <param name="RequestPath">For the usage record; null: the request's.</param>
/// <param name="Body">The body, where it was read already; it is sent in place of the request's content.</param>
/// <param name="Keep">Asked when the call is sent, for what is disposed of when the body is needed no more; a caller that leaves does not end the call.</param>
public sealed record RequestBudget(BudgetScope Scope, EngineCredentials? As = null, string? RequestPath = null, byte[]? Body = null, Func<IDisposable>? Keep = null)
{
    public static readonly HttpRequestOptionsKey<RequestBudget> Key = new("BudgetEngine.RequestBudget");
}
