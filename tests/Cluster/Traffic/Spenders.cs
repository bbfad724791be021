using System.Collections.Concurrent;
using BudgetEngine.Integration.Tests;
using BudgetEngine.Torture;

namespace BudgetEngine.Cluster.Traffic;

/// <summary>One check that was asked, and what became of it.</summary>
internal sealed class Asked(string node, string requestId)
{
    public string Node => node;

    public string RequestId => requestId;

    /// <summary>Monotonic milliseconds.</summary>
    public long At { get; } = Environment.TickCount64;

    /// <summary>Null: denied, or no answer came.</summary>
    public string? ReservationId { get; set; }

    /// <summary>Why it was denied; null: it was not, or no answer came.</summary>
    public string? Reason { get; set; }

    public bool IsUnknown => ReservationId is null && Reason is null;
}

/// <summary>Callers that reserve the same amount again and again at some cost centers, until each of them is used up, and settle nothing: every unit is counted.</summary>
/// <param name="name">Begins the ids of these checks: no other callers of the same cost centers may have it.</param>
internal sealed class Spenders(Caller caller, decimal amount, string name)
{
    private const int Workers = 8;
    private const int Ttl = 3_600;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentQueue<Asked> _asked = [];
    private readonly CancellationTokenSource _stopping = new();
    private int _ids;
    private Task[] _workers = [];

    public IReadOnlyCollection<Asked> All => _asked;

    public void Start(IReadOnlyList<string> nodes) =>
        _workers = [.. Enumerable.Range(0, Workers).Select(i => RunAsync(nodes, new Random(i)))];

    public int AllowedAt(string node) => _asked.Count(a => a.Node == node && a.ReservationId is not null);

    /// <summary>Waits until every cost center has refused, for lack of budget, a check that was asked after this moment.</summary>
    public Task WhenUsedUpAsync(IEnumerable<string> nodes, double withinSeconds = 60)
    {
        var since = Environment.TickCount64;
        return Eventually.HoldsAsync(
            $"{string.Join(", ", nodes)} are used up",
            () => nodes.All(n => _asked.Any(a => a.Node == n && a.At > since && a.Reason == "budget_exceeded")), withinSeconds);
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_workers);
    }

    /// <summary>Asks again under its id what got no answer, or none that says what became of it.</summary>
    public async Task ResolveAsync()
    {
        foreach (var asked in _asked.Where(a => a.IsUnknown || a.Reason == "ledger_unavailable")) await AskAsync(asked);
    }

    /// <summary>One check at one cost center.</summary>
    public async Task<Asked> AskAsync(string node)
    {
        var asked = new Asked(node, $"{name}-{Interlocked.Increment(ref _ids)}");
        _asked.Enqueue(asked);
        await AskAsync(asked);
        return asked;
    }

    private async Task AskAsync(Asked asked)
    {
        var answer = await caller.CheckAsync(asked.Node, amount, asked.RequestId, Ttl);
        answer.Is(200);
        if (answer.Allowed && answer.Body.GetProperty("degraded").GetBoolean()) throw new InvalidOperationException($"Allowed without a hold: {answer.Text}");
        asked.ReservationId = answer.Allowed ? answer.ReservationId : null;
        asked.Reason = answer.Allowed ? null : answer.Reason;
    }

    private async Task RunAsync(IReadOnlyList<string> nodes, Random random)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if ((await AskAsync(nodes[random.Next(nodes.Count)])).ReservationId is null) await Task.Delay(_pause);
            }
            catch (Exception gone) when (MixedLoad.IsGone(gone))
            {
                await Task.Delay(_pause);
            }
        }
    }
}
