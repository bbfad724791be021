namespace BudgetEngine.Shipping.Files;

/// <summary>One file of a log, read line by line. It goes on being read under whatever name it gets.</summary>
internal sealed class LogFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly byte[] _buffer;
    private int _start;
    private int _end;
    private bool _isTooLong;

    private LogFile(string path, long offset, int maxLineBytes)
    {
        Path = path;
        Offset = offset;
        _stream = OpenStream(path);
        _stream.Position = offset;
        _buffer = new byte[maxLineBytes + 1];
    }

    /// <summary>The name that it was opened under.</summary>
    public string Path { get; }

    /// <summary>Where the next line begins.</summary>
    public long Offset { get; private set; }

    /// <summary>Opens a file; null: there is none.</summary>
    public static LogFile? TryOpen(string path, long offset, int maxLineBytes)
    {
        try
        {
            return new LogFile(path, offset, maxLineBytes);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether it is still the file of the position: false after it was emptied, to be written anew.</summary>
    public bool Is(LogPosition position) => _stream.Length >= position.Offset && HeadOf(position.HeadLength) == position.Head;

    /// <summary>Of a file without a whole line: whether the path leads to it. An empty file is nobody's.</summary>
    public bool IsAt(string path)
    {
        var length = (int)Math.Min(_stream.Length, Fingerprint.MaxLength);
        return length > 0 && _stream.Length >= Offset + _end - _start && HeadOf(length) == Fingerprint.Of(path, length);
    }

    /// <summary>Shared with whoever writes, renames and deletes.</summary>
    public static FileStream OpenStream(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <summary>The next whole line; null: there is none yet.</summary>
    public LogLine? Next()
    {
        while (true)
        {
            var length = Array.IndexOf(_buffer, (byte)'\n', _start, _end - _start) - _start;
            if (length >= 0) return Take(length, 1);
            if (_end - _start == _buffer.Length)
            {
                // Longer than allowed: what is there is dropped, and so is the rest as it comes.
                _isTooLong = true;
                Offset += _end - _start;
                (_start, _end) = (0, 0);
            }

            Array.Copy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
            var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
            if (read == 0) return null;
            _end += read;
        }
    }

    /// <summary>Of a file that is written no more: what comes after its last whole line; null: nothing.</summary>
    public LogLine? Rest() => _end > _start || _isTooLong ? Take(_end - _start, 0) : null;

    /// <summary>The length and hash of its beginning; null: no whole line is there yet.</summary>
    public (string Head, int Length)? Head(long firstLineEnd)
    {
        var length = (int)Math.Min(firstLineEnd, Fingerprint.MaxLength);
        return HeadOf(length) is { } head ? (head, length) : null;
    }

    public void Dispose() => _stream.Dispose();

    private string? HeadOf(int length)
    {
        var position = _stream.Position;
        var head = Fingerprint.Of(_stream, length);
        _stream.Position = position;
        return head;
    }

    private LogLine Take(int length, int newline)
    {
        var text = _isTooLong ? null : _buffer.AsSpan(_start, length).ToArray();
        _isTooLong = false;
        _start += length + newline;
        Offset += length + newline;
        return new LogLine(text, Offset);
    }
}
