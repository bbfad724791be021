using BudgetEngine.Ledger;

namespace BudgetEngine.Simulation.Store;

/// <summary>One transaction of the simulated store: what it has locked, and what it waits for.</summary>
internal sealed class StoreTransaction
{
    public List<object> Locked { get; } = [];

    public object? WaitsFor { get; set; }

    /// <summary>Promises no order of its locks: if it closes a circle it loses, and is repeated.</summary>
    public bool MayLose { get; init; }
}

/// <summary>
/// Row locks as PostgreSQL has them: shared or exclusive, held to the end of the transaction, first come first served. A circle of waiting transactions is
/// found at once, and the one that closes it fails.
/// </summary>
internal sealed class RowLocks
{
    private readonly Lock _gate = new();
    private readonly Dictionary<object, Row> _rows = [];

    /// <summary>How often transactions that promise an order of their locks waited for each other in a circle: never.</summary>
    public int Deadlocks { get; private set; }

    /// <summary>How often a transaction had to wait for another.</summary>
    public int Waits { get; private set; }

    public Task LockAsync(StoreTransaction transaction, object row, bool exclusive)
    {
        lock (_gate)
        {
            if (!_rows.TryGetValue(row, out var locked)) _rows.Add(row, locked = new Row());
            if (locked.TryTake(transaction, exclusive, queued: false))
            {
                if (!transaction.Locked.Contains(row)) transaction.Locked.Add(row);
                return Task.CompletedTask;
            }

            transaction.WaitsFor = row;
            if (WaitsInACircle(transaction))
            {
                transaction.WaitsFor = null;
                if (!transaction.MayLose) Deadlocks++;
                throw new LedgerContentionException($"Deadlock over {row}.");
            }

            Waits++;
            var waiter = new Waiter(transaction, exclusive);
            locked.Waiting.Add(waiter);
            return waiter.Granted.Task;
        }
    }

    /// <summary>Takes the row for itself, or leaves it: <c>skip locked</c>.</summary>
    public bool TryLock(StoreTransaction transaction, object row)
    {
        lock (_gate)
        {
            if (_rows.TryGetValue(row, out var locked)) return locked.Holders.Count == 1 && locked.Holders[0] == transaction && locked.TryTake(transaction, true, queued: false);
            _rows.Add(row, locked = new Row());
            locked.TryTake(transaction, true, queued: false);
            transaction.Locked.Add(row);
            return true;
        }
    }

    public void Release(StoreTransaction transaction)
    {
        List<Waiter> granted = [];
        lock (_gate)
        {
            foreach (var row in transaction.Locked) _rows[row].Leave(transaction);
            foreach (var row in transaction.Locked)
            {
                if (!_rows.TryGetValue(row, out var locked)) continue;
                var before = granted.Count;
                if (locked.Grant(granted)) _rows.Remove(row);
                foreach (var waiter in granted.Skip(before)) Give(waiter.Transaction, row);
            }

            transaction.Locked.Clear();
        }

        foreach (var waiter in granted) waiter.Granted.SetResult();
    }

    private static void Give(StoreTransaction transaction, object row)
    {
        transaction.WaitsFor = null;
        if (!transaction.Locked.Contains(row)) transaction.Locked.Add(row);
    }

    private bool WaitsInACircle(StoreTransaction start)
    {
        var seen = new HashSet<StoreTransaction>();
        var next = new Stack<StoreTransaction>();
        next.Push(start);
        while (next.TryPop(out var transaction))
        {
            if (transaction.WaitsFor is not { } row || !_rows.TryGetValue(row, out var locked)) continue;
            foreach (var other in locked.Holders.Concat(locked.Waiting.Where(w => w.Exclusive).Select(w => w.Transaction)))
            {
                if (other == transaction) continue;
                if (other == start) return true;
                if (seen.Add(other)) next.Push(other);
            }
        }

        return false;
    }

    private sealed record Waiter(StoreTransaction Transaction, bool Exclusive)
    {
        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Row
    {
        private bool _exclusive;

        public List<StoreTransaction> Holders { get; } = [];

        public List<Waiter> Waiting { get; } = [];

        public bool TryTake(StoreTransaction transaction, bool exclusive, bool queued)
        {
            var alone = Holders.Count == 0 || (Holders.Count == 1 && Holders[0] == transaction);
            var own = Holders.Contains(transaction);
            if (own && (_exclusive || !exclusive)) return true;
            // Who comes later does not overtake who waits, but for a lock that it holds already.
            if (!queued && !own && Waiting.Count > 0) return false;
            if (!alone && (exclusive || _exclusive)) return false;
            _exclusive |= exclusive;
            if (own) return true;
            Holders.Add(transaction);
            return true;
        }

        public void Leave(StoreTransaction transaction)
        {
            Holders.Remove(transaction);
            if (Holders.Count == 0) _exclusive = false;
        }

        /// <summary>True when nobody holds or wants the row any more.</summary>
        public bool Grant(List<Waiter> granted)
        {
            while (Waiting.Count > 0 && TryTake(Waiting[0].Transaction, Waiting[0].Exclusive, queued: true))
            {
                granted.Add(Waiting[0]);
                Waiting.RemoveAt(0);
            }

            return Holders.Count == 0 && Waiting.Count == 0;
        }
    }
}
