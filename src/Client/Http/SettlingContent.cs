using System.Net;

namespace BudgetEngine.Client.Http;

/// <summary>
/// The content of an answer that passes as it comes, settled at its end or when it is disposed of before. It does not tell its length: what is taken out of a
/// stream makes it shorter, and who knows the length does not wait for the end.
/// </summary>
internal sealed class SettlingContent(ReadingStream stream) : HttpContent
{
    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(stream);

    protected override Task SerializeToStreamAsync(Stream target, TransportContext? context) => stream.CopyToAsync(target);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) stream.Dispose();
        base.Dispose(disposing);
    }
}
