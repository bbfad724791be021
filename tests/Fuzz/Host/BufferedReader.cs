using System.Text;

namespace BudgetEngine.Fuzz.Host;

/// <summary>Lines and counted bytes of a connection.</summary>
internal sealed class BufferedReader(Stream stream)
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _at;
    private int _filled;

    /// <summary>Without its ending; null at the end of the connection.</summary>
    public async Task<string?> LineAsync(CancellationToken cancellation)
    {
        var line = new MemoryStream();
        while (true)
        {
            if (_at == _filled && !await FillAsync(cancellation)) return null;
            var end = Array.IndexOf(_buffer, (byte)'\n', _at, _filled - _at);
            var stop = end < 0 ? _filled : end;
            line.Write(_buffer, _at, stop - _at);
            _at = end < 0 ? stop : stop + 1;
            if (end >= 0) return Encoding.Latin1.GetString(line.ToArray()).TrimEnd('\r');
        }
    }

    public async Task<byte[]> ExactlyAsync(int count, CancellationToken cancellation)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            if (_at == _filled && !await FillAsync(cancellation)) throw new IOException("The answer broke off.");
            var length = Math.Min(count - read, _filled - _at);
            Array.Copy(_buffer, _at, bytes, read, length);
            _at += length;
            read += length;
        }

        return bytes;
    }

    public async Task<byte[]> ToEndAsync(CancellationToken cancellation)
    {
        var bytes = new MemoryStream();
        do
        {
            bytes.Write(_buffer, _at, _filled - _at);
            _at = _filled;
        }
        while (await FillAsync(cancellation));
        return bytes.ToArray();
    }

    private async Task<bool> FillAsync(CancellationToken cancellation)
    {
        _at = 0;
        _filled = await stream.ReadAsync(_buffer, cancellation);
        return _filled > 0;
    }
}
