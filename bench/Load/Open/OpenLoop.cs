using System.Diagnostics;
using BudgetEngine.Load.Http;
using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Open;

/// <summary>
/// Requests that are due at fixed instants, whatever the server does. One that finds no free connection waits for one, and its latency counts from the instant at which
/// it was due: a server that stalls is charged for everything that it kept waiting (no coordinated omission).
/// </summary>
internal sealed class OpenLoop
{
    private readonly Lock _gate = new();
    private readonly Queue<long> _waiting = new();
    private readonly Stack<Worker> _idle = new();
    private readonly List<Worker> _due = [];
    private readonly OpenClock _clock;
    private readonly Faults _faults;
    private int _mostWaiting;
    private int _busy;

    public OpenLoop(OpenClock clock, Faults faults, IEnumerable<(Connection Connection, IOpenScript Script)> connections)
    {
        (_clock, _faults) = (clock, faults);
        foreach (var (connection, script) in connections) _idle.Push(new Worker(this, connection, script));
    }

    public int MostWaiting => _mostWaiting;

    /// <summary>Runs on a thread of its own until the last request is due.</summary>
    public void Dispatch(CancellationToken cancellationToken)
    {
        for (var next = 0L; next < _clock.Requests && !cancellationToken.IsCancellationRequested;)
        {
            lock (_gate)
            {
                for (var now = Stopwatch.GetTimestamp(); next < _clock.Requests && _clock.DueAt(next) <= now; next++) Take(_clock.DueAt(next));
                _mostWaiting = Math.Max(_mostWaiting, _waiting.Count);
            }

            foreach (var worker in _due) _ = worker.RunAsync();
            _due.Clear();
            PreciseWait.Until(next < _clock.Requests ? _clock.DueAt(next) : 0);
        }
    }

    /// <summary>Waits until everything due has been answered, at most until the end of the grace.</summary>
    /// <returns>How many requests were given up.</returns>
    public async Task<long> DrainAsync(CancellationToken cancellationToken)
    {
        while (Stopwatch.GetTimestamp() < _clock.GivenUpAt)
        {
            lock (_gate)
            {
                if (_busy == 0) return 0;
            }

            await Task.Delay(Sizes.OpenDrainPoll, TimeProvider.System, cancellationToken);
        }

        lock (_gate)
        {
            foreach (var due in _waiting) _clock.Add(due, _clock.GivenUpAt);
            var givenUp = _waiting.Count;
            _waiting.Clear();
            return givenUp;
        }
    }

    /// <summary>Releases what the connections still hold.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_busy == 0) break;
            }

            await Task.Delay(Sizes.OpenDrainPoll, TimeProvider.System, cancellationToken);
        }

        foreach (var worker in _idle) await worker.FinishAsync();
        await Task.Yield();
    }

    private void Take(long due)
    {
        if (_idle.TryPop(out var worker))
        {
            worker.Due = due;
            _busy++;
            _due.Add(worker);
        }
        else
        {
            _waiting.Enqueue(due);
        }
    }

    /// <returns>False: nothing waits, and the worker is idle again.</returns>
    private bool TryNext(Worker worker)
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out var due))
            {
                worker.Due = due;
                return true;
            }

            _busy--;
            _idle.Push(worker);
            return false;
        }
    }

    private sealed class Worker(OpenLoop loop, Connection connection, IOpenScript script)
    {
        public long Due { get; set; }

        public async Task RunAsync()
        {
            try
            {
                do
                {
                    var isCheck = script.IsCheck;
                    if (await script.SendAsync(connection) is { } fault) loop._faults.Add("open loop", fault);
                    if (isCheck) loop._clock.Add(Due, Stopwatch.GetTimestamp());
                }
                while (loop.TryNext(this));
            }
            catch (Exception fault)
            {
                // The connection is lost and stays away; what waits is taken by the others.
                loop._faults.Add("open loop", fault.Message);
                lock (loop._gate) loop._busy--;
            }
        }

        public async Task FinishAsync()
        {
            if (await script.FinishAsync(connection) is { } fault) loop._faults.Add("open loop", fault);
        }
    }
}
