using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets;

/// <summary>An account with limits by the minute, and what its owner would do to it.</summary>
internal sealed class MinuteStand
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);
    private readonly Dictionary<string, Ask> _asks = [];
    private Stamp _stamp = Stamp.First(1);

    public Account Account { get; } = new("acme");

    public Moment Now { get; private set; } = new(Start, 0);

    public static Guid KeyOf(string name) => new(name[0], 0, 0, new byte[8]);

    public void Set(int? requests = null, int? tokens = null, long? daily = null, int? perUser = null, int? perChild = null, bool soft = false)
    {
        var limits = new Limits(daily is { } amount ? new Money(amount) : null, null, null, null);
        var own = new LimitSet(limits, Threshold.Defaults, soft ? Enforcement.Soft : Enforcement.Hard, new MinuteLimits(requests, tokens));
        Account.SetBudget(Budget.Empty with { Own = own, PerUser = Side(perUser), PerChild = Side(perChild) }, false, [], []);
    }

    public void Wait(double seconds)
    {
        var time = new TimeSpan((long)(seconds * TimeSpan.TicksPerSecond));
        Now = new Moment(Now.Utc + time, Now.MonotonicTicks + time.Ticks);
        while (Account.TakeOverdue(Now) is not null)
        {
        }
    }

    /// <summary>Asks, and puts a grant into force.</summary>
    /// <param name="repeat">The same ask again, not a later attempt.</param>
    public Verdict Ask(string name, int tokens = 0, long amount = 1, string user = "ann", string owner = "acme", double ttl = 600, bool repeat = false)
    {
        if (!repeat) _stamp = _stamp.Next();
        var time = new TimeSpan((long)(ttl * TimeSpan.TicksPerSecond));
        var ask = repeat ? _asks[name] : new Ask(
            KeyOf(name), owner, _stamp, _stamp, user, "gpt", null, new Money(amount), null, false, false, false, DateOnly.FromDateTime(Start.UtcDateTime), Now.Utc + time, time, Tokens: tokens);
        return Put(name, ask);
    }

    public Verdict Granted(string name, int tokens = 0, string user = "ann", string owner = "acme", double ttl = 600)
    {
        var verdict = Ask(name, tokens, user: user, owner: owner, ttl: ttl);
        Assert.Equal(VerdictKind.Granted, verdict.Kind);
        return verdict;
    }

    /// <summary>More money and more time.</summary>
    public Verdict Extend(string name)
    {
        _stamp = _stamp.Next();
        var ask = _asks[name];
        return Put(name, ask with { Revision = _stamp, Amount = ask.Amount + new Money(1), Today = ask.Date, Tokens = BudgetEngine.Domain.Budgets.Ask.NoCall });
    }

    public void End(string name) => Account.End(KeyOf(name), _asks[name].Attempt, Now);

    /// <param name="tokens">Used in all; null: not told.</param>
    public void Settle(string name, int? tokens, bool final = true)
    {
        _stamp = _stamp.Next();
        var (attempt, expiresAt) = (_asks[name].Attempt, Now.Utc.AddMinutes(10));
        new SettleEffect(KeyOf(name), attempt, _stamp, Money.Zero, Money.Zero, final ? null : expiresAt, Now.MonotonicTicks + TimeSpan.FromMinutes(10).Ticks, tokens)
            .ApplyTo(Account, new Reservations(), null, Now);
    }

    private Verdict Put(string name, in Ask ask)
    {
        if (Account.Sides.TracksUsers) Account.Sides.Open(AccountKind.User, ask.User).Loaded = true;
        if (Account.Sides.TracksChildren && ask.Owner != "acme") Account.Sides.Open(AccountKind.Child, SideAccounts.ChildOn("acme", ask.Owner)).Loaded = true;
        var verdict = Account.Decide(ask, Now);
        if (verdict.Kind != VerdictKind.Granted) return verdict;
        _asks[name] = ask;
        Account.Apply(ask, verdict, Now, TimeSpan.Zero);
        return verdict;
    }

    private static LimitSet? Side(int? requests) => requests is { } most ? LimitSet.None with { Minute = new MinuteLimits(most, null) } : null;
}
