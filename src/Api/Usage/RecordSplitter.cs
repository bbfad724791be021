using System.Buffers;

namespace BudgetEngine.Api.Usage;

/// <summary>What was found next in a body of records.</summary>
internal enum SplitResult
{
    /// <summary>A whole record.</summary>
    Record,

    /// <summary>The end of a record that is too large; its bytes are gone.</summary>
    TooLarge,

    /// <summary>More bytes are needed.</summary>
    More,

    /// <summary>The body has ended as it should.</summary>
    End,

    /// <summary>The array breaks off here.</summary>
    Broken,
}

/// <summary>
/// Cuts a stream of bytes into records, in time linear in the bytes and in memory bounded by one record, however the bytes arrive. It only looks for where a
/// record ends; what is in it the JSON reader judges.
/// </summary>
internal sealed class RecordSplitter
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> InText = SearchValues.Create("\"\\"u8);

    private enum State
    {
        BeforeArray,
        BeforeFirst,
        BeforeRecord,
        InRecord,
        AfterRecord,
        Ended,
    }

    private readonly bool _lines;
    private readonly bool _single;
    private readonly int _maxRecordBytes;
    private State _state;
    private long _scanned;
    private int _depth;
    private bool _text;
    private bool _escaped;
    private bool _tooLarge;

    private RecordSplitter(bool lines, State state, int maxRecordBytes, bool single = false)
    {
        _lines = lines;
        _single = single;
        _state = state;
        _maxRecordBytes = maxRecordBytes;
    }

    /// <summary>One record per line; blank lines are none.</summary>
    public static RecordSplitter Lines(int maxRecordBytes) => new(true, State.InRecord, maxRecordBytes);

    /// <summary>The items of one JSON array.</summary>
    public static RecordSplitter Array(int maxRecordBytes) => new(false, State.BeforeArray, maxRecordBytes);

    /// <summary>One value, over as many lines as it likes; what follows it is left in the buffer.</summary>
    public static RecordSplitter Value(int maxRecordBytes) => new(false, State.BeforeRecord, maxRecordBytes, single: true);

    /// <summary>Takes the next record off the front of the buffer. <paramref name="isLast"/>: no bytes will follow these.</summary>
    public SplitResult Next(ref ReadOnlySequence<byte> buffer, bool isLast, out ReadOnlySequence<byte> record) =>
        _lines ? NextLine(ref buffer, isLast, out record) : NextItem(ref buffer, isLast, out record);

    private SplitResult NextLine(ref ReadOnlySequence<byte> buffer, bool isLast, out ReadOnlySequence<byte> record)
    {
        while (true)
        {
            // Blank lines are passed over at once, a hundred million of them as well as one.
            if (_scanned == 0 && !_tooLarge && !TrySkipSpace(ref buffer, out _))
            {
                record = default;
                return isLast ? SplitResult.End : SplitResult.More;
            }

            var unseen = buffer.Slice(_scanned);
            var end = unseen.PositionOf((byte)'\n');
            if (end is null && !isLast) return NeedMore(ref buffer, out record);
            record = end is { } at ? buffer.Slice(0, at) : buffer;
            buffer = end is { } newline ? buffer.Slice(buffer.GetPosition(1, newline)) : buffer.Slice(buffer.End);
            _scanned = 0;
            if (_tooLarge || record.Length > _maxRecordBytes)
            {
                _tooLarge = false;
                return SplitResult.TooLarge;
            }

            if (!IsBlank(record)) return SplitResult.Record;
            if (end is null) return SplitResult.End;
        }
    }

    private SplitResult NextItem(ref ReadOnlySequence<byte> buffer, bool isLast, out ReadOnlySequence<byte> record)
    {
        record = default;
        while (_state != State.InRecord)
        {
            if (!TrySkipSpace(ref buffer, out var next)) return Exhausted(isLast);
            switch (_state, next)
            {
                case (State.BeforeArray, (byte)'['): _state = State.BeforeFirst; break;
                case (State.BeforeFirst, (byte)']') or (State.AfterRecord, (byte)']'): _state = State.Ended; break;
                case (State.AfterRecord, (byte)','): _state = State.BeforeRecord; break;
                case (State.BeforeFirst or State.BeforeRecord, not ((byte)']' or (byte)',')): _state = State.InRecord; continue;
                default: return SplitResult.Broken;
            }

            buffer = buffer.Slice(1);
        }

        if (!TryFindEnd(buffer, out var length))
        {
            if (!isLast) return NeedMore(ref buffer, out record);
            // A bare value ends with the body, if nothing else has to follow.
            if (!_single || _depth > 0 || _text) return SplitResult.Broken;
            length = buffer.Length;
        }

        record = buffer.Slice(0, length);
        buffer = buffer.Slice(length);
        _state = State.AfterRecord;
        _scanned = 0;
        if (!_tooLarge && record.Length <= _maxRecordBytes) return SplitResult.Record;
        _tooLarge = false;
        return SplitResult.TooLarge;
    }

    private SplitResult Exhausted(bool isLast) => !isLast ? SplitResult.More : _state == State.Ended ? SplitResult.End : SplitResult.Broken;

    /// <summary>Keeps the beginning of a record; of one that is too large already, only the knowledge of it.</summary>
    private SplitResult NeedMore(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> record)
    {
        record = default;
        _scanned = buffer.Length;
        if (_scanned > _maxRecordBytes)
        {
            _tooLarge = true;
            buffer = buffer.Slice(buffer.End);
            _scanned = 0;
        }

        return SplitResult.More;
    }

    /// <summary>Goes on where the last scan stopped. A value ends where its nesting does; a bare one before a comma, a bracket or white space at the top.</summary>
    private bool TryFindEnd(in ReadOnlySequence<byte> buffer, out long length)
    {
        length = _scanned;
        foreach (var memory in buffer.Slice(_scanned))
        {
            var span = memory.Span;
            for (var i = 0; i < span.Length; i++)
            {
                if (!Step(span, ref i, out var inclusive)) continue;
                length += i + (inclusive ? 1 : 0);
                return true;
            }

            length += span.Length;
        }

        return false;
    }

    /// <summary>Goes to the next byte that matters; true when the value ends there.</summary>
    private bool Step(ReadOnlySpan<byte> span, ref int i, out bool inclusive)
    {
        inclusive = true;
        if (_escaped)
        {
            _escaped = false;
            return false;
        }

        var rest = span[i..];
        var jump = _text ? rest.IndexOfAny(InText) : _depth > 0 ? rest.IndexOfAny(Structure) : 0;
        if (jump < 0)
        {
            i = span.Length;
            return false;
        }

        i += jump;
        if (!_text) return StepOutsideText(span[i], out inclusive);
        _escaped = span[i] == '\\';
        _text = _escaped;
        return !_text && _depth == 0;
    }

    private bool StepOutsideText(byte b, out bool inclusive)
    {
        inclusive = true;
        switch (b)
        {
            case (byte)'"':
                _text = true;
                return false;
            case (byte)'{' or (byte)'[':
                _depth++;
                return false;
            case (byte)'}' or (byte)']' when _depth > 0:
                return --_depth == 0;
            case (byte)',' or (byte)']' or (byte)'}' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' when _depth == 0:
                inclusive = false;
                return true;
            default:
                return false;
        }
    }

    private static bool TrySkipSpace(ref ReadOnlySequence<byte> buffer, out byte next)
    {
        next = 0;
        while (!buffer.IsEmpty)
        {
            var span = buffer.FirstSpan;
            var at = span.IndexOfAnyExcept(" \t\r\n"u8);
            if (at >= 0)
            {
                next = span[at];
                buffer = buffer.Slice(at);
                return true;
            }

            buffer = buffer.Slice(span.Length);
        }

        return false;
    }

    private static bool IsBlank(in ReadOnlySequence<byte> line)
    {
        foreach (var memory in line)
        {
            if (memory.Span.IndexOfAnyExcept(" \t\r"u8) >= 0) return false;
        }

        return true;
    }
}
