using BudgetEngine.Client.Transport;

namespace BudgetEngine.Client.Http;

/// <summary>What one request says about its budget, for code that knows more than the <see cref="BudgetScope"/>: set it in the request's options under <see cref="Key"/>.</summary>
/// <param name="As">Whose key it goes under; null: the client's.</param>
/// <param name="RequestPath">For the usage record; null: the request's.</param>
/// <param name="Body">The body, where it was read already; it is sent in place of the request's content.</param>
/// <param name="Keep">Asked when the call is sent, for what is disposed of when the body is needed no more; a caller that leaves does not end the call.</param>
/// <param name="TakeRoom">
/// Asked for the memory of each piece of an answer that is no stream, in bytes. False: there is none, and the answer passes as it comes, without being held. Whoever
/// gives it takes it back when the answer has been passed on, and what <paramref name="Keep"/> gave is disposed of.
/// </param>
public sealed record RequestBudget(
    BudgetScope Scope, EngineCredentials? As = null, string? RequestPath = null, byte[]? Body = null, Func<IDisposable>? Keep = null, Func<int, bool>? TakeRoom = null)
{
    public static readonly HttpRequestOptionsKey<RequestBudget> Key = new("BudgetEngine.RequestBudget");
}
