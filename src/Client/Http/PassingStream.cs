using BudgetEngine.Client.Providers;

namespace BudgetEngine.Client.Http;

/// <summary>
/// An answer that is no stream, and for which there was no room, on its way to the caller: it passes as it comes, and only what it says of its cost is read. At
/// its end the call is settled before the end is told. The provider has made it whole, so a caller that leaves pays for all of it: it is read to its end.
/// </summary>
/// <param name="content">The provider's, disposed of at the end.</param>
/// <param name="begun">What was read of it before, by <paramref name="skimmer"/> too.</param>
/// <param name="settle">Told how it ended.</param>
/// <param name="leave">Told that the caller has left, to have the rest read by <see cref="ReadToEndAsync"/>.</param>
internal sealed class PassingStream(
    HttpContent content, Stream inner, ReadOnlyMemory<byte> begun, AnswerSkimmer skimmer, Func<string, Task> settle, Action<PassingStream> leave) : ReadingStream
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private ReadOnlyMemory<byte> _ready = begun;
    private Task<int>? _reading;
    private bool _isOver;
    private bool _isDisposed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        if (_ready.IsEmpty && !_isOver) await ReadNextAsync(cancellationToken);
        var count = Math.Min(buffer.Length, _ready.Length);
        _ready[..count].CopyTo(buffer);
        _ready = _ready[count..];
        return count;
    }

    /// <summary>For nobody but the settlement.</summary>
    public async Task ReadToEndAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!_isOver) await ReadNextAsync(cancellationToken);
        }
        catch (Exception)
        {
            // Broken, which has been settled, or too late. Nobody waits for the reason.
            await settle("cancelled");
        }
        finally
        {
            content.Dispose();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _ready = default;
            if (_isOver) content.Dispose();
            else leave(this);
        }

        base.Dispose(disposing);
    }

    private async Task ReadNextAsync(CancellationToken cancellationToken)
    {
        // Not cancelled with its caller: that would end the connection, and nobody would learn the cost.
        _reading ??= inner.ReadAsync(_buffer).AsTask();
        int count;
        try
        {
            count = await _reading.WaitAsync(cancellationToken);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            // It stays broken for whoever reads again.
            await settle("error");
            throw;
        }

        _reading = null;
        _ready = _buffer.AsMemory(0, count);
        skimmer.Read(_ready.Span);
        if (count > 0) return;
        _isOver = true;
        await settle("success");
    }
}
