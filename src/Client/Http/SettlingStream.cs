using BudgetEngine.Client.Providers;

namespace BudgetEngine.Client.Http;

/// <summary>
/// A stream of events on its way to the caller: every event passes as it came, but for the usage that only we asked for. At its end the call is settled before
/// the end is told; when it breaks or is given up, with what was produced until then.
/// </summary>
internal sealed class SettlingStream(HttpContent content, Stream inner, AnswerReader answer, bool hidesUsage, Func<string, bool, Task> settle) : ReadingStream
{
    private readonly EventStream _events = new();
    private readonly byte[] _read = new byte[16 * 1024];
    private ReadOnlyMemory<byte> _ready;
    private Exception? _broken;
    private bool _ended;
    private bool _disposed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_ready.IsEmpty)
        {
            if (_broken is not null) throw _broken;
            if (_ended) return 0;
            await FillAsync(cancellationToken);
        }

        var count = Math.Min(buffer.Length, _ready.Length);
        _ready[..count].CopyTo(buffer);
        _ready = _ready[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            if (!_ended)
            {
                _ended = true;
                answer.ReadUnfinished(_events.Rest);
                // A library that has seen the last event does not read on to the end.
                _ = settle(answer.Reported is not null ? "success" : "cancelled", false);
            }

            content.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        int count;
        try
        {
            count = await inner.ReadAsync(_read, cancellationToken);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            _broken = broken;
            await EndAsync("error");
            return;
        }

        if (count == 0)
        {
            await EndAsync(answer.HasError ? "error" : "success");
            return;
        }

        _events.Add(_read.AsSpan(0, count));
        _ready = Take();
    }

    /// <summary>What had come of an unfinished event passes too: the caller gets what the provider sent.</summary>
    private async Task EndAsync(string status)
    {
        _ended = true;
        answer.ReadUnfinished(_events.Rest);
        _ready = _events.TakeRest();
        await settle(status, true);
    }

    private ReadOnlyMemory<byte> Take()
    {
        var passed = new List<byte>();
        while (_events.TryTake(out var whole))
        {
            var isUsageOnly = answer.ReadEvent(whole);
            if (!(isUsageOnly && hidesUsage)) passed.AddRange(whole);
        }

        if (_events.IsTooLong)
        {
            var rest = _events.TakeRest();
            answer.Skip(rest.Length);
            passed.AddRange(rest);
        }

        return passed.ToArray();
    }
}
