using System.Collections.Concurrent;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.Torture.Traffic;

namespace BudgetEngine.Cluster.Traffic;

/// <summary>Callers as a careful gateway has them: a check that gets no answer, or none that decides, is asked once more, at another silo.</summary>
internal sealed class RetryingCallers : IAsyncDisposable
{
    private const int Workers = 8;
    private const decimal Amount = 0.001m;

    private readonly Func<IReadOnlyList<EngineProcess>> _silos;
    private readonly IReadOnlyList<string> _costCenters;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task[] _workers;
    private readonly ConcurrentQueue<string> _retried = [];
    private readonly ConcurrentQueue<string> _failed = [];
    private int _asked;
    private int _next;

    private RetryingCallers(Func<IReadOnlyList<EngineProcess>> silos, IReadOnlyList<string> costCenters)
    {
        (_silos, _costCenters) = (silos, costCenters);
        _workers = [.. Enumerable.Range(0, Workers).Select(i => RunAsync(new Random(i)))];
    }

    public int Asked => Volatile.Read(ref _asked);

    /// <summary>What the first answer was, of checks that were asked twice.</summary>
    public IReadOnlyCollection<string> Retried => _retried;

    /// <summary>What both answers were, of checks that failed.</summary>
    public IReadOnlyCollection<string> Failed => _failed;

    public static RetryingCallers Start(Func<IReadOnlyList<EngineProcess>> silos, IReadOnlyList<string> costCenters) => new(silos, costCenters);

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_workers);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task RunAsync(Random random)
    {
        while (!_stopping.IsCancellationRequested)
        {
            var costCenter = _costCenters[random.Next(_costCenters.Count)];
            var id = $"retry-{Interlocked.Increment(ref _asked)}";
            var silos = _silos();
            var at = (int)((uint)Interlocked.Increment(ref _next) % (uint)silos.Count);
            if (await AskAsync(silos[at], costCenter, id) is not { } first) continue;
            _retried.Enqueue($"{costCenter} at silo {at}: {first}");
            silos = _silos();
            var second = await AskAsync(silos[(at + 1) % silos.Count], costCenter, id);
            if (second is not null) _failed.Enqueue($"{costCenter}: {first}; asked again: {second}");
        }
    }

    /// <summary>Null: decided. Else what went wrong.</summary>
    private static async Task<string?> AskAsync(EngineProcess silo, string costCenter, string id)
    {
        try
        {
            var answer = await silo.Caller.CheckAsync(costCenter, Amount, id, ttlSeconds: 8);
            if (answer.Status != 200) return $"{answer.Status} {answer.Code}";
            if (!answer.Allowed) return $"denied {answer.Reason}";
            return answer.Body.GetProperty("degraded").GetBoolean() ? "allowed degraded" : null;
        }
        catch (Exception gone) when (MixedLoad.IsGone(gone) || gone is ObjectDisposedException)
        {
            return gone.Message;
        }
    }
}
