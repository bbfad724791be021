using System.Diagnostics;
using BudgetEngine.Simulation.Checks;

namespace BudgetEngine.Simulation.Runner;

/// <summary>Many seeds on a few threads: each run has a thread to itself.</summary>
internal sealed class Series(ulong from, int? seeds, TimeSpan? time, int threads)
{
    private readonly Lock _lock = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Dictionary<Sometimes, int> _reached = [];
    private readonly List<RunResult> _violations = [];
    private readonly SortedDictionary<ulong, ulong> _traces = [];
    private long _begun;
    private int _ended;
    private long _steps;
    private volatile bool _stopped;

    /// <summary>Called now and then with a line of progress.</summary>
    public Action<string>? Progress { get; init; }

    public bool StopsAtViolation { get; init; }

    public int Ended => _ended;

    /// <summary>In the order of their seeds.</summary>
    public IReadOnlyList<RunResult> Violations => [.. _violations.OrderBy(v => v.Seed)];

    public IReadOnlyList<Sometimes> Unreached => [.. Enum.GetValues<Sometimes>().Where(s => !_reached.ContainsKey(s))];

    /// <summary>The trace of every seed, in their order.</summary>
    public IReadOnlyDictionary<ulong, ulong> Traces => _traces;

    /// <summary>In how many runs each was reached.</summary>
    public IReadOnlyDictionary<Sometimes, int> Reached => _reached;

    /// <summary>Long enough that everything that happens sometimes must have happened; a shorter one may miss the rarest.</summary>
    public bool IsLong => _ended >= 2_000;

    public string Summary
    {
        get
        {
            var each = _ended == 0 ? 0 : _watch.Elapsed.TotalMilliseconds * threads / _ended;
            return $"{_ended} seeds from {from}, {_violations.Count} violations, {_ended / _watch.Elapsed.TotalSeconds:0} seeds/s ({each:0.0} ms each), " +
                $"{(_ended == 0 ? 0 : _steps / _ended)} steps each, sometimes {_reached.Count} of {Enum.GetValues<Sometimes>().Length}";
        }
    }

    public void Run()
    {
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(Work, 16 * 1024 * 1024)).ToList();
        workers.ForEach(w => w.Start());
        workers.ForEach(w => w.Join());
    }

    private void Work()
    {
        while (!_stopped)
        {
            var number = Interlocked.Increment(ref _begun) - 1;
            if (number >= (seeds ?? long.MaxValue) || _watch.Elapsed >= (time ?? TimeSpan.MaxValue)) return;
            Note(Simulation.Run.Of(from + (ulong)number));
        }
    }

    private void Note(RunResult result)
    {
        string? line = null;
        lock (_lock)
        {
            _ended++;
            _steps += result.Steps;
            _traces.Add(result.Seed, result.TraceHash);
            foreach (var sometimes in result.Reached) _reached[sometimes] = _reached.GetValueOrDefault(sometimes) + 1;
            if (result.Violation is not null)
            {
                _violations.Add(result);
                _stopped |= StopsAtViolation;
            }

            if (_ended % 500 == 0) line = Summary;
        }

        if (line is not null) Progress?.Invoke(line);
    }
}
