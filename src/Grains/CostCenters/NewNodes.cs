using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>How many cost centers that nobody knows may come into memory.</summary>
public sealed class NewNodeOptions
{
    public const string Section = "CostCenters";

    /// <summary>
    /// Unknown cost centers (no usage, no budget) of one tenant that a process takes into memory per minute; more are denied <c>rate_limited</c>. Usage is never
    /// refused. Default 6,000, 1 to 1,000,000: made-up names then take some 60 MB of a process at most. Less refuses honest new names when many come at once,
    /// more lets invented ones take memory and work from everybody else.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxNewPerMinute { get; set; } = 6_000;

    /// <summary>
    /// Cost centers that usage of one tenant makes through one process in an hour; more are refused, 429 <c>quota_exceeded</c>, and checks of new names are denied
    /// <c>rate_limited</c> from nine tenths on. Default 50,000, 10 to 100,000,000, some 1.5 KB of ledger each, for good: less refuses honest new names, more fills disks.
    /// </summary>
    [Range(10, 100_000_000)]
    public int MaxCreatedPerHour { get; set; } = 50_000;
}

/// <summary>
/// Counts the unknown cost centers that came into memory, per tenant and minute. A check creates nothing, so the same name may count again once it has left
/// memory; a name with usage or a budget never counts.
/// </summary>
public sealed class NewNodes(NewNodeOptions options, TimeProvider clock)
{
    /// <summary>Tenants are made by people or by usage; beyond this many in a minute all that are left share a count.</summary>
    public const int MaxTenants = 10_000;

    /// <summary>Names of this hour that are remembered so that they count once: some 15 MB, 110 MB if each were as long as a path may be; a name beyond it counts again each time.</summary>
    public const int MaxNamed = 100_000;

    /// <summary>New cost centers of one tenant that a process tells of in an hour, as <c>cost_center.created</c>; each is on its row all the same, flagged.</summary>
    public const int MaxToldPerHour = 100;

    private const string TheRest = "";
    private static readonly TimeSpan _period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _created = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _told = new(StringComparer.Ordinal);
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private long _since = clock.GetTimestamp();
    private long _createdSince = clock.GetTimestamp();
    private long _refused;

    /// <summary>Checks that were refused since the start.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>
    /// Takes a place for a cost center that is about to be read and may turn out to be unknown: many are read at once, so counting them afterwards would be too
    /// late. False: the tenant has taken all it may in this minute.
    /// </summary>
    public bool TryTake(string tenant, out TimeSpan wait)
    {
        lock (_lock)
        {
            wait = _period - Turn();
            var name = NameOf(tenant);
            var taken = _counts.GetValueOrDefault(name);
            if (taken >= options.MaxNewPerMinute) return false;
            // What is held now has to be settled, so usage has the last tenth for itself.
            if (_created.GetValueOrDefault(name) >= options.MaxCreatedPerHour - options.MaxCreatedPerHour / 10)
            {
                wait = _hour - clock.GetElapsedTime(_createdSince);
                return false;
            }

            _counts[name] = taken + 1;
            return true;
        }
    }

    /// <summary>It is known after all, or could not be read.</summary>
    public void GiveBack(string tenant)
    {
        lock (_lock)
        {
            // In another minute there is nothing to give back to.
            if (_counts.TryGetValue(NameOf(tenant), out var taken) && taken > 0) _counts[NameOf(tenant)] = taken - 1;
        }
    }

    /// <summary>
    /// Takes room for cost centers that usage is about to make, each once an hour however often it is named. False: the tenant has made as many as it may in this hour.
    /// </summary>
    /// <param name="taken">Those that count now, for <see cref="GiveBackCreated"/>.</param>
    public bool TryCreate(string tenant, IReadOnlyCollection<string> paths, out IReadOnlyList<string> taken)
    {
        lock (_lock)
        {
            Turn();
            var name = NameOf(tenant);
            var created = _created.GetValueOrDefault(name);
            var added = paths.Where(p => !_named.Contains(p)).ToList();
            taken = added;
            if (added.Count == 0) return true;
            if (created >= options.MaxCreatedPerHour) return false;
            _created[name] = created + added.Count;
            foreach (var path in added.TakeWhile(_ => _named.Count < MaxNamed)) _named.Add(path);
            return true;
        }
    }

    /// <summary>They were not made after all.</summary>
    public void GiveBackCreated(string tenant, IReadOnlyList<string> taken)
    {
        lock (_lock)
        {
            if (_created.TryGetValue(NameOf(tenant), out var created)) _created[NameOf(tenant)] = Math.Max(0, created - taken.Count);
            _named.ExceptWith(taken);
        }
    }

    /// <summary>Whether one more new cost center of the tenant may be told of in this hour.</summary>
    public bool MayTell(string tenant)
    {
        lock (_lock)
        {
            Turn();
            ref var told = ref CollectionsMarshal.GetValueRefOrAddDefault(_told, _told.Count < MaxTenants || _told.ContainsKey(tenant) ? tenant : TheRest, out _);
            return ++told <= MaxToldPerHour;
        }
    }

    public void Refuse() => Interlocked.Increment(ref _refused);

    private string NameOf(string tenant) =>
        _counts.Count + _created.Count < MaxTenants || _counts.ContainsKey(tenant) || _created.ContainsKey(tenant) ? tenant : TheRest;

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
        _counts.Clear();
        return TimeSpan.Zero;
    }
}
