using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Api.Events;

/// <summary>What a listener may hear, and wants to.</summary>
/// <param name="Root">Events at or below it; null: all.</param>
/// <param name="VisibleDepth">Segments of the key's subtree.</param>
internal readonly record struct EventFilter(string? Root, int VisibleDepth)
{
    /// <summary>Samples of decisions are not wanted: what 100 pages do not show is not sent 100 times.</summary>
    public bool WithoutDecisions { get; init; }

    /// <summary>What the listener is sent; null: nothing.</summary>
    public byte[]? FrameOf(LiveEvent live)
    {
        if (WithoutDecisions && live.Kind == EventKind.Decision) return null;
        if (Root is null || CostCenterId.IsWithin(live.CostCenter, Root)) return live.Frame;
        if (live.FrameBelow is null || live.CostCenter.Length == 0 || !CostCenterId.IsWithin(Root, live.CostCenter)) return null;
        return CostCenterId.DepthOf(live.CostCenter) < VisibleDepth ? live.FrameBelow : live.Frame;
    }
}
