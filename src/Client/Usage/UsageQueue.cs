using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Client.Usage;

/// <summary>
/// Sends usage records behind the caller's back: while one batch is under way the next gathers. A batch whose outcome is unknown is sent again under the same
/// ids until it is known, so that every record counts once.
/// </summary>
internal sealed partial class UsageQueue : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    private readonly Transport.EngineConnection _engine;
    private readonly BudgetClientOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Channel<Entry> _entries;
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Task _sending;
    private long _lost;
    private long _waiting;

    public UsageQueue(Transport.EngineConnection engine, BudgetClientOptions options, TimeProvider clock, ILogger log)
    {
        (_engine, _options, _clock, _log) = (engine, options, clock, log);
        _entries = Channel.CreateBounded<Entry>(new BoundedChannelOptions(options.MaxQueuedRecords) { SingleReader = true });
        _sending = SendAllAsync();
    }

    /// <summary>Records that were given up when the client was disposed of, or that came when the queue was full and the caller could not wait.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Records that are not sent yet.</summary>
    public long Waiting => Interlocked.Read(ref _waiting);

    /// <summary>Waits while the queue is full.</summary>
    public async ValueTask AddAsync(UsageRecord record, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _entries.Writer.WriteAsync(new Entry(record, null), cancellationToken);
        }
        catch
        {
            Interlocked.Decrement(ref _waiting);
            throw;
        }
    }

    /// <summary>For callers that must not wait: a full queue loses the record, which is counted and logged.</summary>
    public void AddOrLose(UsageRecord record)
    {
        Interlocked.Increment(ref _waiting);
        if (_entries.Writer.TryWrite(new Entry(record, null))) return;
        Interlocked.Decrement(ref _waiting);
        Interlocked.Increment(ref _lost);
        LogLost(record.RequestId, "the queue is full or closed");
    }

    /// <summary>Until every record added before has been recorded or refused.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _entries.Writer.WriteAsync(new Entry(null, sent), cancellationToken);
        await sent.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _entries.Writer.TryComplete();
        try
        {
            await _sending.WaitAsync(_options.FlushTimeout, _clock);
        }
        catch (TimeoutException)
        {
            await _giveUp.CancelAsync();
            await _sending;
        }

        _giveUp.Dispose();
    }

    private async Task SendAllAsync()
    {
        var batch = new List<UsageRecord>();
        var flushes = new List<TaskCompletionSource>();
        while (await _entries.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (batch.Count < _options.MaxBatch && _entries.Reader.TryRead(out var entry))
            {
                if (entry.Record is { } record) batch.Add(record);
                else flushes.Add(entry.Flushed!);
            }

            await SendUntilKnownAsync(batch);
            foreach (var flush in flushes) flush.TrySetResult();
            flushes.Clear();
        }
    }

    /// <summary>Empties the batch.</summary>
    private async Task SendUntilKnownAsync(List<UsageRecord> batch)
    {
        var pause = FirstPause;
        while (batch.Count > 0)
        {
            var before = batch.Count;
            foreach (var ofOneKey in batch.GroupBy(r => r.As).ToList()) await SendOnceAsync(batch, [.. ofOneKey]);
            if (batch.Count == 0) return;
            if (_giveUp.IsCancellationRequested)
            {
                Lose(batch);
                return;
            }

            // Progress means that the engine is there.
            pause = batch.Count < before ? FirstPause : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, _options.MaxPause.Ticks));
            await PauseAsync(pause);
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _clock, _giveUp.Token);
        }
        catch (OperationCanceledException)
        {
            // One last attempt follows, and then the loop gives up.
        }
    }

    /// <summary>Takes out of the batch what is recorded or refused; the rest is sent again.</summary>
    private async Task SendOnceAsync(List<UsageRecord> batch, UsageRecord[] records)
    {
        BatchAnswer answer;
        try
        {
            answer = await _engine.PostUsageAsync(records, _giveUp.Token);
        }
        catch (Exception unknown) when (unknown is EngineUnavailableException or OperationCanceledException)
        {
            return;
        }
        catch (BudgetEngineException large) when (large.Status == HttpStatusCode.RequestEntityTooLarge && records.Length > 1)
        {
            // Records of any length are taken, not any number of them at once.
            await SendOnceAsync(batch, records[..(records.Length / 2)]);
            await SendOnceAsync(batch, records[(records.Length / 2)..]);
            return;
        }
        catch (BudgetEngineException refused)
        {
            foreach (var record in records) Reject(batch, record, refused.Code, refused.Message);
            return;
        }

        foreach (var item in answer.Results)
        {
            var record = records[item.Index];
            if (item.Result != "rejected") Done(batch, record);
            else if (item.Retryable != true) Reject(batch, record, item.Code ?? "rejected", item.Detail ?? "");
        }
    }

    private void Reject(List<UsageRecord> batch, UsageRecord record, string code, string detail)
    {
        Done(batch, record);
        LogRejected(record.RequestId, code, detail);
        try
        {
            _options.OnRejected?.Invoke(new RejectedUsage(record, code, detail));
        }
        catch (Exception thrown)
        {
            // The application's own fault, which must not end the sending of the rest.
            LogThrown(thrown, record.RequestId);
        }
    }

    private void Lose(List<UsageRecord> batch)
    {
        foreach (var record in batch.ToList())
        {
            Done(batch, record);
            Interlocked.Increment(ref _lost);
            LogLost(record.RequestId, "the engine did not answer before the end");
        }
    }

    private void Done(List<UsageRecord> batch, UsageRecord record)
    {
        batch.RemoveAll(r => ReferenceEquals(r, record));
        Interlocked.Decrement(ref _waiting);
    }

    /// <summary>A record to send, or a mark that tells when all before it are done.</summary>
    private readonly record struct Entry(UsageRecord? Record, TaskCompletionSource? Flushed);

    [LoggerMessage(1, LogLevel.Error, "Usage record {RequestId} was refused: {Code}: {Detail}")]
    private partial void LogRejected(string requestId, string code, string detail);

    [LoggerMessage(2, LogLevel.Error, "Usage record {RequestId} is lost: {Why}")]
    private partial void LogLost(string requestId, string why);

    [LoggerMessage(3, LogLevel.Error, "OnRejected has thrown for usage record {RequestId}")]
    private partial void LogThrown(Exception thrown, string requestId);
}
