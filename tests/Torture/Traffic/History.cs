using System.Collections.Concurrent;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Torture.Traffic;

/// <summary>What the callers of one round have sent and been told. Everything the checks compare with comes from here or from the store, never from the engine alone.</summary>
/// <param name="timeMoves">The engine's clock may go a day ahead and back: what was reserved tomorrow cannot be settled today, by the date bounds of section 4.</param>
internal sealed class History(Action<string> violated, bool timeMoves)
{
    private readonly ConcurrentDictionary<string, int> _counts = [];
    private readonly ConcurrentQueue<PostedRecord> _acknowledged = [];
    private long _lastDeadline;
    private int _operations;

    public ConcurrentDictionary<string, PostedRecord> Records { get; } = [];

    public ConcurrentBag<Grant> Grants { get; } = [];

    public IReadOnlyDictionary<string, int> Counts => _counts;

    public int Operations => Volatile.Read(ref _operations);

    public int Acknowledged => _acknowledged.Count;

    /// <summary>The monotonic instant, in milliseconds, after which no hold of a short ttl may be left.</summary>
    public long LastDeadline => Volatile.Read(ref _lastDeadline);

    public void Violation(string what) => violated(what);

    public void Count(string what)
    {
        Interlocked.Increment(ref _operations);
        _counts.AddOrUpdate(what, 1, static (_, n) => n + 1);
    }

    public PostedRecord Add(PostedRecord record)
    {
        if (!Records.TryAdd(record.Id, record)) throw new InvalidOperationException($"The id {record.Id} was drawn twice.");
        return record;
    }

    public Grant Add(Grant grant)
    {
        Grants.Add(grant);
        return grant;
    }

    public void Acknowledge(PostedRecord record)
    {
        if (record.IsAcknowledged) return;
        record.Acknowledge();
        _acknowledged.Enqueue(record);
    }

    /// <summary>Any acknowledged record, of the older half.</summary>
    public PostedRecord? Pick(Random random) => _acknowledged.Skip(random.Next(1 + _acknowledged.Count / 2)).FirstOrDefault();

    public void Holds(int ttlSeconds)
    {
        var deadline = Environment.TickCount64 + (ttlSeconds * 1_000L);
        long known;
        while ((known = Volatile.Read(ref _lastDeadline)) < deadline && Interlocked.CompareExchange(ref _lastDeadline, deadline, known) != known)
        {
        }
    }

    /// <summary>A refusal that the moved clock is to blame for.</summary>
    public bool IsOfTime(string? code) => timeMoves && code == "timestamp_in_future";

    /// <summary>What the answer to a single record means; anything but its outcome or an honest "unknown" is a violation.</summary>
    public void Take(PostedRecord record, Answer answer)
    {
        if (answer.Status == 503 || IsOfTime(answer.Code)) return;
        if (answer.Status != 200)
        {
            Violation($"{record.Kind} {record.Id} was answered {answer.Status}: {answer.Text}");
            return;
        }

        var cost = Nano.Of(answer.Body.GetProperty("cost"));
        if (cost != record.Cost) Violation($"{record.Id} costs {record.Cost}, the answer says {cost}");
        if (record.IsAcknowledged && answer.Result != "duplicate") Violation($"{record.Id} was acknowledged before, and is now {answer.Result}");
        Acknowledge(record);
    }
}
