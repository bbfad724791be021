using BudgetEngine.Client;
using BudgetEngine.Client.Transport;

namespace BudgetEngine.Gateway.Callers;

/// <summary>Who a request is for, and under which key it is asked for.</summary>
/// <param name="DenyStatus">For every denial; null: by its reason.</param>
internal sealed record Caller(BudgetScope Scope, EngineCredentials Credentials, int? DenyStatus);
