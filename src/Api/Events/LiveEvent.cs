using System.Text;
using System.Text.Json;
using BudgetEngine.Domain;

namespace BudgetEngine.Api;

internal enum EventKind
{
    Decision,
    Spend,
    Alert,
    Budget,
}

/// <summary>Something that has happened at a cost center.</summary>
/// <param name="CostCenter">Empty: at the installation.</param>
/// <param name="Data">JSON, without a line break.</param>
/// <param name="DataBelow">What those are told whose subtree lies below the cost center; null: nothing.</param>
internal sealed record EventDraft(EventKind Kind, string CostCenter, ReadOnlyMemory<byte> Data)
{
    public ReadOnlyMemory<byte>? DataBelow { get; init; }

    /// <summary>Of an alert: its id.</summary>
    public string? AlertId { get; init; }

    public static ReadOnlyMemory<byte> Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var json = JsonAnswer.Rent(buffer);
        write(json);
        json.Flush();
        JsonAnswer.Return(json);
        return buffer.WrittenMemory;
    }
}

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

/// <summary>What a listener may hear, and wants to.</summary>
/// <param name="Root">Events at or below it; null: all.</param>
/// <param name="VisibleDepth">Segments of the key's subtree.</param>
internal readonly record struct EventFilter(string? Root, int VisibleDepth)
{
    /// <summary>What the listener is sent; null: nothing.</summary>
    public byte[]? FrameOf(LiveEvent live)
    {
        if (Root is null || CostCenterId.IsWithin(live.CostCenter, Root)) return live.Frame;
        if (live.FrameBelow is null || live.CostCenter.Length == 0 || !CostCenterId.IsWithin(Root, live.CostCenter)) return null;
        return CostCenterId.DepthOf(live.CostCenter) < VisibleDepth ? live.FrameBelow : live.Frame;
    }
}
