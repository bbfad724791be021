using BudgetEngine.TestKit.Engine;
using BudgetEngine.Torture.Traffic;

namespace BudgetEngine.Cluster.Traffic;

/// <summary>How long each of some cost centers went without a granted check while something was done to the cluster. Reported, never asserted.</summary>
internal sealed class Availability : IAsyncDisposable
{
    private const int Probes = 12;

    private static readonly TimeSpan _every = TimeSpan.FromMilliseconds(50);

    private readonly Caller _caller;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<string, long> _gaps = [];
    private readonly List<Task> _loops;
    private int _asked;
    private int _failed;

    private Availability(Caller caller, IReadOnlyList<string> probes)
    {
        _caller = caller;
        _loops = [.. probes.Select(ProbeAsync)];
    }

    /// <summary>Checks, and those of them that were not granted.</summary>
    public (int Asked, int Failed) Counts => (Volatile.Read(ref _asked), Volatile.Read(ref _failed));

    /// <summary>Tenants of their own, each of one node, so that each is somewhere else.</summary>
    public static async Task<IReadOnlyList<string>> PrepareAsync(Caller caller, string name)
    {
        string[] probes = [.. Enumerable.Range(0, Probes).Select(i => $"{name}-{i}")];
        foreach (var probe in probes) await caller.SetBudgetAsync(probe, new { daily = 1_000_000 });
        return probes;
    }

    public static Availability Watch(Caller caller, IReadOnlyList<string> probes) => new(caller, probes);

    /// <summary>The longest time without a grant of each probe, in milliseconds.</summary>
    public async Task<IReadOnlyDictionary<string, long>> EndAsync()
    {
        await DisposeAsync();
        return _gaps;
    }

    public static string Text(IEnumerable<long> gaps)
    {
        var sorted = gaps.Order().ToList();
        return sorted.Count == 0 ? "none" : $"{sorted.Count}: least {sorted[0]}, median {sorted[sorted.Count / 2]}, most {sorted[^1]} ms";
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops);
    }

    private async Task ProbeAsync(string probe)
    {
        using var timer = new PeriodicTimer(_every);
        var last = Environment.TickCount64;
        var longest = 0L;
        do
        {
            var granted = await IsGrantedAsync(probe);
            Interlocked.Increment(ref _asked);
            if (!granted) Interlocked.Increment(ref _failed);
            var now = Environment.TickCount64;
            longest = Math.Max(longest, now - last);
            if (granted) last = now;
        }
        while (await NextAsync(timer));
        lock (_gaps) _gaps[probe] = longest;
    }

    private async Task<bool> NextAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<bool> IsGrantedAsync(string probe)
    {
        try
        {
            var answer = await _caller.CheckAsync(probe, 0.001m, ttlSeconds: 1);
            return answer.Allowed && !answer.Body.GetProperty("degraded").GetBoolean();
        }
        catch (Exception gone) when (MixedLoad.IsGone(gone))
        {
            return false;
        }
    }
}
