using System.Net;

namespace BudgetEngine.TestKit.Waiting;

/// <summary>A request's body whose last byte comes when something else has happened.</summary>
public sealed class SlowContent(byte[] content, Func<Task> meanwhile) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(content.AsMemory(..^1));
        await stream.FlushAsync();
        await meanwhile();
        await stream.WriteAsync(content.AsMemory(^1..));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = content.Length;
        return true;
    }
}
