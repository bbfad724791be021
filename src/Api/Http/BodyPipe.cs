using System.IO.Pipelines;
using BudgetEngine.Api.Errors;

namespace BudgetEngine.Api.Http;

/// <summary>
/// A body while it is read in parts. What is kept of it takes room, and what has begun must be whole in time: the server's own minimum rate is an average, by which a sender
/// of a quick megabyte may stand still for an hour. Throws <see cref="BodyRefusedException"/> from reading. Disposed of, it gives its room back.
/// </summary>
internal sealed class BodyPipe(PipeReader reader, BodyRoom room, string key, TimeSpan within, TimeProvider clock) : IDisposable
{
    private static readonly Problem _noRoom = new(ApiCode.Overloaded, "Too much of bodies that are not whole yet is in memory. Send smaller ones, fewer at once, or later.");

    private long _room;

    /// <summary>When what is being read began; null: between two records.</summary>
    private long? _began;

    /// <summary>Between two records a sender may pause as long as it likes.</summary>
    public bool IsBetweenRecords
    {
        set => _began = value ? null : _began ?? clock.GetTimestamp();
    }

    /// <param name="read">A read that has begun already; null: none.</param>
    public async ValueTask<ReadResult> ReadAsync(ValueTask<ReadResult>? read = null)
    {
        var next = read ?? reader.ReadAsync();
        while (true)
        {
            var result = next.IsCompleted || _began is not { } began ? await next : await InTimeAsync(next, began);
            if (!result.IsCanceled)
            {
                Keep(result.Buffer.Length);
                return result;
            }

            // A timer that came too late for the read before this one.
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.Start);
            next = reader.ReadAsync();
        }
    }

    public void AdvanceTo(SequencePosition consumed, SequencePosition examined) => reader.AdvanceTo(consumed, examined);

    public void Dispose()
    {
        if (_room > 0) room.Give(key, _room);
        _room = 0;
    }

    private async Task<ReadResult> InTimeAsync(ValueTask<ReadResult> read, long began)
    {
        var left = within - clock.GetElapsedTime(began);
        if (left <= TimeSpan.Zero) left = TimeSpan.Zero;
        await using var timer = clock.CreateTimer(static pipe => ((PipeReader)pipe!).CancelPendingRead(), reader, left, Timeout.InfiniteTimeSpan);
        var result = await read;
        if (!result.IsCanceled || clock.GetElapsedTime(began) < within) return result;
        reader.AdvanceTo(result.Buffer.End);
        throw new BodyRefusedException(new Problem(ApiCode.BodyTooSlow, $"The body, or one record of it, was not whole within {within.TotalSeconds:0.#} s of its first byte."));
    }

    private void Keep(long bytes)
    {
        var needed = Math.Max(0, bytes - BodyRoom.FreeBytes);
        if (needed > _room && !room.TryTake(key, needed - _room)) throw new BodyRefusedException(_noRoom);
        if (needed < _room) room.Give(key, _room - needed);
        _room = needed;
    }
}
