namespace BudgetEngine.SimulatedSilo.Activations;

/// <summary>Which requests may run side by side; guarded by the lock of its activation.</summary>
internal struct RequestGate
{
    private int _running;

    // Of those that run and do not always interleave: how many, and whether all of them are read-only.
    private int _blocking;
    private bool _isReadOnly;

    internal readonly bool IsFree => _running == 0;

    internal readonly bool Admits(Request request, bool isReentrant)
    {
        // Where nothing blocks, only requests run that interleave with all others.
        if (isReentrant || request.AlwaysInterleaves || _blocking == 0) return true;
        return _isReadOnly && request.IsReadOnly;
    }

    internal void Enter(Request request)
    {
        _running++;
        if (request.AlwaysInterleaves) return;
        _isReadOnly = (_blocking == 0 || _isReadOnly) && request.IsReadOnly;
        _blocking++;
    }

    internal void Leave(Request request)
    {
        _running--;
        if (!request.AlwaysInterleaves) _blocking--;
    }
}
