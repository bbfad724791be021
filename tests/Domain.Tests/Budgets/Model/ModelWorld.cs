using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Tests.Budgets.Model;

/// <summary>The account under test and the naive one side by side; every command goes to both, and every answer and figure is compared.</summary>
internal sealed class ModelWorld(Random random)
{
    public const string Path = "acme/eng";

    private readonly HashSet<NaiveScope> _loaded = [];

    public static readonly NaiveScope Self = new(AccountKind.Node, Path);

    public Account Account { get; } = new(Path);

    public NaiveAccount Naive { get; } = new(Path);

    public ModelLedger Ledger { get; } = new(random);

    public Moment Now { get; private set; } = StartAt(random);

    public DateOnly Today => DateOnly.FromDateTime(Now.Utc.UtcDateTime);

    private static Moment StartAt(Random random) =>
        new(new DateTimeOffset(2026, 10, 20, 20, 0, 0, TimeSpan.Zero).AddHours(random.Next(24 * 80)), random.NextInt64(1L << 40));

    public void Move(TimeSpan time) => Now = new Moment(Now.Utc + time, Now.MonotonicTicks + time.Ticks);

    /// <summary>The first thing in every command: what is overdue ends, in the order of deadlines.</summary>
    public void Expire(Dictionary<Guid, long> deadlines)
    {
        var due = deadlines.Where(d => d.Value <= Now.MonotonicTicks).OrderBy(d => d.Value).ToList();
        foreach (var expected in due)
        {
            var hold = Account.TakeOverdue(Now);
            if (hold is null) throw new ModelMismatchException($"a hold due at {expected.Value} did not lapse");
            Same("deadline of the hold that lapsed", expected.Value, deadlines.GetValueOrDefault(hold.Key));
        }

        if (Account.TakeOverdue(Now) is { } early) throw new ModelMismatchException($"the hold {early.Key} lapsed early");
    }

    public (Verdict Verdict, NaiveVerdict Expected) Ask(in Ask ask)
    {
        Load(ask.User, ask.Owner);
        var expected = Naive.Decide(ask, Now);
        var verdict = Account.Decide(ask, Now);
        ModelComparison.Verdicts(verdict, expected, Naive.WindowsOf(ask.User, ask.Owner, ask.Date, Now));
        if (verdict.Kind != VerdictKind.Granted) return (verdict, expected);
        var grace = ask.Owner == Path ? TimeSpan.Zero : TimeSpan.FromSeconds(5);
        Account.Apply(ask, verdict, Now, grace);
        if (IsRepeat(ask)) return (verdict, expected);
        Naive.Apply(ask, expected, Now.MonotonicTicks + ask.Lifetime.Ticks + grace.Ticks);
        if (verdict.Granted.IsPositive && !ask.Lower) CheckAdmission(ask);
        return (verdict, expected);
    }

    /// <summary>Invariant 1.</summary>
    private void CheckAdmission(in Ask ask)
    {
        var figures = new List<WindowFigures>();
        Account.AddFigures(figures, ask.User, ask.Owner, ask.Date, Now.Utc);
        foreach (var f in figures)
        {
            if (f.Limits.Enforcement == Enforcement.Hard && f.Spent + f.Held > f.Limit) throw new ModelMismatchException($"a grant passed the limit: {f}");
        }
    }

    private bool IsRepeat(in Ask ask) =>
        Naive.Find(ask.Key, Now.MonotonicTicks) is { } hold && hold.Attempt == ask.Attempt.Value && hold.Revision == ask.Revision.Value;

    public void SetBudget()
    {
        if (!Naive.TracksUsers) Forget(AccountKind.User);
        if (!Naive.TracksChildren) Forget(AccountKind.Child);
        // With the first default for users all of them are read anew.
        if (Account.Budget?.PerUser is null && Naive.Budget?.PerUser is not null) _loaded.RemoveWhere(s => s.Kind == AccountKind.User);
        Account.SetBudget(Naive.Budget, Naive.UserBudgets.Count > 0, [.. Naive.Increases.Where(i => i.User is null)], [.. Naive.Pauses]);
        foreach (var scope in _loaded) SetSideBudget(scope, Account.Sides.Resident(scope.Kind, scope.Name)!);
    }

    public void Notify(in ModelNotification tell)
    {
        var account = tell.Scope.Kind == AccountKind.Node ? Account.Node : Account.Sides.Resident(tell.Scope.Kind, tell.Scope.Name);
        if (account is not null) tell.ApplyTo(account);
        if (tell.Scope == Self || _loaded.Contains(tell.Scope)) Naive.Known.Notify(tell.Scope, tell.Month, tell.Date, tell.Spent, tell.Version);
    }

    /// <summary>Reads the side accounts of a decision from the ledger where they are not in memory.</summary>
    private void Load(string user, string owner)
    {
        if (Naive.TracksUsers) Load(new NaiveScope(AccountKind.User, user));
        if (Naive.TracksChildren && Naive.ChildOf(owner) is { } child) Load(new NaiveScope(AccountKind.Child, child));
    }

    private void Load(NaiveScope scope)
    {
        Same($"{scope} is loaded", _loaded.Contains(scope), Account.Sides.Resident(scope.Kind, scope.Name) is { Loaded: true });
        if (!_loaded.Add(scope)) return;
        var side = Account.Sides.Open(scope.Kind, scope.Name);
        foreach (var balance in Ledger.Read(scope))
        {
            balance.ApplyTo(side);
            Naive.Known.Notify(scope, balance.Month, balance.Date, balance.Spent, balance.Version);
        }

        SetSideBudget(scope, side);
        side.Loaded = true;
    }

    private void SetSideBudget(NaiveScope scope, LimitedAccount side)
    {
        if (scope.Kind == AccountKind.User) side.SetBudget(Naive.UserBudgets.GetValueOrDefault(scope.Name), [.. Naive.Increases.Where(i => i.User == scope.Name)]);
        else side.SetBudget(Naive.ChildrenWithBudget.Contains(scope.Name) ? LimitSet.None : null, []);
    }

    private void Forget(AccountKind kind)
    {
        foreach (var scope in _loaded.Where(s => s.Kind == kind).ToList())
        {
            _loaded.Remove(scope);
            Naive.Known.Forget(scope);
        }
    }

    /// <summary>After every command: all figures that the last ask could see, and the invariants.</summary>
    public void Check(string user, string owner, DateOnly date)
    {
        ModelComparison.Holds(Account, Naive, Now);
        Check(Self, Account.Node, date);
        if (date != Today) Check(Self, Account.Node, Today);
        if (Account.Sides.UserFor(user) is { Loaded: true } side) Check(new NaiveScope(AccountKind.User, user), side, date);
        if (Account.Sides.ChildFor(Path, owner) is { Loaded: true } child) Check(new NaiveScope(AccountKind.Child, Naive.ChildOf(owner)!), child, date);
    }

    private void Check(NaiveScope scope, LimitedAccount account, DateOnly date)
    {
        if (account.Balances.Fault() is { } fault) throw new ModelMismatchException(fault);
        foreach (var period in Window.Periods)
        {
            var expected = Naive.WindowOf(scope, period, date, Now, LimitSet.None, 0);
            Same($"P of {scope} {period} {date:o}", expected.Spent, account.Balances.Spent(period, expected.First).Nanos);
            Same($"H of {scope} {period} {date:o}", expected.Held, account.Balances.Held(period, expected.First).Nanos);
        }
    }

    private static void Same<T>(string what, T expected, T actual) => ModelComparison.Same(what, expected, actual);
}

internal sealed class ModelMismatchException(string message) : Exception(message);
