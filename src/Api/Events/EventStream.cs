using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using BudgetEngine.Api.Alerts;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace BudgetEngine.Api.Events;

/// <summary>
/// One stream of server-sent events, until its listener goes, its key does not count any more, or this process stops. A listener that does not keep up is cut
/// off, not buffered for: it comes back with the id of the last event that it has seen.
/// </summary>
/// <param name="mayListen">Whether the key still counts.</param>
/// <param name="ending">The listener has gone, or this process goes.</param>
internal sealed class EventStream(HttpContext context, EventListener listener, Resolution resolution, TimeProvider clock, Func<bool> mayListen, CancellationToken ending)
{
    /// <summary>How soon a listener that lost its connection comes back.</summary>
    private const int RetryMilliseconds = 2_000;

    private static readonly byte[] Beat = ": here\n\n"u8.ToArray();

    private readonly HashSet<string> _replayed = new(StringComparer.Ordinal);
    private DateTimeOffset _writtenAt;

    private PipeWriter Body => context.Response.BodyWriter;

    /// <param name="replay">Alerts that this process does not remember; oldest first.</param>
    public async Task RunAsync(IReadOnlyList<Alert> replay)
    {
        Begin();
        if (!await FlushAsync() || !await CatchUpAsync(replay)) return;
        Task<bool>? arrived = null;
        while (mayListen())
        {
            if (listener.IsTooSlow)
            {
                Cut();
                return;
            }

            WriteQueued();
            if (clock.GetUtcNow() - _writtenAt >= EventLimits.Heartbeat) Write(Beat);
            if (!await FlushAsync()) return;
            arrived ??= listener.Queue.WaitToReadAsync(ending).AsTask();
            await Task.WhenAny(arrived, Task.Delay(EventLimits.Watch, clock, ending));
            ending.ThrowIfCancellationRequested();
            if (arrived.IsCompleted) arrived = null;
        }
    }

    private void Begin()
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        // For proxies that would gather the answer first.
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        Write(Encoding.ASCII.GetBytes($"retry: {RetryMilliseconds}\n\n"));
    }

    /// <summary>What was missed; only then the listener's last id is where it is now.</summary>
    private async Task<bool> CatchUpAsync(IReadOnlyList<Alert> replay)
    {
        foreach (var alert in replay)
        {
            _replayed.Add(alert.Id);
            Write(LiveEvent.FrameOf(EventKind.Alert, EventDraft.Json(resolution, AlertResponse.Of(alert)).Span, null));
            if (!await FlushAsync()) return false;
        }

        foreach (var live in listener.Missed)
        {
            Write(listener.Filter.FrameOf(live)!);
            if (!await FlushAsync()) return false;
        }

        Write(Encoding.ASCII.GetBytes($"id: {listener.Position}\n\n"));
        return await FlushAsync();
    }

    private void WriteQueued()
    {
        while (Body.UnflushedBytes < MaxUnflushed && listener.Queue.TryRead(out var live))
        {
            if (live.AlertId is { } id && _replayed.Contains(id)) continue;
            Write(listener.Filter.FrameOf(live)!);
        }
    }

    /// <summary>Written at once; the rest in the next turn.</summary>
    private const int MaxUnflushed = 64 * 1024;

    private void Write(byte[] frame)
    {
        Body.Write(frame);
        _writtenAt = clock.GetUtcNow();
    }

    /// <summary>False: the stream has ended.</summary>
    private async ValueTask<bool> FlushAsync()
    {
        var flush = Body.FlushAsync(ending);
        if (flush.IsCompletedSuccessfully) return !flush.Result.IsCompleted;
        var flushing = flush.AsTask();
        var startedAt = clock.GetTimestamp();
        while (await Task.WhenAny(flushing, Task.Delay(EventLimits.Watch, clock, ending)) != flushing)
        {
            ending.ThrowIfCancellationRequested();
            if (mayListen() && !listener.IsTooSlow && clock.GetElapsedTime(startedAt) < EventLimits.WriteWithin) continue;
            Cut();
            return false;
        }

        return !(await flushing).IsCompleted;
    }

    /// <summary>What the listener has not taken is thrown away.</summary>
    private void Cut() => context.Abort();
}
