using System.Threading.Channels;

namespace BudgetEngine.Api.Events;

/// <summary>One stream's queue.</summary>
internal sealed class EventListener(EventFilter filter)
{
    private readonly Channel<LiveEvent> _queue = System.Threading.Channels.Channel.CreateBounded<LiveEvent>(
        new BoundedChannelOptions(EventLimits.MaxQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private volatile bool _tooSlow;

    public EventFilter Filter => filter;

    public ChannelReader<LiveEvent> Queue => _queue.Reader;

    /// <summary>Events were lost for it: it must be cut off, so that it comes back and asks for them.</summary>
    public bool IsTooSlow => _tooSlow;

    /// <summary>Of its key; null: the whole installation.</summary>
    public string? Subtree { get; init; }

    /// <summary>Where it began: what came before is in what it missed.</summary>
    public required LiveEventId Position { get; init; }

    /// <summary>Of what came while it was away; in order.</summary>
    public required IReadOnlyList<LiveEvent> Missed { get; init; }

    /// <summary>Alerts since then are to be read from the ledger: this process does not remember all of them. Null: it does.</summary>
    public required DateTimeOffset? ReplaySince { get; init; }

    public void Offer(LiveEvent live)
    {
        if (_tooSlow || filter.FrameOf(live) is null || _queue.Writer.TryWrite(live)) return;
        _tooSlow = true;
        _queue.Writer.TryComplete();
    }
}
