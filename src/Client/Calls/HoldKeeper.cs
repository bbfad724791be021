using BudgetEngine.Client.Transport;

namespace BudgetEngine.Client.Calls;

/// <summary>
/// Extends a hold while its call runs, so that a call that takes longer than <see cref="BudgetClientOptions.HoldFor"/> still settles within it. A call that
/// nobody refers to any more was forgotten: its hold lapses, as that of a dead process does.
/// </summary>
internal sealed class HoldKeeper : IDisposable
{
    /// <summary>Half of the time is left for extensions that fail.</summary>
    private const int FirstAfter = 2;

    /// <summary>Of the time to hold, how long to wait after one that failed.</summary>
    private const int AgainAfter = 8;

    private readonly BudgetClient _client;
    private readonly string _reservationId;
    private readonly EngineCredentials? _as;
    private readonly WeakReference<BudgetedCall> _call;
    private readonly ITimer _timer;
    private volatile bool _isOver;

    public HoldKeeper(BudgetClient client, string reservationId, EngineCredentials? credentials, BudgetedCall call)
    {
        (_client, _reservationId, _as, _call) = (client, reservationId, credentials, new WeakReference<BudgetedCall>(call));
        _timer = client.Clock.CreateTimer(static keeper => ((HoldKeeper)keeper!).Extend(), this, client.HoldFor / FirstAfter, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The call has ended. An extension that is under way comes too late for the engine, or does no harm.</summary>
    public void Dispose()
    {
        _isOver = true;
        _timer.Dispose();
    }

    private void Extend()
    {
        if (_isOver) return;
        if (_call.TryGetTarget(out _)) _ = ExtendAsync();
        else Dispose();
    }

    private async Task ExtendAsync()
    {
        var again = _client.HoldFor / FirstAfter;
        try
        {
            await _client.ExtendAsync(_reservationId, _client.HoldFor, _as);
        }
        catch (EngineUnavailableException)
        {
            again = _client.HoldFor / AgainAfter;
        }
        catch (BudgetEngineException)
        {
            // It has ended: settled meanwhile, released by somebody, or lapsed. There is nothing left to keep.
            return;
        }
        catch (ObjectDisposedException)
        {
            // The client was disposed of before the call ended.
            return;
        }

        if (!_isOver) _timer.Change(again, Timeout.InfiniteTimeSpan);
    }
}
