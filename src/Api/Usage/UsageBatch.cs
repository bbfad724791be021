using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Keys;
using BudgetEngine.Ledger;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Api.Usage;

/// <summary>
/// The records of one large body: gathered into chunks, posted one chunk at a time while the next is read, and what became of them. At most one chunk is on
/// its way and one is being filled, so a body of any length takes bounded memory; whoever adds waits while both are full.
/// </summary>
/// <param name="hasEnded">Whether the sender's key has ended, which it may while the body comes.</param>
internal sealed partial class UsageBatch(UsageService usage, Subtree subtree, Func<bool> hasEnded, UsageOptions options, bool listAll, ILogger logger)
{
    /// <summary>Bytes of the body after which a chunk is full however few records it has: what waits to be posted, survives the collections of everybody's requests meanwhile.</summary>
    public const int MaxChunkBytes = 512 * 1024;

    private readonly List<RecordResponse> _results = [];
    private List<UsageInput> _chunk = [];
    private long _chunkBytes;
    private Task _posting = Task.CompletedTask;
    private long _posted;
    private long _recorded;
    private long _duplicates;
    private long _rejected;

    /// <summary>Records added so far.</summary>
    public long Count { get; private set; }

    /// <summary>More records were refused for a quota than the answer lists: the body must end here, or its sender would not know which.</summary>
    public Problem? MustEnd { get; private set; }

    /// <summary>Seconds after which what was refused for a quota may be taken; null: nothing was.</summary>
    public int? RetryAfter { get; private set; }

    /// <summary>There were records, and none was JSON.</summary>
    public bool IsNoJson { get; private set; } = true;

    /// <param name="bytes">Of the body, that the record took.</param>
    public async ValueTask AddAsync(UsageInput record, long bytes)
    {
        _chunk.Add(record);
        _chunkBytes += bytes;
        Count++;
        IsNoJson &= record.Unreadable is { Code: ApiCode.MalformedJson };
        if (_chunk.Count < options.ChunkRecords && _chunkBytes < MaxChunkBytes) return;
        await _posting;
        Post();
    }

    /// <summary>The sender pauses: what there is need not wait for a full chunk.</summary>
    public void PostIfIdle()
    {
        if (_chunk.Count > 0 && _posting.IsCompleted) Post();
    }

    /// <summary>Everything that was added has its outcome when this returns.</summary>
    public async Task CompleteAsync()
    {
        await _posting;
        if (_chunk.Count == 0) return;
        Post();
        await _posting;
    }

    public BatchResponse ToResponse() => new(_recorded, _duplicates, _rejected, _results);

    private void Post()
    {
        _posting = PostAsync(_chunk);
        _chunk = new List<UsageInput>(_chunk.Count);
        _chunkBytes = 0;
    }

    private async Task PostAsync(List<UsageInput> records)
    {
        IReadOnlyList<UsageResult> results;
        try
        {
            // No token: what was read whole is posted, also when its sender is gone.
            results = await usage.PostAsync(records, subtree, bulk: true, CancellationToken.None, hasEnded());
        }
        catch (Exception fault)
        {
            // Safe: the outcome of these is unknown and is told so, and what came before keeps its place in the answer.
            PostFailed(logger, fault, records.Count);
            results = [.. records.Select(r => Failed(r, fault))];
        }

        foreach (var result in results) Take(result);
    }

    private void Take(UsageResult result)
    {
        var index = _posted++;
        switch (result.Kind)
        {
            case UsageResultKind.Recorded: _recorded++; break;
            case UsageResultKind.Duplicate: _duplicates++; break;
            default: _rejected++; break;
        }

        if (result.Code == ApiCode.QuotaExceeded)
        {
            RetryAfter = Math.Max(RetryAfter ?? 1, result.RetryAfter ?? 1);
            if (_results.Count >= options.MaxBatchRecords) MustEnd ??= new Problem(ApiCode.QuotaExceeded, "More records are refused than the answer lists. Send the whole body again: what was recorded is a duplicate then.");
        }

        if (_results.Count < options.MaxBatchRecords && (listAll || result.Kind != UsageResultKind.Recorded)) _results.Add(RecordResponse.Of(index, result));
    }

    private static UsageResult Failed(UsageInput record, Exception fault) => new(
        record.RequestId, UsageResultKind.Rejected, default, default, fault is LedgerUnavailableException ? ApiCode.LedgerUnavailable : ApiCode.InternalError,
        "The outcome is unknown; send the same record again.", Retryable: true);

    [LoggerMessage(EventId = 3101, Level = LogLevel.Error, Message = "Posting a chunk of {Records} records failed")]
    private static partial void PostFailed(ILogger logger, Exception fault, int records);
}
