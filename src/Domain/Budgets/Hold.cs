using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Budgets;

/// <summary>What a node holds for one reservation: its own, or one of a cost center below.</summary>
public sealed class Hold
{
    public required Guid Key { get; init; }

    public required string Owner { get; init; }

    public required string User { get; init; }

    public string? Model { get; init; }

    public string? RequestId { get; init; }

    public required Stamp Attempt { get; init; }

    public Stamp Revision { get; set; }

    public required DateOnly Date { get; init; }

    public Money Left { get; set; }

    /// <summary>As the ask of its revision was answered.</summary>
    public bool OverLimit { get; set; }

    /// <summary>When its reservation was made; of one that was put back, as it was stored.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>Monotonic ticks; <see cref="long.MaxValue"/> while it must not expire (settling, or being decided).</summary>
    public long Deadline { get; set; }

    /// <summary>The side accounts that count it too; null: none.</summary>
    public LimitedAccount? UserAccount { get; set; }

    public LimitedAccount? ChildAccount { get; set; }

    /// <summary>At an ancestor: the share of the direct child that it is held for. Null at the owner.</summary>
    internal HoldShare? Share { get; set; }

    /// <summary>The ledger keeps a row of it for the ancestors alone: where it ends the row is deleted, since its owner does not know of it.</summary>
    public bool Inherited { get; set; }

    internal int HeapIndex { get; set; } = -1;

    /// <summary>True when what it says is later than the ask: attempts first, since a zombie of an earlier one may still count its revisions up.</summary>
    internal bool IsAfter(in Ask ask) => Attempt > ask.Attempt || (Attempt == ask.Attempt && Revision > ask.Revision);
}
