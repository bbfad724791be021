using System.Text;

namespace BudgetEngine.Api.Events;

/// <summary>An event with its id, ready to be sent to anybody.</summary>
internal sealed class LiveEvent
{
    private static readonly string[] Words = ["decision", "spend", "alert", "budget"];

    public LiveEvent(LiveEventId id, EventDraft draft)
    {
        (Id, Kind, CostCenter, AlertId) = (id, draft.Kind, draft.CostCenter, draft.AlertId);
        Frame = FrameOf(draft.Kind, draft.Data.Span, id);
        FrameBelow = draft.DataBelow is { } below ? FrameOf(draft.Kind, below.Span, id) : null;
    }

    public LiveEventId Id { get; }

    public EventKind Kind { get; }

    public string CostCenter { get; }

    public string? AlertId { get; }

    public byte[] Frame { get; }

    public byte[]? FrameBelow { get; }

    /// <summary>Samples may be forgotten early; alerts and changes of budgets are facts.</summary>
    public bool IsSample => Kind is EventKind.Decision or EventKind.Spend;

    public int Bytes => Frame.Length + (FrameBelow?.Length ?? 0);

    /// <summary>A frame of server-sent events.</summary>
    /// <param name="id">Null: the listener's last id stays as it is.</param>
    public static byte[] FrameOf(EventKind kind, ReadOnlySpan<byte> data, LiveEventId? id)
    {
        var head = Encoding.ASCII.GetBytes($"{(id is null ? "" : $"id: {id}\n")}event: {Words[(int)kind]}\ndata: ");
        return [.. head, .. data, (byte)'\n', (byte)'\n'];
    }
}
