using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets.Model;

/// <summary>What the ledger has committed, and the tells of it that are still on their way: in any order, some more than once.</summary>
internal sealed class ModelLedger(Random random)
{
    private readonly Dictionary<(NaiveScope Scope, bool Month, DateOnly Date), (long Spent, long Version)> _committed = [];
    private readonly List<ModelNotification> _underWay = [];
    private long _version;

    public bool AnyUnderWay => _underWay.Count > 0;

    public long SpentOn(NaiveScope scope, DateOnly date) => _committed.GetValueOrDefault((scope, false, date)).Spent;

    public void Commit(IEnumerable<NaiveScope> scopes, DateOnly date, long cost)
    {
        foreach (var scope in scopes)
        {
            var day = Add((scope, false, date), cost);
            var month = Add((scope, true, new DateOnly(date.Year, date.Month, 1)), cost);
            _underWay.Add(day);
            _underWay.Add(month);
        }
    }

    public ModelNotification NextNotification()
    {
        var at = random.Next(_underWay.Count);
        var tell = _underWay[at];
        if (random.Next(10) < 7) _underWay.RemoveAt(at);
        return tell;
    }

    public IEnumerable<ModelNotification> Read(NaiveScope scope) =>
        _committed.Where(c => c.Key.Scope == scope).OrderBy(c => c.Key.Date).Select(c => new ModelNotification(scope, c.Key.Month, c.Key.Date, c.Value.Spent, c.Value.Version));

    private ModelNotification Add((NaiveScope Scope, bool Month, DateOnly Date) key, long cost)
    {
        var balance = (_committed.GetValueOrDefault(key).Spent + cost, ++_version);
        _committed[key] = balance;
        return new ModelNotification(key.Scope, key.Month, key.Date, balance.Item1, balance.Item2);
    }
}

internal readonly record struct ModelNotification(NaiveScope Scope, bool Month, DateOnly Date, long Spent, long Version)
{
    public void ApplyTo(LimitedAccount account)
    {
        var balance = new Balance(new Money(Spent), Version, Version);
        if (Month) account.Balances.SetMonth(Date, balance);
        else account.Balances.SetDay(Date, balance);
    }
}
