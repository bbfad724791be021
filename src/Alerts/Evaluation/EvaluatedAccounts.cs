using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Alerts.Evaluation;

/// <summary>Which accounts evaluations are about, and which dates of them.</summary>
internal sealed class EvaluatedAccounts
{
    private readonly Dictionary<AccountKey, (SortedSet<DateOnly> Dates, AlertCause Cause)> _accounts = [];

    public EvaluatedAccounts(IReadOnlyList<AlertEvaluation> evaluations, AlertContext context)
    {
        var first = DateOnly.MaxValue;
        foreach (var evaluation in evaluations)
        {
            if (evaluation is not (AlertEvaluation.BalanceChanged or AlertEvaluation.LimitsChanged or AlertEvaluation.WindowEnded or AlertEvaluation.Denied)) continue;
            var today = context.CalendarOf(evaluation.CostCenter).DateOf(context.Now);
            var key = evaluation.Account;
            if (!_accounts.TryGetValue(key, out var account)) _accounts.Add(key, account = ([today], evaluation.Cause));
            if (evaluation is AlertEvaluation.BalanceChanged changed) account.Dates.Add(changed.Date);
            // What a person did explains more than that usage goes on.
            if (evaluation.Cause > account.Cause) _accounts[key] = account with { Cause = evaluation.Cause };
            if (account.Dates.Min is var date && date < first) first = date;
            // The end of a window is told with what was spent in it.
            if (evaluation is AlertEvaluation.WindowEnded { Window: var window } && window > DateOnly.MinValue && window < first) first = window;
        }

        Keys = [.. _accounts.Keys.Order()];
        // The week of the earliest date, and the days before today that a pace is taken from.
        FromDay = first == DateOnly.MaxValue ? first : first.AddDays(-Math.Min(first.DayNumber, SpendPace.MaxDays));
    }

    /// <summary>Sorted.</summary>
    public IReadOnlyList<AccountKey> Keys { get; }

    public DateOnly FromDay { get; }

    public IReadOnlySet<DateOnly> DatesOf(AccountKey key) => _accounts[key].Dates;

    public AlertCause CauseOf(AccountKey key) => _accounts[key].Cause;

    /// <summary>The account with its limits' increases and the balances that windows of a date need.</summary>
    public static LimitedAccount At(AccountKey key, DateOnly date, LimitSet limits, EvaluationFacts facts)
    {
        var account = new LimitedAccount(key.User.Length > 0 ? AccountKind.User : AccountKind.Node, key.User.Length > 0 ? key.User : key.CostCenter);
        account.SetBudget(limits, [.. facts.Increases[key]]);
        var (monday, after) = (Window.Containing(Period.Weekly, date), Window.DateAfter(Period.Weekly, Window.Containing(Period.Weekly, date)) ?? DateOnly.MaxValue);
        foreach (var (period, dated) in facts.Balances[key])
        {
            if (period == Period.Monthly) account.Balances.SetMonth(dated.Date, dated.Balance);
            else if (dated.Date >= monday && dated.Date < after) account.Balances.SetDay(dated.Date, dated.Balance);
        }

        return account;
    }

    /// <summary>What was read of accounts whose balances have changed, in the form in which nodes are told.</summary>
    public static IReadOnlyList<UnnotifiedBalances> Unnotified(IReadOnlyList<AlertEvaluation> evaluations, EvaluationFacts facts)
    {
        var unnotified = new List<UnnotifiedBalances>();
        foreach (var changed in evaluations.OfType<AlertEvaluation.BalanceChanged>())
        {
            var balances = facts.Balances[changed.Account];
            var month = Window.Containing(Period.Monthly, changed.Date);
            var read = new DateBalances(changed.CostCenter, changed.User, changed.Date, Find(Period.Daily, changed.Date), Find(Period.Monthly, month));
            var parent = changed.User is null ? CostCenterId.ParentOf(changed.CostCenter) : null;
            var limitsChildren = parent is not null && facts.Budgets.GetValueOrDefault(new AccountKey(parent, ""))?.PerChild is not null;
            unnotified.Add(new UnnotifiedBalances(changed, limitsChildren ? [changed.CostCenter, parent!] : [changed.CostCenter], read));

            Balance Find(Period period, DateOnly date) => balances.FirstOrDefault(b => b.Period == period && b.Dated.Date == date).Dated.Balance;
        }

        return unnotified;
    }
}
