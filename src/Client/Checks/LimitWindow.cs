namespace BudgetEngine.Client.Checks;

/// <summary>One limited window of a budget. Of those above the key's subtree the engine gives only cost center, period, status and reset.</summary>
public sealed record LimitWindow
{
    public required string CostCenter { get; init; }

    /// <summary>Whose side account; null: the cost center's own.</summary>
    public string? User { get; init; }

    /// <summary><c>daily</c>, <c>weekly</c>, <c>monthly</c> or <c>total</c>.</summary>
    public required string Period { get; init; }

    public decimal? Limit { get; init; }

    public decimal? Spent { get; init; }

    public decimal? Held { get; init; }

    /// <summary>Limit less spent and held: what a check may still get.</summary>
    public decimal? Available { get; init; }

    /// <summary>Limit less spent.</summary>
    public decimal? Remaining { get; init; }

    /// <summary>Spent / limit.</summary>
    public decimal? Utilization { get; init; }

    public required string Status { get; init; }

    public DateTimeOffset? ResetsAt { get; init; }

    /// <summary>Of the window that refuses: how many open reservations hold what is held.</summary>
    public int? Reservations { get; init; }

    /// <summary>Of the window that refuses: when the next of them lapses.</summary>
    public DateTimeOffset? NextLapseAt { get; init; }
}
