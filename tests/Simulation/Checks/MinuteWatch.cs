using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Simulation.Cluster;

namespace BudgetEngine.Simulation.Checks;

/// <summary>
/// Limits by the minute: notes when each activation let a call through, by which limit, and holds at the end every minute of the run to it. An activation begins its minutes anew, and a
/// later attempt of a call takes the place of an earlier one that is still held (semantics, section 3). Where limits change it looks at nothing.
/// </summary>
internal sealed class MinuteWatch(World world)
{
    private readonly Dictionary<(SeenActivation Node, AccountKind Kind, string Name), List<Call>> _calls = [];
    private readonly Dictionary<Guid, int> _announced = [];
    private readonly Dictionary<(Guid Key, Stamp Attempt), long> _told = [];
    private readonly HashSet<(Guid Key, Stamp Attempt)> _ended = [];
    private readonly HashSet<Guid> _asked = [];
    private readonly HashSet<Guid> _askedAgain = [];

    private sealed record Call(Guid Key, Stamp Attempt, long At, MinuteLimits Limits)
    {
        public bool IsReplaced { get; set; }
    }

    /// <summary>A call under an id of the caller's is asked for. What became of the calls before it under the same id is not followed: it takes their place, granted or refused, and they may count for nothing.</summary>
    public void Ask(Guid key)
    {
        if (key != Guid.Empty && !_asked.Add(key)) _askedAgain.Add(key);
    }

    /// <summary>A caller has announced so many tokens for a call.</summary>
    public void Announce(Guid key, long tokens) => _announced[key] = (int)tokens;

    public void Commit(IReadOnlyList<UsageRow> rows)
    {
        foreach (var row in rows)
        {
            if (row.Kind != RowKind.Usage || row.TokensUsed() is not { } tokens || !world.TryRead(row.ReservationId, out var id)) continue;
            // What comes after the record that ends the call is another call's for the limit.
            if (_ended.Contains((id.Key, id.Attempt))) continue;
            _told[(id.Key, id.Attempt)] = _told.GetValueOrDefault((id.Key, id.Attempt)) + tokens;
            if (row.Final) _ended.Add((id.Key, id.Attempt));
        }
    }

    /// <summary>An activation holds something for a call that it did not hold before.</summary>
    public void LetThrough(SeenActivation seen, Hold hold)
    {
        if (!world.Plan.Minutes || world.Plan.LimitsChange) return;
        var account = seen.Node.Account;
        Note(account.Node, account.Node.Own);
        if (hold.UserAccount is { } user) Note(user, account.Sides.LimitsOf(user));
        if (hold.ChildAccount is { } child) Note(child, account.Sides.LimitsOf(child));

        void Note(LimitedAccount limited, LimitSet? limits)
        {
            if (limits is not { Enforcement: Enforcement.Hard, Minute: { Any: true } minute }) return;
            if (!_calls.TryGetValue((seen, limited.Kind, limited.Name), out var calls)) _calls.Add((seen, limited.Kind, limited.Name), calls = []);
            foreach (var earlier in calls) earlier.IsReplaced |= earlier.Key == hold.Key && seen.Holds.TryGetValue(hold.Key, out var held) && held.Attempt == earlier.Attempt;
            calls.Add(new Call(hold.Key, hold.Attempt, Moment.Of(seen.Process.Os.Time).MonotonicTicks, minute));
        }
    }

    /// <summary>No minute has let more through than its limit. Calls that nobody was told of, or that somebody released, do not count: they were given back.</summary>
    public void Check()
    {
        foreach (var (account, calls) in _calls)
        {
            var made = calls.FindAll(c => !c.IsReplaced && !_askedAgain.Contains(c.Key) && world.Promised.Contains((c.Key, c.Attempt)) && !world.ReleaseAsked.Contains((c.Key, c.Attempt)));
            for (var i = 0; i < made.Count; i++)
            {
                var minute = made.GetRange(0, i).FindAll(c => c.At > made[i].At - TimeSpan.TicksPerMinute);
                var tokens = Math.Max(1, AnnouncedFor(made[i])) + minute.Sum(Counted);
                world.Require(!(minute.Count + 1 > made[i].Limits.Requests), () => $"by the minute: {account.Node.Path} {account.Kind} {account.Name} lets through {minute.Count + 1} requests of {made[i].Limits}");
                world.Require(!(tokens > made[i].Limits.Tokens), () => $"by the minute: {account.Node.Path} {account.Kind} {account.Name} lets through {tokens} tokens of {made[i].Limits}: {string.Join(", ", minute.Append(made[i]).Select(c => $"{Counted(c)} for {c.Key} at {c.At}"))}");
            }
        }
    }

    private int AnnouncedFor(Call call) => _announced.GetValueOrDefault(call.Key);

    /// <summary>The least that the call can have counted: what was announced, or the true count in its place if that is less.</summary>
    private long Counted(Call call) => _told.TryGetValue((call.Key, call.Attempt), out var told) ? Math.Min(told, AnnouncedFor(call)) : AnnouncedFor(call);
}
