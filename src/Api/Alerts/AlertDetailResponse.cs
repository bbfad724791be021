using System.ComponentModel;
using System.Text.Json.Serialization;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Api.Alerts;

/// <summary>An alert with what became of it at each channel.</summary>
public sealed record AlertDetailResponse : AlertResponse
{
    internal AlertDetailResponse(AlertResponse alert, IReadOnlyList<DeliveryResponse> deliveries) : base(alert) => Deliveries = deliveries;

    [JsonPropertyOrder(1)]
    public IReadOnlyList<DeliveryResponse> Deliveries { get; }
}

/// <summary>An alert on its way to one channel.</summary>
public sealed record DeliveryResponse(
    string Channel,
    [property: Description("Tells that it is over (PagerDuty).")] bool Resolves,
    DeliveryState State,
    int Attempts,
    string? LastError,
    DateTimeOffset FirstAt,
    DateTimeOffset? NextAt,
    DateTimeOffset? EndedAt)
{
    internal static readonly WordTable<DeliveryState> States = new(
        (DeliveryState.Pending, "pending"), (DeliveryState.Delivered, "delivered"), (DeliveryState.Failed, "failed"), (DeliveryState.Dropped, "dropped"))
    {
        Otherwise = "dropped",
    };

    public static DeliveryResponse Of(StoredDelivery d) =>
        new(d.Channel, d.Resolves, d.State, d.Attempts, d.LastError, d.FirstAt, d.State == DeliveryState.Pending ? d.NextAt : null, d.EndedAt);
}

/// <summary>Where an alert is told again.</summary>
public sealed record RedeliveryResponse(string AlertId, IReadOnlyList<string> Channels);
