using System.Collections.Immutable;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Budgets;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>A node's answer to an ask, with its windows after the answer took effect.</summary>
/// <param name="Outage">Whether the node itself may grant now.</param>
/// <param name="HardLimited">It has a hard limit for this ask, whether or not it may grant now.</param>
/// <param name="Durable">Its budget wants the hold in the ledger before the answer.</param>
/// <param name="Epoch">Epoch of its activation, which fences durable holds.</param>
/// <param name="Tightest">Null also where the caller may not see the node.</param>
internal readonly record struct NodeAnswer(
    VerdictKind Kind, DenialReason Reason, Money Granted, bool OverLimit, Outage Outage, bool Limited, bool HardLimited, bool Durable, long Epoch, Money? Available,
    WindowState? Tightest, WindowState? BlockedBy, TimeSpan? LapseAfter, ImmutableArray<WindowState> Windows, PauseState? PausedBy);
