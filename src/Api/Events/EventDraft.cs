using System.Buffers;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Api.Events;

/// <summary>Something that has happened at a cost center.</summary>
/// <param name="CostCenter">Empty: at the installation.</param>
/// <param name="Data">JSON, without a line break.</param>
/// <param name="DataBelow">What those are told whose subtree lies below the cost center; null: nothing.</param>
internal sealed record EventDraft(EventKind Kind, string CostCenter, ReadOnlyMemory<byte> Data)
{
    public ReadOnlyMemory<byte>? DataBelow { get; init; }

    /// <summary>Of an alert: its id.</summary>
    public string? AlertId { get; init; }

    public static ReadOnlyMemory<byte> Json<T>(Resolution resolution, T data)
    {
        var buffer = new ArrayBufferWriter<byte>();
        JsonAnswer.Write(buffer, resolution, data);
        return buffer.WrittenMemory;
    }
}
