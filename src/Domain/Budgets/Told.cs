namespace BudgetEngine.Domain;

/// <summary>
/// The calls that were answered with a reservation. An answer that came too late to be passed on is taken back; while there is another one, or there may be, the
/// reservation is somebody's. Of one that came back from the ledger nobody knows whose it is.
/// </summary>
internal struct Told
{
    /// <summary>Who sends the same check more often than this keeps its reservation until it is used or lapses.</summary>
    public const int MaxCalls = 16;

    private Guid? _first;
    private List<Guid>? _others;
    private bool _isComplete;

    /// <summary>The first answer to its check: nobody else has it.</summary>
    public void Begin(Guid call) => (_first, _isComplete) = (call, true);

    /// <summary>The same call again counts once.</summary>
    public void Add(Guid call)
    {
        if (_first == call || _others?.Contains(call) == true) return;
        if (_others?.Count < MaxCalls - 1 || _others is null) (_others ??= []).Add(call);
        else _isComplete = false;
    }

    /// <summary>The answer to a call was not passed on. True: nobody has the reservation.</summary>
    public bool TakeBack(Guid call)
    {
        if (_first == call) _first = null;
        else if (_others?.Remove(call) != true) return false;
        return _isComplete && _first is null && _others is not { Count: > 0 };
    }
}
