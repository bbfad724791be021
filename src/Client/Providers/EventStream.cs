namespace BudgetEngine.Client.Providers;

/// <summary>Cuts a stream of server-sent events into its events, wherever the pieces of bytes end. No byte is changed, added or lost.</summary>
internal sealed class EventStream
{
    /// <summary>A longer event is passed on as it comes, unread.</summary>
    public const int MaxEventBytes = 4 * 1024 * 1024;

    private byte[] _buffer = new byte[8 * 1024];
    private int _length;
    private int _scanned;

    /// <summary>The event that is not complete yet.</summary>
    public ReadOnlySpan<byte> Rest => _buffer.AsSpan(0, _length);

    public bool IsTooLong => _length > MaxEventBytes;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes.Length));
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Takes the next whole event off the front, its empty line included.</summary>
    public bool TryTake(out byte[] whole)
    {
        // Three bytes back: the end may have begun in the piece before.
        for (var at = Math.Max(0, _scanned - 3); at < _length; at++)
        {
            var end = EndAt(at);
            if (end < 0) continue;
            whole = _buffer.AsSpan(0, end).ToArray();
            Remove(end);
            return true;
        }

        _scanned = _length;
        whole = [];
        return false;
    }

    public byte[] TakeRest()
    {
        var rest = Rest.ToArray();
        Remove(_length);
        return rest;
    }

    /// <summary>The data of an event, its lines joined.</summary>
    public static byte[] DataOf(ReadOnlySpan<byte> whole)
    {
        var data = new List<byte>(whole.Length);
        foreach (var range in whole.SplitAny((byte)'\r', (byte)'\n'))
        {
            var line = whole[range];
            if (!line.StartsWith("data:"u8)) continue;
            if (data.Count > 0) data.Add((byte)'\n');
            line = line[5..];
            data.AddRange(line.StartsWith(" "u8) ? line[1..] : line);
        }

        return [.. data];
    }

    /// <summary>Where the event ends if its empty line begins here; else -1.</summary>
    private int EndAt(int at)
    {
        var rest = _buffer.AsSpan(at, _length - at);
        if (rest.StartsWith("\n\n"u8) || rest.StartsWith("\r\r"u8)) return at + 2;
        return rest.StartsWith("\n\r\n"u8) ? at + 3 : -1;
    }

    private void Remove(int count)
    {
        _buffer.AsSpan(count, _length - count).CopyTo(_buffer);
        _length -= count;
        _scanned = 0;
    }
}
