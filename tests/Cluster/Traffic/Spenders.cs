using System.Collections.Concurrent;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;
using BudgetEngine.Torture.Traffic;

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
    public async Task WhenUsedUpAsync(IEnumerable<string> nodes, double withinSeconds = 60)
    {
        var since = Environment.TickCount64;
        List<string> left = [.. nodes];
        try
        {
            await Eventually.HoldsAsync("all are used up", async () =>
            {
                // One that has failed asks no more: its failure says why, not the wait.
                if (_workers.FirstOrDefault(w => w.IsFaulted) is { } failed) await failed;
                left.RemoveAll(n => _asked.Any(a => a.Node == n && a.At > since && a.Reason == "budget_exceeded"));
                return left.Count == 0;
            }, withinSeconds);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Awaited for {withinSeconds} s in vain that nothing is left. {string.Join("; ", left.Select(n => $"{n}: {Answers(n, since)}"))}");
        }
    }

    private string Answers(string node, long since) => string.Join(
        ", ",
        _asked.Where(a => a.Node == node && a.At > since).GroupBy(a => a.Reason ?? (a.IsUnknown ? "no answer" : "allow"))
            .Select(g => $"{g.Count()} {g.Key} ({(g.Min(a => a.At) - since) / 1000} to {(g.Max(a => a.At) - since) / 1000} s)"));

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_workers);
    }

    /// <summary>Asks again under its id what got no answer, or none that says what became of it, until each has one.</summary>
    public Task ResolveAsync() => Eventually.HoldsAsync("every check has an answer that says what became of it", async () =>
    {
        var open = _asked.Where(a => a.IsUnknown || a.Reason == "ledger_unavailable").ToList();
        foreach (var asked in open)
        {
            try
            {
                await AskAsync(asked);
            }
            catch (Exception gone) when (MixedLoad.IsGone(gone))
            {
                // Again in the next round.
            }
        }

        return open.Count == 0;
    }, 60);

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
