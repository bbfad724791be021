using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Ledger.Moves;

/// <summary>Stored: never renumbered.</summary>
public enum MoveState : byte
{
    /// <summary>Checks of the old name are denied, and what is open there is settled, released or lapses. Nothing has been moved.</summary>
    Draining = 0,

    /// <summary>Moved in the ledger; the nodes are being told.</summary>
    Moved = 1,

    /// <summary>In force: checks of the old name ask the new one. The rows get their new names, some at a time, which changes no sum.</summary>
    Renaming = 2,
    Done = 3,

    /// <summary>While it was draining: nothing was moved.</summary>
    Cancelled = 4,

    /// <summary>It cannot be; <see cref="MoveJob.Fault"/> says why. Nothing was moved.</summary>
    Failed = 5,
}

/// <summary>A cost center's way to another place, as it is stored: everything that it needs to go on after a crash.</summary>
/// <param name="KeepsHistory">Past usage stays under the old name.</param>
/// <param name="RowsTotal">Rows that get new names, counted just before it was moved; 0 where that would have taken long.</param>
/// <param name="Version">Grows with every change: who saves on top of an old one has lost the job to another process.</param>
public sealed record MoveJob(
    string Id, CostCenterMove Move, bool KeepsHistory, string? Reason, MoveState State, DateTimeOffset CreatedAt, string CreatedBy, long RowsTotal, long RowsDone, long Version,
    DateTimeOffset? EndedAt, string? Fault)
{
    public bool IsOpen => State <= MoveState.Renaming;
}

/// <summary>Why a move cannot be.</summary>
/// <param name="Why">A part of a sentence: "It cannot be moved: ...".</param>
/// <param name="IsShare">There are as many old names as the caller may leave; nothing else is in its way.</param>
public sealed record MoveRefusal(string Why, bool IsShare = false);

/// <summary>What a move is about, counted before it.</summary>
/// <param name="Refusal">Why it cannot be; null: it can.</param>
/// <param name="Merged">Of <paramref name="CostCenters"/>, those whose new name exists already.</param>
/// <param name="BudgetsThatEnd">Whose new name has a budget already, which stands: <c>path</c>, or <c>path, user</c>.</param>
/// <param name="Rows">Usage rows that would get new names.</param>
public sealed record MoveExtent(MoveRefusal? Refusal, long CostCenters, long Merged, long Rows, long Budgets, IReadOnlyList<string> BudgetsThatEnd, long Increases, long Pauses, long Keys, long Channels);
