using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace BudgetEngine.Fuzz.Races;

/// <summary>A body whose second half comes later: what was read before it must not be written after it.</summary>
internal sealed class SlowContent : HttpContent
{
    private readonly byte[] _body;
    private readonly TimeSpan _pause;

    public SlowContent(string body, TimeSpan pause)
    {
        (_body, _pause) = (Encoding.UTF8.GetBytes(body), pause);
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var half = _body.Length / 2;
        await stream.WriteAsync(_body.AsMemory(0, half));
        await stream.FlushAsync();
        if (_pause > TimeSpan.Zero) await Task.Delay(_pause, TimeProvider.System);
        await stream.WriteAsync(_body.AsMemory(half));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
