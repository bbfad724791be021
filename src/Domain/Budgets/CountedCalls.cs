namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// The calls that a node has counted by the minute and still holds, so that a release gives back and a settle puts right what was estimated. As many as there are
/// holds at most, and only where a limit by the minute is set.
/// </summary>
internal sealed class CountedCalls
{
    private readonly Dictionary<Guid, CountedCall> _calls = [];

    public int Count => _calls.Count;

    /// <summary>What the call of this key has counted in an account; zero where it was not counted there.</summary>
    public int CountedIn(MinuteCounters counters, Guid key, MinuteMeter meter) =>
        _calls.TryGetValue(key, out var call) && call.IsIn(counters) ? meter == MinuteMeter.Tokens ? call.Tokens : 1 : 0;

    public void Add(Guid key, in CountedCall call) => _calls[key] = call;

    /// <summary>The call was not made: it counts no more.</summary>
    public void GiveBack(Guid key, Moment now)
    {
        if (_calls.Remove(key, out var call)) call.Correct(-1, -call.Tokens, now);
    }

    /// <summary>The call was made, and how many tokens it used may never be known: what was estimated stays counted.</summary>
    public void Keep(Guid key) => _calls.Remove(key);

    /// <summary>Puts the true count in the place of the estimate.</summary>
    /// <param name="tokens">In all; null: not known.</param>
    /// <param name="ends">False: more will follow, so that less than the estimate is not yet less.</param>
    public void Settle(Guid key, Stamp attempt, int? tokens, bool ends, Moment now)
    {
        if (!_calls.TryGetValue(key, out var call) || call.Attempt > attempt) return;
        var counted = tokens is not { } used ? call.Tokens : ends ? used : Math.Max(used, call.Tokens);
        call.Correct(0, (long)counted - call.Tokens, now);
        if (ends) _calls.Remove(key);
        else _calls[key] = call with { Tokens = counted };
    }
}

/// <summary>One call, as it was counted.</summary>
/// <param name="Second">The second that it is counted in.</param>
/// <param name="Node">Those that have counted it; null: had no limit by the minute.</param>
internal readonly record struct CountedCall(Stamp Attempt, long Second, int Tokens, MinuteCounters? Node, MinuteCounters? User, MinuteCounters? Child)
{
    public bool IsIn(MinuteCounters counters) => counters == Node || counters == User || counters == Child;

    public void Correct(int requests, long tokens, Moment now)
    {
        Node?.Correct(Second, requests, tokens, now);
        User?.Correct(Second, requests, tokens, now);
        Child?.Correct(Second, requests, tokens, now);
    }
}
