using System.Text.Json;
using System.Text.Json.Serialization;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Ledger.Alerts;

/// <summary>An alert as it is stored. Amounts in nano-units. A document of its own: renaming something in Domain cannot change what is stored.</summary>
internal sealed record AlertDocument
{
    public required string Id { get; init; }

    public AlertType Type { get; init; }

    public string CostCenter { get; init; } = "";

    public string? User { get; init; }

    public DateTimeOffset At { get; init; }

    public Period? Period { get; init; }

    public DateOnly Window { get; init; }

    public DateTimeOffset? WindowStart { get; init; }

    public DateTimeOffset? ResetsAt { get; init; }

    public string? TimeZone { get; init; }

    public decimal? Threshold { get; init; }

    public string? Level { get; init; }

    public int Generation { get; init; }

    public AlertCause Cause { get; init; }

    public long? Spent { get; init; }

    public long? Limit { get; init; }

    public long? Forecast { get; init; }

    public DateTimeOffset? ReachedAt { get; init; }

    public int? ForecastDays { get; init; }

    public ShareDocument[]? TopModels { get; init; }

    public AdviceDocument[]? Recommendations { get; init; }

    public string? Detail { get; init; }

    public string? By { get; init; }

    public int? Users { get; init; }

    public long? Held { get; init; }

    public int? Reservations { get; init; }

    public DateTimeOffset? NextLapse { get; init; }

    public UnpricedBasis Basis { get; init; }

    public string? Model { get; init; }

    public string? Trace { get; init; }

    public SummaryDocument? Summary { get; init; }

    public static string ToJson(Alert a) => JsonSerializer.Serialize(
        new AlertDocument
        {
            Id = a.Id, Type = a.Type, CostCenter = a.CostCenter, User = a.User, At = a.At, Period = a.Period, Window = a.Window, WindowStart = a.WindowStart,
            ResetsAt = a.ResetsAt, TimeZone = a.TimeZone, Threshold = a.Threshold, Level = a.Level, Generation = a.Generation, Cause = a.Cause,
            Spent = a.Spent?.Nanos, Limit = a.Limit?.Nanos, Forecast = a.Forecast?.Amount.Nanos, ReachedAt = a.Forecast?.ReachedAt, ForecastDays = a.Forecast?.Days,
            TopModels = a.TopModels.IsEmpty ? null : [.. a.TopModels.Select(m => new ShareDocument(m.Model, m.Spent.Nanos))],
            Recommendations = a.Recommendations.IsEmpty
                ? null : [.. a.Recommendations.Select(r => new AdviceDocument(r.Kind, r.Subject, r.Instead, r.Amount.Nanos, r.Text))],
            Detail = a.Detail, By = a.By, Users = a.Users == 0 ? null : a.Users, Held = a.Held?.Nanos, Reservations = a.Reservations, NextLapse = a.NextLapse,
            Basis = a.Basis, Model = a.Model, Trace = a.Trace,
            Summary = a.Summary is { } summary ? SummaryDocument.Of(summary) : null,
        },
        AlertsJson.Default.AlertDocument);

    public static Alert Read(string json)
    {
        var d = JsonSerializer.Deserialize(json, AlertsJson.Default.AlertDocument)!;
        return new Alert(d.Id, d.Type, d.CostCenter, d.User, d.At)
        {
            Period = d.Period, Window = d.Window, WindowStart = d.WindowStart, ResetsAt = d.ResetsAt, TimeZone = d.TimeZone ?? "UTC", Threshold = d.Threshold,
            Level = d.Level, Generation = d.Generation, Cause = d.Cause, Spent = Amount(d.Spent), Limit = Amount(d.Limit),
            Forecast = Amount(d.Forecast) is { } amount ? new SpendForecast(amount, d.ReachedAt, d.ForecastDays) : null,
            TopModels = [.. (d.TopModels ?? []).Select(m => new ModelShare(m.Name, new Money(m.Spent)))],
            Recommendations = [.. (d.Recommendations ?? []).Select(r => new Recommendation(r.Kind, r.Subject, r.Instead, new Money(r.Amount), r.Text))],
            Detail = d.Detail, By = d.By, Users = d.Users ?? 0, Held = Amount(d.Held), Reservations = d.Reservations, NextLapse = d.NextLapse, Basis = d.Basis, Model = d.Model,
            Trace = d.Trace, Summary = d.Summary?.ToSummary(),
        };
    }

    private static Money? Amount(long? nanos) => nanos is { } n ? new Money(n) : null;
}

internal sealed record ShareDocument(string Name, long Spent);

internal sealed record AdviceDocument(RecommendationKind Kind, string? Subject, string? Instead, long Amount, string Text);

/// <summary>A channel's settings as they are stored, secrets among them; the audit trail gets <see cref="ToAudit"/>.</summary>
internal sealed record ChannelDocument
{
    public string[]? Levels { get; init; }

    public string[]? Types { get; init; }

    public string? Url { get; init; }

    public string? Secret { get; init; }

    public string? Token { get; init; }

    public string? ChatId { get; init; }

    public string[]? To { get; init; }

    public string? RoutingKey { get; init; }

    public static string ToJson(Channel c) => JsonSerializer.Serialize(Of(c), AlertsJson.Default.ChannelDocument);

    /// <summary>Without addresses and secrets; references to secrets are named.</summary>
    public static string ToAudit(Channel c) => JsonSerializer.Serialize(
        Of(c) with { Url = Masked(c.Target.Url), Secret = Masked(c.Target.Secret), Token = Masked(c.Target.Token), RoutingKey = Masked(c.Target.RoutingKey) },
        AlertsJson.Default.ChannelDocument);

    public static ChannelDocument Read(string json) => JsonSerializer.Deserialize(json, AlertsJson.Default.ChannelDocument)!;

    public Channel ToChannel(string name, string? under, ChannelType type, ChannelDisabled? disabled) => new(
        name, under, type, [.. Levels ?? []], [.. (Types ?? []).Select(AlertTypes.Parse).Where(t => t != AlertType.Unknown)],
        new ChannelTarget { Url = Url, Secret = Secret, Token = Token, ChatId = ChatId, To = [.. To ?? []], RoutingKey = RoutingKey }, disabled);

    private static ChannelDocument Of(Channel c) => new()
    {
        Levels = c.Levels.IsDefaultOrEmpty ? null : [.. c.Levels], Types = c.Types.IsDefaultOrEmpty ? null : [.. c.Types.Select(AlertTypes.WordOf)],
        Url = c.Target.Url, Secret = c.Target.Secret, Token = c.Target.Token, ChatId = c.Target.ChatId, To = c.Target.To.IsDefaultOrEmpty ? null : [.. c.Target.To],
        RoutingKey = c.Target.RoutingKey,
    };

    private static string? Masked(string? secret) =>
        secret is null || secret.StartsWith("env:", StringComparison.Ordinal) || secret.StartsWith("file:", StringComparison.Ordinal) ? secret : "***";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AlertDocument))]
[JsonSerializable(typeof(ChannelDocument))]
[JsonSerializable(typeof(ScheduleDocument))]
[JsonSerializable(typeof(PauseEvent))]
[JsonSerializable(typeof(LapsedReservation))]
internal sealed partial class AlertsJson : JsonSerializerContext;
