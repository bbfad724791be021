using System.Net;

namespace BudgetEngine.Client.Http;

/// <summary>The content of a streamed answer, settled at its end or when it is disposed of before.</summary>
internal sealed class SettlingContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly SettlingStream _stream;

    public SettlingContent(HttpContent inner, SettlingStream stream)
    {
        (_inner, _stream) = (inner, stream);
        foreach (var (name, values) in inner.Headers.NonValidated)
        {
            // What is taken out of the stream makes it shorter.
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)) Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        }
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(_stream);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _stream.CopyToAsync(stream);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream.Dispose();
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
