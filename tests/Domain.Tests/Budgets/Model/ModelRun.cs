using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets.Model;

/// <summary>One run of random commands from one seed. The same seed gives the same run.</summary>
internal sealed class ModelRun
{
    private static readonly string[] Owners = [ModelWorld.Path, "acme/eng/ai", "acme/eng/ai/chat", "acme/eng/web", "acme/eng/ai-2"];

    private readonly CommandDice _random;
    private readonly ModelWorld _world;
    private readonly ModelAsks _asks;
    private readonly ModelSettings _settings;
    private readonly ModelShares _shares;
    private readonly Queue<string>? _log;

    /// <param name="log">Null: nothing is recorded, which is much faster.</param>
    public ModelRun(int seed, ModelShares shares, Queue<string>? log)
    {
        _random = new CommandDice(seed);
        _world = new ModelWorld(_random);
        _asks = new ModelAsks(_world, _random, Owners);
        _settings = new ModelSettings(_world, _random);
        _shares = shares;
        _log = log;
        _settings.SetLimits();
        _world.SetBudget();
    }

    public int Done { get; private set; }

    /// <param name="commands">The seed of each.</param>
    public void Go(IEnumerable<int> commands)
    {
        foreach (var command in commands)
        {
            Done++;
            _random.Begin(command);
            var deadlines = _world.Account.Holds.ToDictionary(h => h.Key, h => h.Deadline);
            if (_random.Next(100) < 14) Move();
            _world.Expire(deadlines);
            Step();
            var last = _asks.Last;
            _world.Check(last.User, last.Owner, last.Date < _world.Today.AddDays(-2) ? _world.Today : last.Date);
        }
    }

    private void Step()
    {
        switch (_random.Next(100))
        {
            case < 48: Ask(); break;
            case < 55: End(); break;
            case < 61: SettlePartly(); break;
            case < 64: Occupy(); break;
            case < 73: Spend(); break;
            case < 90: Notify(); break;
            default: Set(); break;
        }
    }

    private void Move()
    {
        var time = _random.Next(100) switch
        {
            < 70 => TimeSpan.FromTicks(_random.NextInt64(20 * TimeSpan.TicksPerSecond)),
            < 90 => TimeSpan.FromSeconds(_random.Next(120)),
            < 97 => TimeSpan.FromMinutes(_random.Next(240)),
            < 99 => TimeSpan.FromHours(_random.Next(30)),
            _ => TimeSpan.FromDays(_random.Next(1, 12)),
        };
        Note($"time moves by {time}");
        _world.Move(time);
    }

    private void Ask()
    {
        var ask = _asks.Next();
        Note($"ask {ask}");
        var (verdict, expected) = _world.Ask(ask);
        _shares.Count(ask, verdict, expected);
        Note($"  -> {verdict.Kind} {verdict.Reason} {verdict.Granted.Nanos}{(verdict.OverLimit ? " over" : "")}");
    }

    /// <summary>R8 or R7: mostly of the attempt that is held, sometimes of an earlier one, or of one that nobody holds.</summary>
    private void End()
    {
        var (key, attempt) = _asks.SomeAttempt();
        Note($"end {key} {attempt}");
        var expected = _world.Naive.End(key, attempt.Value, _world.Now.MonotonicTicks);
        ModelComparison.Same("end found a hold", expected, _world.Account.End(key, attempt, _world.Now));
        _shares.Ends++;
    }

    /// <summary>R6, as every node applies it: only under a newer revision.</summary>
    private void SettlePartly()
    {
        var ask = _asks.Some();
        if (_world.Naive.Find(ask.Key, _world.Now.MonotonicTicks) is not { } naive) return;
        var left = Math.Max(0, naive.Left - _random.Next(20));
        var revision = _asks.NextStamp();
        var deadline = _world.Now.MonotonicTicks + _random.NextInt64(200 * TimeSpan.TicksPerSecond) + 1;
        Note($"settle {ask.Key} to {left} at {revision} until {deadline}");
        var hold = _world.Account.Find(ask.Key)!;
        _world.Account.SetLeft(hold, new Money(left));
        hold.Revision = revision;
        _world.Account.SetDeadline(hold, _world.Now.Utc, deadline);
        (naive.Left, naive.Revision, naive.Deadline) = (left, revision.Value, deadline);
    }

    /// <summary>SETTLING: it does not expire until the outcome is known.</summary>
    private void Occupy()
    {
        var ask = _asks.Some();
        if (_world.Naive.Find(ask.Key, _world.Now.MonotonicTicks) is not { } naive) return;
        var deadline = naive.Deadline == long.MaxValue ? _world.Now.MonotonicTicks + _random.NextInt64(60 * TimeSpan.TicksPerSecond) + 1 : long.MaxValue;
        Note($"deadline of {ask.Key} is {deadline}");
        _world.Account.SetDeadline(_world.Account.Find(ask.Key)!, _world.Now.Utc, deadline);
        naive.Deadline = deadline;
    }

    private void Spend()
    {
        var date = _world.Today.AddDays(_random.Next(20) switch { < 14 => 0, < 16 => -1, 16 => 1, 17 => -2, _ => -_random.Next(40) });
        var owner = Owners[_random.Next(Owners.Length)];
        var scopes = new List<NaiveScope> { ModelWorld.Self, new(AccountKind.User, ModelAsks.Users[_random.Next(ModelAsks.Users.Length)]) };
        if (_world.Naive.ChildOf(owner) is { } child) scopes.Add(new NaiveScope(AccountKind.Child, child));
        var cost = _random.Next(6) > 0 ? _random.Next(15) : -_random.NextInt64(scopes.Min(s => _world.Ledger.SpentOn(s, date)) + 1);
        Note($"spend {cost} on {date:o} by {string.Join(", ", scopes)}");
        _world.Ledger.Commit(scopes, date, cost);
    }

    private void Notify()
    {
        if (!_world.Ledger.AnyUnderWay) return;
        var tell = _world.Ledger.NextNotification();
        Note($"tell {tell}");
        _world.Notify(tell);
    }

    private void Set()
    {
        Note("set " + _settings.Change());
        _world.SetBudget();
    }

    private void Note(string text)
    {
        if (_log is null) return;
        _log.Enqueue($"{Done,5} {_world.Now.Utc:yyyy-MM-dd HH:mm:ss.fffffff} {text}");
        while (_log.Count > 100) _log.Dequeue();
    }
}
