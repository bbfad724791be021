using System.Diagnostics;
using BudgetEngine.Load.Memory;

namespace BudgetEngine.Load.Collector;

/// <summary>Watches the stops of a server that was started with <see cref="CounterHook.Environment"/>, pauses included.</summary>
internal sealed class PauseWatch
{
    private readonly string _socket;
    private readonly ProcessCounters _before;
    private readonly long _started = Stopwatch.GetTimestamp();

    private PauseWatch(string socket, ProcessCounters before) => (_socket, _before) = (socket, before);

    public static async Task<PauseWatch> BeginAsync(string socket, CancellationToken cancellationToken) =>
        new(socket, await CounterHook.BeginAnewAsync(socket, cancellationToken));

    public async Task<PauseFigures> EndAsync(CancellationToken cancellationToken)
    {
        var (within, after) = (Stopwatch.GetElapsedTime(_started), await CounterHook.ReadAsync(_socket, cancellationToken));
        // The events of the last stops come a moment after them.
        await Task.Delay(Sizes.EventPause, TimeProvider.System, cancellationToken);
        var longest = (await CounterHook.ReadAsync(_socket, cancellationToken)).LongestPause;
        return new PauseFigures(within, after.Paused - _before.Paused, longest, after.Collections - _before.Collections);
    }
}
