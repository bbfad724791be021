namespace BudgetEngine.Domain.Budgets;

/// <summary>What a limit by the minute counts. Sent between processes: never renumbered.</summary>
public enum MinuteMeter : byte
{
    None = 0,
    Requests = 1,
    Tokens = 2,
}

/// <summary>The most requests and the most tokens of any minute; null sets none. Beside money, at every node of the tree.</summary>
public readonly record struct MinuteLimits(int? Requests, int? Tokens)
{
    public const int Max = 1_000_000_000;

    public bool Any => Requests is not null || Tokens is not null;
}
