using BudgetEngine.Client.Transport;

namespace BudgetEngine.Client.Usage;

/// <summary>The records of one key, in the order in which they came. What is to be sent again goes first, and keeps back the records of this key only.</summary>
/// <param name="credentials">Whose key it is; null: the client's.</param>
internal sealed class UsageLane(EngineCredentials? credentials)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    private readonly Queue<Entry> _entries = [];

    public EngineCredentials? Credentials => credentials;

    /// <summary>The records that are being sent, or are to be sent again. Only the sender looks at them.</summary>
    public List<UsageRecord> Batch { get; } = [];

    /// <summary>Before the next attempt.</summary>
    public TimeSpan Pause { get; private set; } = FirstPause;

    public bool IsEmpty => Batch.Count == 0 && _entries.Count == 0;

    public void Add(UsageRecord record) => _entries.Enqueue(new Entry(record, null));

    /// <summary>Completes when every record that was added before has been recorded or refused.</summary>
    public Task AddMark()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _entries.Enqueue(new Entry(null, reached));
        return reached.Task;
    }

    /// <summary>Takes the next records up to a mark, once there are none to be sent again.</summary>
    public void Fill(int most)
    {
        if (Batch.Count > 0) return;
        while (Batch.Count < most && _entries.TryPeek(out var next) && next.Record is { } record)
        {
            Batch.Add(record);
            _entries.Dequeue();
        }
    }

    /// <summary>Completes the marks that come before any record.</summary>
    public void CompleteMarks()
    {
        while (Batch.Count == 0 && _entries.TryPeek(out var next) && next.Reached is { } reached)
        {
            reached.TrySetResult();
            _entries.Dequeue();
        }
    }

    /// <summary>Sets the pause after an attempt. Progress means that the engine is there.</summary>
    public void SetPause(bool hasProgress, TimeSpan longest) => Pause = hasProgress ? FirstPause : TimeSpan.FromTicks(Math.Min(Pause.Ticks * 2, longest.Ticks));

    /// <summary>A record to send, or a mark.</summary>
    private readonly record struct Entry(UsageRecord? Record, TaskCompletionSource? Reached);
}
