using System.ComponentModel.DataAnnotations;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>How many cost centers that nobody knows may come into memory.</summary>
public sealed class NewNodeOptions
{
    public const string Section = "CostCenters";

    /// <summary>
    /// Unknown cost centers (no usage, no budget) of one tenant that a process takes into memory per minute; more are denied <c>rate_limited</c>. Below one of its subtrees
    /// half, and half of that for each level down to an eighth. Usage is never refused. Default 6,000, 1 to 1,000,000: made-up names then take some 60 MB of a process at most. Less
    /// refuses honest new names when many come at once, more lets invented ones take memory and work from everybody else.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxNewPerMinute { get; set; } = 6_000;

    /// <summary>
    /// Cost centers that usage of one tenant makes through one process in an hour, shared by its subtrees in the same way; more are refused, 429 <c>quota_exceeded</c>, and
    /// checks of new names are denied <c>rate_limited</c> from nine tenths on. Default 50,000, 10 to 100,000,000, some 1.5 KB of ledger each, for good: less refuses honest new
    /// names, more fills disks.
    /// </summary>
    [Range(10, 100_000_000)]
    public int MaxCreatedPerHour { get; set; } = 50_000;
}

/// <summary>
/// Counts the unknown cost centers that came into memory in a minute, and those that usage has made in an hour, by where they are: a tenant has its share of them, and each subtree of it
/// (<see cref="SubtreeCounts"/>). A check creates nothing, so the same name may count again once it has left memory; a name with usage or a budget never counts.
/// </summary>
public sealed class NewNodes(NewNodeOptions options, TimeProvider clock)
{
    /// <summary>Names of this hour that are remembered so that they count once: some 15 MB, 110 MB if each were as long as a path may be; a name beyond it counts again each time.</summary>
    public const int MaxNamed = 100_000;

    /// <summary>New cost centers of one tenant, shared by its subtrees, that a process tells of in an hour, as <c>cost_center.created</c>; each is on its row all the same, flagged.</summary>
    public const int MaxToldPerHour = 100;

    private static readonly TimeSpan _period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly SubtreeCounts _read = new();
    private readonly SubtreeCounts _created = new();
    private readonly SubtreeCounts _told = new();
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private long _since = clock.GetTimestamp();
    private long _createdSince = clock.GetTimestamp();
    private long _refused;

    /// <summary>Checks that were refused since the start.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>
    /// Takes a place for a cost center that is about to be read and may turn out to be unknown: many are read at once, so counting them afterwards would be too
    /// late. False: its tenant, or a subtree that it is below, has taken all it may in this minute.
    /// </summary>
    public bool TryTake(string path, out TimeSpan wait)
    {
        lock (_lock)
        {
            wait = _period - Turn();
            if (!_read.HasRoom(path, options.MaxNewPerMinute)) return false;
            // What is held now has to be settled, so usage has the last tenth for itself.
            if (!_created.HasRoom(path, options.MaxCreatedPerHour - options.MaxCreatedPerHour / 10))
            {
                wait = _hour - clock.GetElapsedTime(_createdSince);
                return false;
            }

            _read.Add(path);
            return true;
        }
    }

    /// <summary>It is known after all, or could not be read.</summary>
    public void GiveBack(string path)
    {
        lock (_lock) _read.Remove(path);
    }

    /// <summary>
    /// Takes room for cost centers that usage is about to make, each once an hour however often it is named. False: the tenant or a subtree of one of them has made as many as it may in
    /// this hour. Those of one call pass together while there is room for each, so that each call passes some time.
    /// </summary>
    /// <param name="taken">Those that count now, for <see cref="GiveBackCreated"/>.</param>
    public bool TryCreate(IReadOnlyCollection<string> paths, out IReadOnlyList<string> taken)
    {
        lock (_lock)
        {
            Turn();
            var added = paths.Where(p => !_named.Contains(p)).ToList();
            taken = added;
            if (!added.TrueForAll(p => _created.HasRoom(p, options.MaxCreatedPerHour))) return false;
            foreach (var path in added)
            {
                _created.Add(path);
                if (_named.Count < MaxNamed) _named.Add(path);
            }

            return true;
        }
    }

    /// <summary>They were not made after all.</summary>
    public void GiveBackCreated(IReadOnlyList<string> taken)
    {
        lock (_lock)
        {
            foreach (var path in taken) _created.Remove(path);
            _named.ExceptWith(taken);
        }
    }

    /// <summary>Whether this new cost center may be told of in this hour.</summary>
    public bool MayTell(string path)
    {
        lock (_lock)
        {
            Turn();
            if (!_told.HasRoom(path, MaxToldPerHour)) return false;
            _told.Add(path);
            return true;
        }
    }

    public void Refuse() => Interlocked.Increment(ref _refused);

    /// <summary>Begins a new minute if the last one is over; how long this one has lasted.</summary>
    private TimeSpan Turn()
    {
        if (clock.GetElapsedTime(_createdSince) >= _hour)
        {
            _createdSince = clock.GetTimestamp();
            _created.Clear();
            _told.Clear();
            _named.Clear();
        }

        var elapsed = clock.GetElapsedTime(_since);
        if (elapsed < _period) return elapsed;
        _since = clock.GetTimestamp();
        _read.Clear();
        return TimeSpan.Zero;
    }
}
