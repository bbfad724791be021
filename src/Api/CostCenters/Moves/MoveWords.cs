using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Moves;

namespace BudgetEngine.Api.CostCenters.Moves;

/// <summary>The words of moves.</summary>
internal static class MoveWords
{
    public const string Move = "move";
    public const string Keep = "keep";

    public static readonly WordTable<MoveState> States = new(
        (MoveState.Draining, "draining"), (MoveState.Moved, "moved"), (MoveState.Renaming, "renaming"), (MoveState.Done, "done"), (MoveState.Cancelled, "cancelled"), (MoveState.Failed, "failed"));

    public static string HistoryOf(bool keeps) => keeps ? Keep : Move;
}
