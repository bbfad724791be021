using System.Globalization;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets;

/// <summary>
/// The life of an account as a table, one row per step: <c>time | command | facts that must hold afterwards</c>. Time is day and clock of November 2026, UTC
/// (the 20th is a Friday). Amounts are nano-units. The first fact is the answer; <c>over</c>, <c>blocked</c> and <c>lapse</c> must be named where they occur.
/// </summary>
internal sealed class AccountTable(string path = "acme")
{
    private static readonly string[] MustBeNamed = ["over", "blocked", "lapse"];
    private readonly List<Increase> _increases = [];
    private readonly List<Pause> _pauses = [];
    private readonly Dictionary<string, LimitSet> _users = [];
    private readonly HashSet<string> _children = [];
    private readonly List<string> _facts = [];
    private LimitSet? _own;
    private LimitSet? _perUser;
    private LimitSet? _perChild;
    private bool _hasBudget;

    public Account Account { get; } = new(path);

    public Moment Now { get; private set; }

    public static void Run(params string[] rows) => new AccountTable().Rows(rows);

    public void Rows(params string[] rows)
    {
        foreach (var row in rows)
        {
            var cells = row.Split('|', StringSplitOptions.TrimEntries);
            Assert.True(cells.Length == 3, $"three cells: {row}");
            MoveTo(cells[0]);
            _facts.Clear();
            while (Account.TakeOverdue(Now) is { } lapsed) _facts.Add($"lapsed {NameOf(lapsed.Key)}");
            Do(new AccountTableWords(cells[1]));
            Compare(row, cells[2]);
        }
    }

    public static Guid KeyOf(string name) => new(name[0], 0, 0, new byte[8]);

    private static string NameOf(Guid key) => ((char)key.ToByteArray()[0]).ToString();

    private void MoveTo(string time)
    {
        var at = DateTime.ParseExact($"2026-11-{time}", ["yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None);
        var utc = new DateTimeOffset(at, TimeSpan.Zero);
        Now = new Moment(utc, utc.Ticks - new DateTime(2026, 11, 1).Ticks);
    }

    private void Compare(string row, string cell)
    {
        var expected = cell.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var fact in expected) Assert.True(_facts.Contains(fact), $"{row}\nbut: {string.Join(", ", _facts)}");
        var unnamed = _facts.Where(f => MustBeNamed.Contains(f.Split(' ')[0])).Except(expected).ToList();
        Assert.True(unnamed.Count == 0, $"{row}\nand also: {string.Join(", ", unnamed)}");
    }

    private void Do(AccountTableWords words)
    {
        switch (words.Command)
        {
            case "ask": Ask(words); break;
            case "look": break;
            case "end": _facts.Add(Account.End(KeyOf(words.Name), words.Attempt, Now) ? "ended" : "nothing"); break;
            case "settle": Account.SetLeft(Account.Find(KeyOf(words.Name))!, new Money(words.Long("to")!.Value)); break;
            case "busy": Account.SetDeadline(Account.Find(KeyOf(words.Name))!, Now.Utc, long.MaxValue); break;
            case "spent": Spent(words); break;
            case "pause": _pauses.Add(new Pause(path, words.Text("user"), words.Text("model"), UntilOf(words), null, "me", default)); break;
            case "resume": _pauses.Clear(); break;
            case "increase": _increases.Add(new Increase("i", path, words.Text("user"), words.Period, words.Amount, UntilOf(words)!.Value, null, "me", default)); break;
            case "limits": (_own, _hasBudget) = (words.Limits(), true); break;
            case "no_budget": (_own, _perUser, _perChild, _hasBudget) = (null, null, null, false); break;
            case "per_user": (_perUser, _hasBudget) = (words.LimitsOrNone(), true); break;
            case "per_child": (_perChild, _hasBudget) = (words.LimitsOrNone(), true); break;
            case "user_limits": _users[words.Name] = words.Limits(); break;
            case "no_user_limits": _users.Remove(words.Name); break;
            case "child_budget": _children.Add(words.Name); break;
            default: Assert.Fail($"unknown command {words.Command}"); break;
        }

        if (words.Command is not ("ask" or "look" or "end" or "settle" or "busy" or "spent")) SetBudget();
        AddFacts(words);
    }

    private void SetBudget()
    {
        var budget = _hasBudget ? new Budget(_own ?? LimitSet.None, false, InheritedSettings.None, _perUser, _perChild) : null;
        Account.SetBudget(budget, _users.Count > 0, [.. _increases.Where(i => i.User is null)], [.. _pauses]);
        foreach (var side in Account.Sides.Users) LoadUser(side);
    }

    private void LoadUser(LimitedAccount side)
    {
        side.SetBudget(_users.GetValueOrDefault(side.Name), [.. _increases.Where(i => i.User == side.Name)]);
        side.Loaded = true;
    }

    private void Ask(AccountTableWords words)
    {
        var ask = words.Ask(path, Now);
        if (Account.Sides.TracksUsers) LoadUser(Account.Sides.Open(AccountKind.User, ask.User));
        if (Account.Sides.TracksChildren && ask.Owner != path) LoadChild(SideAccounts.ChildOn(path, ask.Owner));
        var before = Account.Node.Balances.HeldTotal;
        var verdict = Account.Decide(ask, Now);
        Assert.Equal(before, Account.Node.Balances.HeldTotal);
        AddVerdict(verdict);
        if (verdict.Kind == VerdictKind.Granted) Account.Apply(ask, verdict, Now, ask.Owner == path ? TimeSpan.Zero : Account.AncestorGrace);
    }

    private void LoadChild(string child)
    {
        var side = Account.Sides.Open(AccountKind.Child, child);
        side.SetBudget(_children.Contains(child) ? LimitSet.None : null, []);
        side.Loaded = true;
    }

    private void AddVerdict(in Verdict verdict)
    {
        _facts.Add(verdict.Kind switch
        {
            VerdictKind.Granted => $"granted {verdict.Granted.Nanos}",
            VerdictKind.Stale => "stale",
            _ => $"refused {verdict.Reason}",
        });
        if (verdict.OverLimit) _facts.Add("over");
        if (verdict.Limited) _facts.Add("limited");
        if (verdict.Available is { } available) _facts.Add($"available {available.Nanos}");
        if (verdict.Tightest is { } tightest) _facts.Add($"tightest {tightest.Account.Kind} {tightest.Period}".ToLowerInvariant());
        if (verdict.BlockedBy is { } blocked) _facts.Add($"blocked {blocked.Account.Kind} {blocked.Period}".ToLowerInvariant());
        if (verdict.LapseAfter is { } lapse) _facts.Add(string.Create(CultureInfo.InvariantCulture, $"lapse {lapse.TotalSeconds}"));
    }

    private void AddFacts(AccountTableWords words)
    {
        _facts.Add($"held {Account.Node.Balances.HeldTotal.Nanos}");
        _facts.Add($"holds {Account.Holds.Count}");
        var figures = new List<WindowFigures>();
        Account.AddFigures(figures, words.Text("user") ?? "anonymous", words.Text("owner") ?? path, words.Date ?? DateOnly.FromDateTime(Now.Utc.UtcDateTime), Now.Utc);
        foreach (var f in figures)
        {
            var window = $"{f.Account.Kind} {f.Period}".ToLowerInvariant();
            _facts.Add($"{window} {f.Spent.Nanos}+{f.Held.Nanos}/{f.Limit.Nanos}");
            _facts.Add($"{window} is {f.Status}");
        }

        Assert.Null(Account.Node.Balances.Fault());
    }

    private void Spent(AccountTableWords words)
    {
        var date = words.Date ?? DateOnly.FromDateTime(Now.Utc.UtcDateTime);
        var account = words.Text("user") is { } user ? Account.Sides.Open(AccountKind.User, user)
            : words.Text("child") is { } child ? Account.Sides.Open(AccountKind.Child, child) : Account.Node;
        var version = words.Long("version") ?? Now.MonotonicTicks;
        account.Balances.SetDay(date, new Balance(words.Amount, 1, version));
        account.Balances.SetMonth(new DateOnly(date.Year, date.Month, 1), new Balance(new Money(words.Long("month") ?? words.Amount.Nanos), 1, version));
    }

    private static DateTimeOffset? UntilOf(AccountTableWords words) =>
        words.Text("until") is { } until ? DateTimeOffset.Parse($"2026-11-{until.Replace('_', ' ')}Z", CultureInfo.InvariantCulture) : null;
}
