using System.Globalization;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Events;

/// <summary>
/// Carries what happens in this process to those who listen, and remembers it for those who come back. While nobody listens, and none has for
/// <see cref="EventLimits.ResumeFor"/>, it costs whoever could tell something one read of <see cref="IsActive"/>.
/// </summary>
internal sealed class EventHub(TimeProvider clock, IdSource ids, Resolution resolution, IOptions<EventOptions>? options = null)
{
    private readonly Lock _lock = new();
    private readonly string _process = ids.Next().ToString("N", CultureInfo.InvariantCulture)[..12];
    private readonly List<EventListener> _listeners = [];
    private readonly EventRing _samples = new();
    private readonly EventRing _facts = new();
    private volatile bool _active;
    private DateTimeOffset _lastHeard;
    private long _number;

    // Numbers up to here were not remembered: nobody was there.
    private long _asleepUntil;

    /// <summary>How amounts are told.</summary>
    public Resolution Resolution { get; } = resolution;

    /// <summary>Somebody listens, or may come back.</summary>
    public bool IsActive => _active;

    public int Listeners
    {
        get
        {
            lock (_lock) return _listeners.Count;
        }
    }

    public void Publish(EventDraft draft)
    {
        if (!_active) return;
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            var live = new LiveEvent(new LiveEventId(_process, now, ++_number), draft);
            var ring = live.IsSample ? _samples : _facts;
            ring.Forget(now - EventLimits.ResumeFor);
            ring.Add(live);
            foreach (var listener in _listeners) listener.Offer(live);
        }
    }

    /// <summary>How many may listen.</summary>
    public SubtreeShares Shares { get; } = (options?.Value ?? new EventOptions()).ToShares();

    /// <summary>Null: there are too many already, or its share is used up.</summary>
    /// <param name="resume">The last event that the listener has seen; null: it begins now.</param>
    /// <param name="subtree">Of the listener's key; null: the whole installation.</param>
    public EventListener? Join(EventFilter filter, LiveEventId? resume, string? subtree = null)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            if (!Shares.HasRoom(subtree, [.. _listeners.Select(l => l.Subtree)])) return null;
            if (!_active) _asleepUntil = ++_number;
            var own = resume is { } id && id.Process == _process && id.Number <= _number ? id : (LiveEventId?)null;
            var whole = own is { } known && known.Number >= _facts.Forgotten && known.Number >= _asleepUntil;
            var listener = new EventListener(filter)
            {
                Subtree = subtree,
                Position = new LiveEventId(_process, now, _number),
                // What came from the ledger is read from there again where not all of it is remembered.
                Missed = own is { } last ? [.. MissedSince(last.Number).Where(e => filter.FrameOf(e) is not null && (whole || e.Kind != EventKind.Alert))] : [],
                ReplaySince = whole || resume is null ? null : Later(resume.Value.At, now - EventLimits.ResumeFor),
            };
            _listeners.Add(listener);
            _active = true;
            return listener;
        }
    }

    public void Leave(EventListener listener)
    {
        lock (_lock)
        {
            _listeners.Remove(listener);
            _lastHeard = clock.GetUtcNow();
        }
    }

    /// <summary>Goes to sleep when nobody can come back any more. True while active.</summary>
    public bool StaysActive()
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            _samples.Forget(now - EventLimits.ResumeFor);
            _facts.Forget(now - EventLimits.ResumeFor);
            if (_active && _listeners.Count == 0 && now - _lastHeard > EventLimits.ResumeFor) _active = false;
            return _active;
        }
    }

    private IEnumerable<LiveEvent> MissedSince(long number) => _samples.After(number).Concat(_facts.After(number)).OrderBy(e => e.Id.Number);

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
