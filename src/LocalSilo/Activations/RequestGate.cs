namespace BudgetEngine.LocalSilo.Activations;

/// <summary>Which requests may run side by side; guarded by the lock of its activation.</summary>
internal struct RequestGate
{
    // The oldest of those that run and do not always interleave.
    private Request? _blocking;
    private int _running;

    internal readonly bool IsFree => _running == 0;

    internal readonly bool Admits(Request request, bool isReentrant)
    {
        // Where nothing blocks, only requests run that interleave with all others.
        if (IsFree || isReentrant || request.AlwaysInterleaves || _blocking is null) return true;
        return _blocking.IsReadOnly && request.IsReadOnly;
    }

    internal void Enter(Request request)
    {
        _running++;
        if (!request.AlwaysInterleaves) _blocking ??= request;
    }

    internal void Leave(Request request)
    {
        _running--;

        // As in Orleans, nobody takes the place of the blocking one: a writer may then join a read-only request that still runs.
        if (ReferenceEquals(_blocking, request)) _blocking = null;
    }
}
