namespace BudgetEngine.Ledger.Denials;

/// <summary>How many denials for one reason were counted and not kept, and in which minutes that was so.</summary>
public sealed record OmittedSum(string Reason, long Count, DateTimeOffset First, DateTimeOffset Last);
