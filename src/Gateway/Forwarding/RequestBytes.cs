using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Gateway.Forwarding;

/// <summary>The body of one request, read whole, and the room that it and its answer take until its call has ended.</summary>
internal sealed class RequestBytes(RequestRoom room, string caller) : IDisposable
{
    private const int PieceBytes = 64 * 1024;

    private long _taken;

    /// <summary>The request itself, and its call to the provider, which goes on when the caller leaves.</summary>
    private int _users = 1;

    /// <exception cref="BadHttpRequestException">It is too large (413), comes too slowly (408), or there is no room for it (503).</exception>
    public async Task<byte[]> ReadAsync(HttpRequest request, int max, TimeSpan within)
    {
        if (request.ContentLength > max) throw TooLarge(max);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(request.HttpContext.RequestAborted);
        ends.CancelAfter(within);
        using var body = new MemoryStream();
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (await request.Body.ReadAsync(piece, ends.Token) is > 0 and var read)
            {
                if (body.Length + read > max) throw TooLarge(max);
                if (!TryTake(read)) throw new BadHttpRequestException("Too many requests are in memory, of this caller or in all: try again when some have ended.", StatusCodes.Status503ServiceUnavailable);
                body.Write(piece, 0, read);
            }
        }
        catch (OperationCanceledException) when (!request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            throw new BadHttpRequestException($"The request was not whole within {within.TotalSeconds:0.#} s.", StatusCodes.Status408RequestTimeout);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        return body.ToArray();
    }

    /// <summary>Room for so many bytes more, given back with the rest; false: there is none.</summary>
    public bool TryTake(int bytes)
    {
        if (!room.TryTake(caller, bytes)) return false;
        _taken += bytes;
        return true;
    }

    /// <summary>One more user, until it disposes of this.</summary>
    public IDisposable Keep()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0) room.Give(caller, _taken);
    }

    private static BadHttpRequestException TooLarge(int max) => new($"The request is larger than {max} bytes.", StatusCodes.Status413PayloadTooLarge);
}
