using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace BudgetEngine.Api.Http;

/// <summary>
/// What is still to come of bodies whose requests are refused. The server would throw each away as fast as it comes, for five seconds, which takes the processors from everybody else where a
/// gigabyte a second comes; here all of them together have so many bytes a second, and what has no turn waits at its sender. Most senders look for their answer only when they have sent all, so
/// it is thrown away at all.
/// </summary>
internal sealed class RefusedBodies(TimeProvider clock)
{
    /// <summary>Of all refused bodies together.</summary>
    public const int BytesPerSecond = 16 * 1024 * 1024;

    /// <summary>At once, where little came before.</summary>
    public const int BurstBytes = BytesPerSecond / 2;

    /// <summary>How long the end of one is waited for; then its connection is cut. The server would wait five seconds.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(2);

    /// <summary>Whose turn would come later has its connection cut at once: in a flood of them most would be cut in the end, and until then each stays in memory, with its connection.</summary>
    public static readonly TimeSpan LongestLine = TimeSpan.FromMilliseconds(250);

    /// <summary>Between an answer and a cut, so that the answer is on its way: what is not sent goes with the connection.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private long _free = long.MinValue;

    /// <summary>After the answer has been written. Nothing is left to read afterwards, or the connection is cut.</summary>
    public async ValueTask EndAsync(HttpContext context)
    {
        // In HTTP/2 the body of one request waits by itself, and its end tells the sender of no error.
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true } || !HttpProtocol.IsHttp11(context.Request.Protocol) || context.RequestAborted.IsCancellationRequested) return;
        try
        {
            await context.Response.CompleteAsync();
            using var late = new CancellationTokenSource(Within, clock);
            var reader = context.Request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync(late.Token);
                var bytes = read.Buffer.Length;
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return;
                if (Take(bytes) is not { } wait) break;
                if (wait > TimeSpan.Zero) await Task.Delay(wait, clock, late.Token);
            }

            await Task.Delay(OnItsWay, clock, late.Token);
        }
        catch (BadHttpRequestException)
        {
            // Larger than the server takes at all, or no body: it ends the connection by itself, after the answer.
            return;
        }
        catch (OperationCanceledException)
        {
            // It has had its time.
        }
        catch (Exception)
        {
            // The sender has gone, or a read was broken off that cannot be gone on with. The request has been answered: nobody is to be told.
            await Task.Delay(OnItsWay, clock);
        }

        context.Abort();
    }

    /// <summary>How long to wait after so many bytes before the next ones are read; null: too many others wait.</summary>
    internal TimeSpan? Take(long bytes)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            var burst = clock.TimestampFrequency * BurstBytes / BytesPerSecond;
            var free = Math.Max(_free, now - burst);
            if (clock.GetElapsedTime(now, free) > LongestLine) return null;
            _free = free + clock.TimestampFrequency * bytes / BytesPerSecond;
            return _free <= now ? TimeSpan.Zero : clock.GetElapsedTime(now, _free);
        }
    }
}
