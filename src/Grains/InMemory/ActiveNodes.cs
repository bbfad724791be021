using System.Collections.Concurrent;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.CostCenters;

namespace BudgetEngine.Grains.InMemory;

/// <summary>
/// The cost centers that are in this process's memory, for direct turns and for whoever watches the process. A node's figures are read in a turn of its own, so
/// that nothing is written for it on the path of a check; it is no call, so watching keeps no node awake.
/// </summary>
public sealed class ActiveNodes
{
    private readonly ConcurrentDictionary<string, ActiveNode> _nodes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, NodeReading> _readings = new(StringComparer.Ordinal);
    private long _activated;
    private long _expired;
    private long _refusedTurns;

    public int Count => _nodes.Count;

    public IEnumerable<string> Paths => _nodes.Keys;

    /// <summary>Cost centers that came into memory since the process started.</summary>
    public long Activated => Volatile.Read(ref _activated);

    /// <summary>Reservations that lapsed, neither settled nor released, since the process started.</summary>
    public long Expired => Volatile.Read(ref _expired);

    /// <summary>Direct turns that met a node on its way out of memory, and became grain calls.</summary>
    public long RefusedTurns => Volatile.Read(ref _refusedTurns);

    /// <summary>Cost centers that allow nothing, since their state breaks an invariant.</summary>
    public int Broken => _nodes.Values.Count(n => n.IsBroken);

    /// <summary>Reservations that are open at the cost centers that own them.</summary>
    public long OpenReservations => _nodes.Values.Sum(n => (long)n.OpenReservations);

    /// <summary>The limited cost centers that would be shown if there were no limit.</summary>
    public int Limited => _nodes.Values.Count(n => n.IsLimited);

    /// <summary>The figures of limited cost centers, the shallowest first; those that do not answer in time are left out.</summary>
    public async Task<IReadOnlyList<ActiveNodeFigures>> ReadAsync(int most, TimeSpan within, TimeProvider clock)
    {
        var asked = Choose(most).Select(n => n.ReadAsync()).ToList();
        try
        {
            await Task.WhenAll(asked).WaitAsync(within, clock);
        }
        catch (TimeoutException)
        {
            // Whoever has not answered is busy, or is leaving memory.
        }

        var read = new List<ActiveNodeFigures>();
        foreach (var answer in asked.Where(a => a.IsCompletedSuccessfully)) read.AddRange(await answer);
        return read;
    }

    /// <summary>
    /// Ends those that nobody has asked for a while and that hold nothing, by the monotonic clock. Orleans' own collector goes by the wall clock: once that was ahead and was set back,
    /// nothing could come into memory until it had caught up (ADR 19).
    /// </summary>
    public void EndIdle(TimeProvider clock)
    {
        var now = Moment.Of(clock).MonotonicTicks;
        foreach (var node in _nodes.Values.Where(n => n.IsIdle(now)).OrderBy(n => n.Path, StringComparer.Ordinal)) node.EndIdle();
    }

    internal ActiveNode? Find(string costCenter) => _nodes.GetValueOrDefault(costCenter);

    internal ActiveNode Add(CostCenterNode node, CostCenterGrain grain, NodeTurns turns)
    {
        Interlocked.Increment(ref _activated);
        return _nodes[node.Path] = new ActiveNode(node, grain, turns);
    }

    /// <summary>A cost center is on its way into memory; to be disposed when it is in, or is not.</summary>
    internal NodeReading BeginReading(string costCenter) => _readings[costCenter] = new NodeReading(this, costCenter);

    internal void EndReading(NodeReading reading) => _readings.TryRemove(new(reading.CostCenter, reading));

    /// <summary>Something was set at these cost centers; null: somewhere. Who is reading one of them just now may have read what stood before.</summary>
    internal void NoteWritten(IEnumerable<string>? costCenters)
    {
        foreach (var path in costCenters ?? _readings.Keys)
        {
            if (_readings.TryGetValue(path, out var reading)) reading.IsStale = true;
        }
    }

    /// <summary>It leaves memory. A later activation of the same cost center stays.</summary>
    internal void Remove(ActiveNode? node)
    {
        if (node is not null) _nodes.TryRemove(new(node.Path, node));
    }

    internal void CountRefusedTurn() => Interlocked.Increment(ref _refusedTurns);

    internal void CountExpired() => Interlocked.Increment(ref _expired);

    private IEnumerable<ActiveNode> Choose(int most)
    {
        var limited = _nodes.Values.Where(n => n.IsLimited).ToList();
        return limited.Count <= most ? limited : limited.OrderBy(n => n.Depth).ThenBy(n => n.Path, StringComparer.Ordinal).Take(most);
    }
}
