namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// The calls that were answered with a reservation. An answer that came too late to be passed on is taken back; the reservation ends only when no other call has
/// it, or may have it. For a reservation that was restored from the ledger the calls are unknown.
/// </summary>
internal struct ReservationRecipients
{
    /// <summary>Beyond this many duplicate calls the reservation is never withdrawn: it stays until it is used or lapses.</summary>
    public const int MaxCalls = 16;

    private Guid? _first;
    private List<Guid>? _others;
    private bool _isComplete;

    /// <summary>The first answer to its check: no other call has it.</summary>
    public void Begin(Guid call) => (_first, _isComplete) = (call, true);

    /// <summary>The same call again counts once.</summary>
    public void Add(Guid call)
    {
        if (_first == call || _others?.Contains(call) == true) return;
        if (_others?.Count < MaxCalls - 1 || _others is null) (_others ??= []).Add(call);
        else _isComplete = false;
    }

    /// <summary>The answer to a call was not passed on. True: no call has the reservation any more.</summary>
    public bool TakeBack(Guid call)
    {
        if (_first == call) _first = null;
        else if (_others?.Remove(call) != true) return false;
        return _isComplete && _first is null && _others is not { Count: > 0 };
    }
}
