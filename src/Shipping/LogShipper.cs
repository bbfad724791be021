using BudgetEngine.Shipping.Files;
using BudgetEngine.Shipping.Hosting;
using BudgetEngine.Shipping.Lines;
using BudgetEngine.Shipping.Posting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Shipping;

/// <summary>
/// Settles what an access log says: reads lines, posts them, and only then goes on. Every line is posted at least once, and recorded once, since its id is its
/// reservation's. In memory there is one batch; the log itself is the queue.
/// </summary>
internal sealed partial class LogShipper(IOptions<ShipOptions> options, PositionFile saved, UsagePost post, TimeProvider clock, ILogger<LogShipper> log) : BackgroundService
{
    private static readonly TimeSpan _firstRetry = TimeSpan.FromMilliseconds(100);

    private readonly ShipOptions _options = options.Value;
    private readonly RotatedFiles _files = new(options.Value.File, options.Value.StateFile);
    private ShipTotals _totals = ShipTotals.None;
    private LogPosition? _position;
    private LogFile? _file;

    /// <summary>The file that is read has ended, and the log's name led elsewhere at the last look too.</summary>
    private bool _isLeaving;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (saved.Load() is { } state) (_position, _totals) = (state.Position, state.Totals);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                _file ??= Open();
                var batch = _file is null ? [] : ReadBatch(_file);
                if (batch.Count > 0) await ShipAsync(_file!, batch, stoppingToken);
                else if (_file is null || !await MovesOnAsync(_file, stoppingToken)) await Task.Delay(_options.PollInterval, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was read and not acknowledged is read again.
        }
        finally
        {
            _file?.Dispose();
        }
    }

    /// <summary>The file of the position, wherever it is now; null: there is no log yet.</summary>
    private LogFile? Open()
    {
        if (_position is { } position && _files.Find(position) is { } path) return LogFile.TryOpen(path, position.Offset, _options.MaxLineBytes);
        var file = LogFile.TryOpen(_options.File, 0, _options.MaxLineBytes);
        if (file is null || _position is null) return file;
        FileGone(log, _options.File);
        _position = null;
        return file;
    }

    private List<LogLine> ReadBatch(LogFile file)
    {
        var batch = new List<LogLine>();
        while (batch.Count < _options.BatchRecords && file.Next() is { } line) batch.Add(line);
        // It was emptied and written anew meanwhile: what was read there belongs to no known place.
        if (_position is { } position && !file.Is(position)) return [];
        if (batch.Count > 0) _isLeaving = false;
        return batch;
    }

    /// <summary>At the end of a file: whether there is more elsewhere, which is opened.</summary>
    private async Task<bool> MovesOnAsync(LogFile file, CancellationToken cancellationToken)
    {
        if (_position is { } known ? _files.IsCurrent(known) && file.Is(known) : file.IsAt(_options.File)) return _isLeaving = false;
        // It was emptied, after it had been copied: what was not read is in the copy.
        if (_position is { } position && !file.Is(position)) return Reopen(Open());
        // Whoever writes may still have it open: it is read once more after the new one is there.
        if (!File.Exists(_options.File) || !_isLeaving)
        {
            _isLeaving = true;
            return false;
        }

        if (file.Rest() is { } rest) await ShipAsync(file, [rest], cancellationToken);
        var next = LogFile.TryOpen(_files.After(_position is null ? null : _files.Find(_position)), 0, _options.MaxLineBytes);
        if (next is not null) _position = null;
        return Reopen(next);
    }

    /// <summary>False: there is nothing to open now.</summary>
    private bool Reopen(LogFile? file)
    {
        _isLeaving = false;
        if (file is null) return false;
        _file?.Dispose();
        _file = file;
        return true;
    }

    /// <summary>Posts the lines until each has its outcome, and saves the position after them.</summary>
    private async Task ShipAsync(LogFile file, IReadOnlyList<LogLine> lines, CancellationToken cancellationToken)
    {
        var (records, left, bad) = (new List<SettlementRecord>(), 0, 0);
        foreach (var line in lines)
        {
            if (line.Text is not { } text || !AccessLine.TryRead(text, out var record)) bad++;
            else if (record is null) left++;
            else records.Add(record);
        }

        // Before the first post: after a kill, and rotations, this is the file to look for.
        if (_position is null && file.Head(lines[0].End) is { } head) Save(new LogPosition(head.Head, head.Length, 0));
        if (bad > 0) BadLines(log, bad, _options.File, lines[^1].End, _totals.Bad + bad);
        _totals = _totals with { Left = _totals.Left + left, Bad = _totals.Bad + bad };
        await PostAsync(records, cancellationToken);
        if (_position is { } position) Save(position with { Offset = lines[^1].End });
    }

    private void Save(LogPosition position)
    {
        _position = position;
        saved.Save(new SavedState(position, _totals));
    }

    private async Task PostAsync(IReadOnlyList<SettlementRecord> records, CancellationToken cancellationToken)
    {
        for (var pause = _firstRetry; records.Count > 0; pause = pause * 2 < _options.RetryAtMost ? pause * 2 : _options.RetryAtMost)
        {
            try
            {
                var outcome = await post.SendAsync(records, cancellationToken);
                _totals = _totals with { Recorded = _totals.Recorded + outcome.Recorded, Duplicates = _totals.Duplicates + outcome.Duplicates, Rejected = _totals.Rejected + outcome.Codes.Count };
                if (outcome.Codes.Count > 0) Rejected(log, outcome.Codes.Count, string.Join(", ", outcome.Codes.Distinct()), _totals.Rejected);
                records = outcome.Again;
                if (records.Count == 0) return;
            }
            catch (HttpRequestException away)
            {
                EngineAway(log, away.Message, records.Count);
            }

            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    [LoggerMessage(EventId = 7001, Level = LogLevel.Warning, Message = "{Count} lines of {File} before byte {Offset} are no access log's, or too long; {Total} so far")]
    private static partial void BadLines(ILogger logger, int count, string file, long offset, long total);

    [LoggerMessage(EventId = 7002, Level = LogLevel.Warning, Message = "The engine rejects {Count} records: {Codes}; {Total} so far")]
    private static partial void Rejected(ILogger logger, int count, string codes, long total);

    [LoggerMessage(EventId = 7003, Level = LogLevel.Warning, Message = "The engine does not take usage now, and is asked again: {Why} {Count} records wait")]
    private static partial void EngineAway(ILogger logger, string why, int count);

    [LoggerMessage(EventId = 7004, Level = LogLevel.Warning, Message = "The file that was read last is gone: lines that it had besides are not settled. {File} is read from its beginning")]
    private static partial void FileGone(ILogger logger, string file);
}
