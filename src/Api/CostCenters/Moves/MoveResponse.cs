using System.ComponentModel;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Moves;

namespace BudgetEngine.Api.CostCenters.Moves;

/// <summary>A cost center's way to another place.</summary>
/// <param name="Open">Reservations that it still waits for; null: it waits for none.</param>
/// <param name="RowsTotal">Usage rows that get new names; 0 while it is draining.</param>
/// <param name="Extent">Of a dry run: what it would move.</param>
public sealed record MoveResponse(
    string? Id, MoveState State, string CostCenter, string To, [property: Description("move or keep.")] string History, bool DryRun, string? Reason, DateTimeOffset CreatedAt, string CreatedBy,
    DateTimeOffset? EndedAt, int? Open, long RowsTotal, long RowsDone, string? Fault, MoveExtentResponse? Extent)
{
    public static MoveResponse Of(MoveJob job) => Of(job, null, null);

    public static MoveResponse Of(MoveJob job, int? open, MoveExtentResponse? extent) => new(
        extent is null ? job.Id : null, job.State, job.Move.From, job.Move.To, MoveWords.HistoryOf(job.KeepsHistory), extent is not null, job.Reason, job.CreatedAt, job.CreatedBy, job.EndedAt, open,
        job.RowsTotal, job.RowsDone, job.Fault, extent);
}

/// <summary>What a move would be about.</summary>
/// <param name="Merged">Cost centers whose new name exists already: both become one.</param>
/// <param name="BudgetsThatEnd">Those whose new name has a budget, which stands.</param>
/// <param name="Open">Reservations that it would wait for.</param>
/// <param name="OverLimit">Windows at and above the new name that what is moved would bring over their limit.</param>
public sealed record MoveExtentResponse(
    long CostCenters, long Merged, long Rows, long Budgets, IReadOnlyList<string> BudgetsThatEnd, long Increases, long Pauses, long Keys, long Channels, int Open, IReadOnlyList<OverLimitResponse> OverLimit);

/// <summary>A limited window, with what is spent there after a move.</summary>
public sealed record OverLimitResponse(string CostCenter, string Period, Money Limit, Money Spent);

/// <summary>What is archived, or is not any more.</summary>
/// <param name="Archived">Whether it is archived now; <paramref name="Changed"/>: whether it was otherwise before.</param>
public sealed record ArchiveResponse(string CostCenter, bool Archived, bool Changed);
