using Orleans;

namespace BudgetEngine.LocalSilo.Activations;

/// <summary>Which request may start when. Everything here but <see cref="OnEnded"/> runs under the lock.</summary>
internal sealed partial class Activation
{
    /// <summary>The next thing to run: requests that have waited come first, since an end has set them free.</summary>
    private Turn? Next()
    {
        if (_state == ActivationState.Killed) return null;
        if (_state == ActivationState.Created) return BeginTransition(ActivationState.Activating);
        if (_recheck)
        {
            if (_state == ActivationState.Deactivating && _running == 0 && !_transition) return BeginTransition(ActivationState.Deactivating);
            if (_waiting.DequeueFirst(this) is { } freed) return MarkRunning(freed);
            _recheck = false;
        }

        while (_turns.Dequeue() is { } turn)
        {
            if (turn is not Request request) return turn;
            if (MayStart(request)) return MarkRunning(request);
            _waiting.Enqueue(request);
        }

        return null;
    }

    private Transition BeginTransition(ActivationState to)
    {
        _state = to;
        _transition = true;
        return new Transition(this, to);
    }

    internal bool MayStart(Request request)
    {
        if (_state != ActivationState.Valid && !(request.IsLocal && _state == ActivationState.Deactivating && !_transition)) return false;
        if (_running == 0 || request.AlwaysInterleaves || GrainClass.IsReentrant) return true;

        // Nothing that blocks: only requests that always interleave run.
        if (_blocking is null) return true;
        return _blocking.IsReadOnly && request.IsReadOnly;
    }

    private Request MarkRunning(Request request)
    {
        _running++;
        if (!request.AlwaysInterleaves) _blocking ??= request;
        return request;
    }

    /// <summary>A request that was started has come to its end.</summary>
    internal void OnEnded(Request request)
    {
        var schedule = false;
        lock (this)
        {
            _running--;
            if (request.KeepsAlive) _lastUsed = Silo.Age;

            // Orleans forgets the blocking request too when it ends before another read-only one: a writer may then join that one.
            if (ReferenceEquals(_blocking, request)) _blocking = null;
            if (_waiting.IsEmpty && _state != ActivationState.Deactivating) return;
            _recheck = true;
            if (!_owned) schedule = _owned = true;
        }

        if (schedule) Silo.Scheduler.Schedule(this);
    }
}
