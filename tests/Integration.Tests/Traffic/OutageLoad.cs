using System.Collections.Concurrent;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Integration.Tests.Traffic;

/// <summary>Callers that post and check, and go on after a 503.</summary>
internal sealed class OutageLoad
{
    public const decimal Cost = 0.002m;

    private const int Workers = 6;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _workers;
    private int _ids;
    private int _checks;

    public OutageLoad(Caller caller) => _workers = [.. Enumerable.Range(0, Workers).Select(_ => RunAsync(caller))];

    public ConcurrentBag<string> Acknowledged { get; } = [];

    /// <summary>Answered 503: repeated later under the same id.</summary>
    public ConcurrentBag<string> Unknown { get; } = [];

    public int Checks => _checks;

    /// <summary>True when so many more posts than <paramref name="before"/> have been acknowledged; throws what a caller has failed with.</summary>
    public bool Has(int before, int more)
    {
        if (_workers.Any(w => w.IsFaulted)) throw new InvalidOperationException("A caller has failed.", _workers.First(w => w.IsFaulted).Exception);
        return Acknowledged.Count >= before + more;
    }

    public static string PathOf(string id) => id.EndsWith('1') ? "acme/soft/leaf" : "acme/hard/leaf";

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_workers);
    }

    private async Task RunAsync(Caller caller)
    {
        while (!_stopping.IsCancellationRequested)
        {
            var id = $"load-{Interlocked.Increment(ref _ids)}";
            var check = await caller.CheckAsync(PathOf(id), 0.001m);
            check.Is(200);
            Interlocked.Increment(ref _checks);
            if (check.Allowed && !check.Body.GetProperty("degraded").GetBoolean()) (await caller.DeleteAsync($"/v1/reservations/{check.ReservationId}")).Is(200);
            var post = await caller.ReportAsync(id, PathOf(id), Cost);
            if (post.Status == 200) Acknowledged.Add(id);
            else if (post.Status == 503) Unknown.Add(id);
            else Assert.Fail(post.Text);
        }
    }
}
