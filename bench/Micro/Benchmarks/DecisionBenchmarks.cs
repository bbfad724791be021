using BenchmarkDotNet.Attributes;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Micro.Benchmarks;

/// <summary>One node of a check's path: four limited windows with spend and other holds in them.</summary>
public class DecisionBenchmarks
{
    private const string Path = "acme/engineering/search";

    private static readonly Moment Now = new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero), TimeSpan.TicksPerDay);
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(600);

    private readonly Account _account = new(Path);
    private Ask _ask;
    private Ask _tooMuch;
    private Verdict _granted;
    private Stamp _stamp = Stamp.First(1);

    /// <summary>Holds of others that are open meanwhile.</summary>
    [Params(0, 1_000)]
    public int OpenHolds { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var limits = new Limits(Units(300), Units(1_000), Units(5_000), Units(100_000));
        _account.SetBudget(Budget.Empty with { Own = new LimitSet(limits, Threshold.Defaults, Enforcement.Hard) }, hasUserBudgets: false, [], []);
        var today = DateOnly.FromDateTime(Now.Utc.UtcDateTime);
        for (var day = 8; day >= 0; day--) _account.Node.Balances.SetDay(today.AddDays(-day), new Balance(Units(10), 1_000, 100 - day));
        _account.Node.Balances.SetMonth(new DateOnly(today.Year, today.Month, 1), new Balance(Units(90), 9_000, 100));
        for (var i = 1; i <= OpenHolds; i++)
        {
            var other = AskFor(new Guid(i, 0, 0, new byte[8]), new Money(1_000_000));
            _account.Apply(other, _account.Decide(other, Now), Now, TimeSpan.Zero);
        }

        _ask = AskFor(new Guid(0, 1, 0, new byte[8]), new Money(8_800_000));
        _tooMuch = AskFor(new Guid(0, 1, 0, new byte[8]), Units(400));
        _granted = _account.Decide(_ask, Now);
        if (_granted.Kind != VerdictKind.Granted || _account.Decide(_tooMuch, Now).Kind != VerdictKind.Refused) throw new InvalidOperationException("The account does not decide as expected.");
    }

    [Benchmark(Baseline = true)]
    public VerdictKind Decide() => _account.Decide(_ask, Now).Kind;

    [Benchmark]
    public VerdictKind DecideDenied() => _account.Decide(_tooMuch, Now).Kind;

    /// <summary>What an owner does for a check and its release, without the messages.</summary>
    [Benchmark]
    public bool DecideApplyEnd()
    {
        _stamp = _stamp.Next();
        var ask = _ask with { Attempt = _stamp, Revision = _stamp };
        _account.Apply(ask, _account.Decide(ask, Now), Now, TimeSpan.Zero);
        return _account.End(ask.Key, _stamp, Now, remember: false);
    }

    /// <summary>The same without the decision.</summary>
    [Benchmark]
    public bool ApplyEnd()
    {
        _stamp = _stamp.Next();
        var ask = _ask with { Attempt = _stamp, Revision = _stamp };
        _account.Apply(ask, _granted, Now, TimeSpan.Zero);
        return _account.End(ask.Key, _stamp, Now, remember: false);
    }

    private Ask AskFor(Guid key, Money amount)
    {
        _stamp = _stamp.Next();
        var date = DateOnly.FromDateTime(Now.Utc.UtcDateTime);
        return new Ask(key, Path, _stamp, _stamp, "u-17", "gpt-4.1", null, amount, null, false, false, false, date, Now.Utc + Ttl, Ttl);
    }

    private static Money Units(long units) => new(units * 1_000_000_000);
}
