using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.TestKit.Traffic;

/// <summary>
/// Callers of cost centers that are being moved: checks that are settled, and records without one, under old and new names. Each record is repeated, as it was sent, until it is
/// acknowledged, whichever engine dies meanwhile.
/// </summary>
/// <param name="engine">An engine that may answer; asked before each call.</param>
public sealed class MoveTraffic(Func<Caller> engine)
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    private volatile string[] _names = [];
    private int _ids;
    private int _denied;

    /// <summary>Under which names it asks and posts; a leaf of them is <c>/a</c> to <c>/c</c>.</summary>
    public IReadOnlyList<string> Names
    {
        get => _names;
        set => _names = [.. value];
    }

    /// <summary>Acknowledged records by id, with what each cost.</summary>
    public ConcurrentDictionary<string, SentRecord> Acknowledged { get; } = [];

    /// <summary>Checks that were denied because of the move.</summary>
    public int Denied => Volatile.Read(ref _denied);

    /// <summary>Until stopped, and until what it has sent is acknowledged.</summary>
    public async Task RunAsync(Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var (id, cost) = ($"t-{Interlocked.Increment(ref _ids)}", random.NextInt64(1, Nano.PerUnit / 2));
            var record = new JsonObject { ["request_id"] = id, ["cost"] = Nano.ToUnits(cost) };
            var path = $"{_names[random.Next(_names.Length)]}/{(char)('a' + random.Next(3))}";
            if (random.Next(2) == 0 && await CheckAsync(path, random) is { } reservation) record["reservation_id"] = reservation;
            else (record["cost_center"], record["user"]) = (path, $"u-{random.Next(3)}");
            await PostAsync(new SentRecord(id, record, cost));
        }
    }

    /// <summary>Null: denied, as what is moved just now is; or nobody answered.</summary>
    private async Task<string?> CheckAsync(string path, Random random)
    {
        var answer = await AskAsync(c => c.CheckAsync(path, 0.5m, ttlSeconds: 20, user: $"u-{random.Next(3)}"));
        if (answer is not { Status: 200 }) return null;
        if (answer.Allowed) return answer.ReservationId;
        Assert.True(answer.Reason is "paused" or "ledger_unavailable", answer.Text);
        Interlocked.Increment(ref _denied);
        return null;
    }

    private async Task PostAsync(SentRecord sent)
    {
        while (true)
        {
            var answer = await AskAsync(c => c.PostAsync("/v1/usage", sent.Record));
            if (answer is { Status: 200 })
            {
                Assert.True(answer.Result is "recorded" or "duplicate", answer.Text);
                Acknowledged[sent.Id] = sent;
                return;
            }

            Assert.True(answer is null or { Status: 503 }, answer?.Text);
            await Task.Delay(_pause, TimeProvider.System);
        }
    }

    /// <summary>Null: the engine is gone.</summary>
    private async Task<Answer?> AskAsync(Func<Caller, Task<Answer>> call)
    {
        try
        {
            return await call(engine());
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            await Task.Delay(_pause, TimeProvider.System);
            return null;
        }
    }
}
