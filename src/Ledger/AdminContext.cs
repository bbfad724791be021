namespace BudgetEngine.Ledger;

/// <summary>Who does an administrative write, when, and why; every such write leaves an audit entry in its transaction.</summary>
/// <param name="Actor">The key's id, <c>open</c> in open mode, or <c>env</c> for the key of the environment.</param>
public sealed record AdminContext(DateTimeOffset At, string Actor, string? Reason);
