namespace BudgetEngine.SimulatedSilo.Activations;

/// <summary>First in, first out; guarded by the lock of its activation.</summary>
internal struct TurnQueue
{
    private Turn? _head;
    private Turn? _tail;

    internal readonly bool IsEmpty => _head is null;

    internal void Enqueue(Turn turn)
    {
        turn.Next = null;
        if (_tail is null) _head = turn;
        else _tail.Next = turn;
        _tail = turn;
    }

    internal Turn? Dequeue()
    {
        var turn = _head;
        if (turn is null) return null;
        _head = turn.Next;
        if (_head is null) _tail = null;
        turn.Next = null;
        return turn;
    }

    /// <summary>Takes out the first request that may start now.</summary>
    internal Request? DequeueFirst(Activation activation)
    {
        Turn? previous = null;
        for (var turn = _head; turn is not null; previous = turn, turn = turn.Next)
        {
            if (turn is not Request request || !activation.MayStart(request)) continue;
            if (previous is null) _head = turn.Next;
            else previous.Next = turn.Next;
            if (ReferenceEquals(_tail, turn)) _tail = previous;
            turn.Next = null;
            return request;
        }

        return null;
    }

    /// <summary>Takes out all requests and leaves the tasks.</summary>
    internal void MoveRequestsTo(List<Request> requests)
    {
        var rest = default(TurnQueue);
        while (Dequeue() is { } turn)
        {
            if (turn is Request request) requests.Add(request);
            else rest.Enqueue(turn);
        }

        this = rest;
    }
}
