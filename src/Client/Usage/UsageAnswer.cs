using BudgetEngine.Client.Checks;

namespace BudgetEngine.Client.Usage;

/// <summary>What became of a record. It is in the ledger.</summary>
public sealed record UsageAnswer
{
    public string? RequestId { get; init; }

    /// <summary><c>recorded</c>, or <c>duplicate</c> with what was stored before.</summary>
    public required string Result { get; init; }

    public decimal Cost { get; init; }

    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>Whether a next unestimated check would be allowed.</summary>
    public string? Decision { get; init; }

    public LimitWindow? Tightest { get; init; }

    /// <summary>The first record of a cost center that had neither usage nor a budget. It may be misspelt.</summary>
    public bool New { get; init; }

    /// <summary>Of a new or unknown cost center: an existing one with a name like it; null: none is near.</summary>
    public string? Nearest { get; init; }
}
