using System.ComponentModel;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Alerts;
using BudgetEngine.Api.Checks;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Api.CostCenters;

/// <summary>One cost center with all that is known of it.</summary>
public sealed record CostCenterDetailResponse : CostCenterResponse
{
    internal CostCenterDetailResponse(CostCenterResponse summary) : base(summary)
    {
    }

    [JsonPropertyOrder(1)]
    public required OpenReservationsResponse Reservations { get; init; }

    [JsonPropertyOrder(1)]
    public required IReadOnlyList<ModelSpendResponse> Models { get; init; }

    [JsonPropertyOrder(1)]
    public required IReadOnlyList<string> Children { get; init; }

    [JsonPropertyOrder(1)]
    public required long ChildCount { get; init; }

    [Description("Its own, newest first.")]
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<AlertResponse> Alerts { get; init; }

    [JsonPropertyOrder(1)]
    public required IReadOnlyList<RecommendationResponse> Recommendations { get; init; }

    [JsonPropertyOrder(1)]
    public required string TimeZone { get; init; }

    [JsonPropertyOrder(1)]
    public required long ExpiredUnsettledToday { get; init; }

    [Description("Of its weekly and monthly limits; none before it has spent anything.")]
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<WindowForecastResponse> Forecasts { get; init; }
}

/// <summary>How many reservations are open, and the first of them.</summary>
public sealed record OpenReservationsResponse(long Open, Money Amount, IReadOnlyList<ReservationResponse> Items)
{
    internal static OpenReservationsResponse Of(NodeView view, CheckService checks) =>
        new(view.Open, new Money(view.OpenAmount), [.. view.Reservations.Select(r => ReservationResponse.Of(OpenReservations.ViewOf(r, checks)))]);
}

/// <summary>What one model has cost.</summary>
public sealed record ModelSpendResponse(string Model, Money SpentToday, Money SpentMonth, long RequestsMonth)
{
    internal static ModelSpendResponse Of(ModelSpend model) => new(model.Model, model.SpentToday, model.SpentMonth, model.RequestsMonth);
}
