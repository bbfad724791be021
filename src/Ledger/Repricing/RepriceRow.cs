using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Ledger.Repricing;

/// <summary>A row that is to be rated again, with the corrections that it has.</summary>
/// <param name="Repriced">The sum of corrections that earlier jobs wrote.</param>
/// <param name="Own">The correction that this very job wrote before it was interrupted; null: none.</param>
/// <param name="CorrectedByHand">Somebody has corrected it otherwise.</param>
public sealed record RepriceRow(UsageRow Row, Money Repriced, Money? Own, bool CorrectedByHand);

/// <summary>How many rows of a range there are.</summary>
/// <param name="Rated">The engine has made their cost.</param>
/// <param name="Given">Their sender has given it, or they are from before the engine kept by which price a row was rated.</param>
/// <param name="Retained">Sums that retention has left.</param>
public sealed record RepriceExtent(long Rated, long Given, long Retained);
