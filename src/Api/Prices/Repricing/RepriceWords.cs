using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Repricing;

namespace BudgetEngine.Api.Prices.Repricing;

/// <summary>The words of jobs.</summary>
internal static class RepriceWords
{
    public static readonly WordTable<RepriceState> States = new(
        (RepriceState.Open, "open"), (RepriceState.Done, "done"), (RepriceState.Cancelled, "cancelled"), (RepriceState.Failed, "failed"));

    /// <summary>Why rows stay as they are.</summary>
    public const string Given = "cost_given";
    public const string Retained = "retained";
    public const string NoPrice = "no_price";
    public const string Implausible = "implausible_cost";
    public const string CorrectedByHand = "corrected_by_hand";
    public const string OtherModel = "other_model";
    public const string Refused = "refused";
}
