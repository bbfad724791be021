namespace BudgetEngine.LocalSilo.Calls;

/// <summary>
/// The replies of the turns that one thread runs in a row, passed on behind them: what their callers do next then runs on this thread, without a hand-over, and
/// finds the activation free.
/// </summary>
internal readonly ref struct LateReplies
{
    [ThreadStatic]
    private static LateReplies.List? s_gathering;

    private readonly List? _outer;
    private readonly List _mine;

    private LateReplies(List? outer)
    {
        _outer = outer;
        _mine = s_gathering = new List();
    }

    public static LateReplies Gather() => new(s_gathering);

    /// <summary>False when this thread runs no turns in a row: the reply is to be passed on at once.</summary>
    public static bool TryAdd(Reply reply, Task outcome)
    {
        if (s_gathering is not { } gathering) return false;
        gathering.Add((reply, outcome));
        return true;
    }

    public void Dispose()
    {
        s_gathering = _outer;
        foreach (var (reply, outcome) in _mine) reply.Complete(outcome);
    }

    private sealed class List : List<(Reply, Task)>;
}
