using System.Net;
using BudgetEngine.Client.Transport;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Client.Usage;

/// <summary>
/// Sends usage records behind the caller's back, one request at a time: while one batch is under way the next gathers. A batch whose outcome is unknown is sent
/// again under the same ids until it is known, so that every record counts once. Each key waits by itself before that, and the others go on.
/// </summary>
internal sealed partial class UsageQueue : IAsyncDisposable
{
    private readonly EngineConnection _engine;
    private readonly BudgetClientOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _room;
    private readonly UsageLanes _lanes;
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Task _sending;
    private long _lost;
    private long _waiting;

    public UsageQueue(EngineConnection engine, BudgetClientOptions options, TimeProvider clock, ILogger log)
    {
        (_engine, _options, _clock, _log) = (engine, options, clock, log);
        _room = new SemaphoreSlim(options.MaxQueuedRecords);
        _lanes = new UsageLanes(clock);
        _sending = SendAllAsync();
    }

    /// <summary>Records that were given up when the client was disposed of, or that came when the queue was full and the caller could not wait.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Records whose outcome is not known yet.</summary>
    public long Waiting => Interlocked.Read(ref _waiting);

    /// <summary>Waits while the queue is full.</summary>
    public async ValueTask AddAsync(UsageRecord record, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _room.WaitAsync(cancellationToken);
            ObjectDisposedException.ThrowIf(!TryAdd(record), typeof(BudgetClient));
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
        if (_room.Wait(TimeSpan.Zero, CancellationToken.None) && TryAdd(record)) return;
        Interlocked.Decrement(ref _waiting);
        Interlocked.Increment(ref _lost);
        LogLost(record.RequestId, "the queue is full or closed");
    }

    /// <summary>Until every record added before has been recorded or refused.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) => _lanes.ReachedAsync().WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _lanes.Close();
        try
        {
            await _sending.WaitAsync(_options.FlushTimeout, _clock);
        }
        catch (TimeoutException)
        {
            await _giveUp.CancelAsync();
            _lanes.Hurry();
            await _sending;
        }

        _lanes.Dispose();
        _giveUp.Dispose();
    }

    /// <summary>With room that was taken; false: the queue is closed.</summary>
    private bool TryAdd(UsageRecord record)
    {
        if (_lanes.TryAdd(record)) return true;
        _room.Release();
        return false;
    }

    private async Task SendAllAsync()
    {
        while (await _lanes.NextAsync(_options.MaxBatch) is { } lane)
        {
            var before = lane.Batch.Count;
            if (_giveUp.IsCancellationRequested) Lose(lane.Batch);
            else await SendOnceAsync(lane.Batch, [.. lane.Batch]);
            lane.SetPause(lane.Batch.Count < before, _options.MaxPause);
            _lanes.PutBack(lane);
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
        _room.Release();
    }

    [LoggerMessage(1, LogLevel.Error, "Usage record {RequestId} was refused: {Code}: {Detail}")]
    private partial void LogRejected(string requestId, string code, string detail);

    [LoggerMessage(2, LogLevel.Error, "Usage record {RequestId} is lost: {Why}")]
    private partial void LogLost(string requestId, string why);

    [LoggerMessage(3, LogLevel.Error, "OnRejected has thrown for usage record {RequestId}")]
    private partial void LogThrown(Exception thrown, string requestId);
}
