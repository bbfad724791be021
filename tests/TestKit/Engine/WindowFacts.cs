using System.Text.Json;

namespace BudgetEngine.TestKit.Engine;

/// <summary>A limited window as the API tells it, in nano-units.</summary>
public sealed class WindowFacts(JsonElement window)
{
    public string CostCenter { get; } = window.GetProperty("cost_center").GetString()!;

    /// <summary>Null: the cost center's own window.</summary>
    public string? User { get; } = window.GetProperty("user").GetString();

    public string Period { get; } = window.GetProperty("period").GetString()!;

    public long Limit { get; } = Nano.Of(window.GetProperty("limit"));

    public long Spent { get; } = Nano.Of(window.GetProperty("spent"));

    public long Held { get; } = Nano.Of(window.GetProperty("held"));

    public DateTimeOffset? ResetsAt { get; } = window.GetProperty("resets_at") is { ValueKind: JsonValueKind.String } at ? at.GetDateTimeOffset() : null;

    public override string ToString() => $"{CostCenter} {Period}: limit {Limit}, spent {Spent}, held {Held}";
}
