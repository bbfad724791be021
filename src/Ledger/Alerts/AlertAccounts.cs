using BudgetEngine.Domain;

namespace BudgetEngine.Ledger;

/// <summary>Which accounts looks are about, and which dates of them.</summary>
internal sealed class AlertAccounts
{
    private readonly Dictionary<AccountKey, (SortedSet<DateOnly> Dates, AlertCause Cause)> _accounts = [];

    public AlertAccounts(IReadOnlyList<Look> looks, AlertContext context)
    {
        var first = DateOnly.MaxValue;
        foreach (var look in looks)
        {
            if (look.Kind is not (LookKind.Balance or LookKind.Limits or LookKind.WindowEnd or LookKind.Denied)) continue;
            var today = context.CalendarOf(look.CostCenter).DateOf(context.Now);
            var key = new AccountKey(look.CostCenter, look.User ?? "");
            if (!_accounts.TryGetValue(key, out var account)) _accounts.Add(key, account = ([today], look.Cause));
            if (look.Kind == LookKind.Balance) account.Dates.Add(look.Date);
            // What a person did explains more than that usage goes on.
            if (look.Cause > account.Cause) _accounts[key] = account with { Cause = look.Cause };
            if (account.Dates.Min is var date && date < first) first = date;
            // The end of a window is told with what was spent in it.
            if (look.Kind == LookKind.WindowEnd && look.Date > DateOnly.MinValue && look.Date < first) first = look.Date;
        }

        Keys = [.. _accounts.Keys.Order()];
        // The week of the earliest date, and the day before today, for spikes.
        FromDay = first == DateOnly.MaxValue ? first : first.AddDays(-Math.Min(first.DayNumber, 7));
    }

    /// <summary>Sorted.</summary>
    public IReadOnlyList<AccountKey> Keys { get; }

    public DateOnly FromDay { get; }

    public IReadOnlySet<DateOnly> DatesOf(AccountKey key) => _accounts[key].Dates;

    public AlertCause CauseOf(AccountKey key) => _accounts[key].Cause;

    /// <summary>The account with its limits' increases and the balances that windows of a date need.</summary>
    public static LimitedAccount At(AccountKey key, DateOnly date, LimitSet limits, LookFacts facts)
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
    public static IReadOnlyList<UntoldBalances> Untold(IReadOnlyList<Look> looks, LookFacts facts)
    {
        var untold = new List<UntoldBalances>();
        foreach (var look in looks)
        {
            if (look.Kind != LookKind.Balance) continue;
            var balances = facts.Balances[new AccountKey(look.CostCenter, look.User ?? "")];
            var month = Window.Containing(Period.Monthly, look.Date);
            var read = new DateBalances(look.CostCenter, look.User, look.Date, Find(Period.Daily, look.Date), Find(Period.Monthly, month));
            var parent = look.User is null ? CostCenterId.ParentOf(look.CostCenter) : null;
            var limitsChildren = parent is not null && facts.Budgets.GetValueOrDefault(new AccountKey(parent, ""))?.PerChild is not null;
            untold.Add(new UntoldBalances(look, limitsChildren ? [look.CostCenter, parent!] : [look.CostCenter], read));

            Balance Find(Period period, DateOnly date) => balances.FirstOrDefault(b => b.Period == period && b.Dated.Date == date).Dated.Balance;
        }

        return untold;
    }
}
