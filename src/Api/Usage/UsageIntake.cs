using System.Buffers;
using System.IO.Pipelines;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;

namespace BudgetEngine.Api.Usage;

/// <summary>Reads the records of a body as they arrive and adds them to a batch.</summary>
internal sealed class UsageIntake(BodyPipe reader, RecordFormat format) : IDisposable
{
    /// <summary>Work after which others have their turn on this thread: bytes, and what a record costs besides. A quarter of a millisecond or so.</summary>
    private const int TurnOfWork = 64 * 1024;
    private const int WorkOfRecord = 4_096;

    private int _work;
    private long _consumed;

    /// <summary>The first value of a JSON body: null with <see cref="IsArray"/> when the body is an array, of which nothing is consumed.</summary>
    public async Task<(UsageInput? Record, Problem? Problem)> ReadFirstAsync()
    {
        var splitter = RecordSplitter.Value(format.MaxRecordBytes);
        reader.IsBetweenRecords = false;
        while (true)
        {
            var result = await reader.ReadAsync();
            var buffer = result.Buffer;
            if (IsArrayAhead(buffer))
            {
                IsArray = true;
                reader.AdvanceTo(buffer.Start, buffer.Start);
                return (null, null);
            }

            var split = splitter.Next(ref buffer, result.IsCompleted, out var record);
            var input = split == SplitResult.Record ? format.Read(record) : null;
            Advance(result.Buffer, buffer);
            switch (split)
            {
                case SplitResult.Record:
                    return (input, null);
                case SplitResult.TooLarge:
                    return (UsageJson.TooLarge(format.MaxRecordBytes), null);
                case SplitResult.More when _consumed + buffer.Length > format.MaxArrayBytes:
                    return (null, BodyReader.TooLarge(format.MaxArrayBytes.Value));
                case SplitResult.Broken or SplitResult.End:
                    return (null, new Problem(ApiCode.MalformedJson, "The body is empty, or breaks off inside of its first value."));
            }
        }
    }

    public bool IsArray { get; private set; }

    /// <summary>Whether anything but white space follows.</summary>
    public async Task<bool> HasMoreAsync()
    {
        while (true)
        {
            var result = await reader.ReadAsync();
            var rest = result.Buffer;
            while (!rest.IsEmpty)
            {
                var at = rest.FirstSpan.IndexOfAnyExcept(" \t\r\n"u8);
                if (at >= 0)
                {
                    Advance(result.Buffer, rest.Slice(at), examineAll: false);
                    return true;
                }

                rest = rest.Slice(rest.FirstSpan.Length);
            }

            Advance(result.Buffer, rest);
            if (result.IsCompleted) return false;
        }
    }

    /// <summary>Reads on to the end.</summary>
    /// <returns>Null, or the problem at which the body breaks off.</returns>
    public async Task<Problem?> ReadAllAsync(bool isArray, UsageBatch batch)
    {
        reader.IsBetweenRecords = true;
        var splitter = isArray ? RecordSplitter.Array(format.MaxRecordBytes) : RecordSplitter.Lines(format.MaxRecordBytes);
        while (true)
        {
            ReadResult result;
            try
            {
                var read = reader.ReadAsync();
                if (!read.IsCompleted) batch.PostIfIdle();
                result = await read;
            }
            catch (BodyRefusedException refused)
            {
                return refused.Problem;
            }
            catch (Exception fault) when (fault is IOException or OperationCanceledException or InvalidDataException)
            {
                // Safe: the sender is gone, or its gzip ends early; every record before that stands, and the answer says where it broke off.
                return new Problem(ApiCode.MalformedBatch, $"The body ends early, after record {batch.Count}.");
            }

            var buffer = result.Buffer;
            var problem = await TakeAllAsync(splitter, isArray, batch, buffer, result.IsCompleted);
            if (problem.Ended) return problem.Problem;
        }
    }

    private async ValueTask<(bool Ended, Problem? Problem)> TakeAllAsync(
        RecordSplitter splitter, bool isArray, UsageBatch batch, ReadOnlySequence<byte> buffer, bool isLast)
    {
        var whole = buffer;
        while (true)
        {
            var split = splitter.Next(ref buffer, isLast, out var record);
            switch (split)
            {
                case SplitResult.More:
                    Advance(whole, buffer);
                    reader.IsBetweenRecords = buffer.IsEmpty;
                    await GiveWayAsync(whole.Length - buffer.Length);
                    // NDJSON is a stream without limit; an array is a document with one.
                    return isArray && _consumed + buffer.Length > format.MaxArrayBytes ? (true, BodyReader.TooLarge(format.MaxArrayBytes.Value)) : (false, null);
                case SplitResult.End:
                    Advance(whole, buffer);
                    return (true, null);
                case SplitResult.Broken:
                    Advance(whole, buffer);
                    return (true, Broken(batch));
            }

            if (isArray && batch.Count == format.MaxArrayRecords)
            {
                Advance(whole, buffer);
                return (true, new Problem(ApiCode.TooManyRecords, $"An array has at most {format.MaxArrayRecords} records; send NDJSON."));
            }

            var input = split == SplitResult.TooLarge ? UsageJson.TooLarge(format.MaxRecordBytes) : format.Read(record);
            if (isArray && format.BreaksOff && input.Unreadable is { Code: ApiCode.MalformedJson } unreadable)
            {
                Advance(whole, buffer);
                return (true, unreadable.Detail == JsonBody.TooDeep.Detail ? TooDeep(batch) : Broken(batch));
            }

            await batch.AddAsync(input, record.Length);
            if (batch.MustEnd is not null)
            {
                Advance(whole, buffer);
                return (true, batch.MustEnd);
            }

            reader.IsBetweenRecords = true;
            await GiveWayAsync(WorkOfRecord);
        }
    }

    /// <summary>A body that is there already is worked off without a wait, however much is in it: all threads of the pool would be taken by a few of them.</summary>
    private async ValueTask GiveWayAsync(long work)
    {
        _work += (int)work;
        if (_work < TurnOfWork) return;
        _work = 0;
        await Task.Yield();
    }

    public void Dispose() => reader.Dispose();

    private static Problem Broken(UsageBatch batch) => new(ApiCode.MalformedBatch, $"The array breaks off after record {batch.Count}: it is not JSON there.");

    private static Problem TooDeep(UsageBatch batch) =>
        new(ApiCode.MalformedBatch, $"The array breaks off after record {batch.Count}: the next one is nested deeper than {JsonFields.MaxDepth} levels.");

    private static bool IsArrayAhead(ReadOnlySequence<byte> buffer)
    {
        foreach (var memory in buffer)
        {
            var at = memory.Span.IndexOfAnyExcept(" \t\r\n"u8);
            if (at >= 0) return memory.Span[at] == '[';
        }

        return false;
    }

    private void Advance(in ReadOnlySequence<byte> whole, in ReadOnlySequence<byte> rest, bool examineAll = true)
    {
        _consumed += whole.Length - rest.Length;
        reader.AdvanceTo(rest.Start, examineAll ? whole.End : rest.Start);
    }
}
