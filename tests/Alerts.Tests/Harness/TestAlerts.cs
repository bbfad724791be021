using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Alerts.Tests.Harness;

/// <summary>Alerts as the engine makes them, and as someone would who wants to do harm.</summary>
internal static class TestAlerts
{
    public const string Id = "al_0123456789abcdef0123456789abcdef";

    public static readonly DateTimeOffset At = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    public static readonly DateTimeOffset Reset = new(2026, 11, 30, 17, 0, 0, TimeSpan.Zero);

    public static Money Units(decimal units) => Resolution.Nano.TryExact(units, out var money) ? money : throw new ArgumentOutOfRangeException(nameof(units));

    /// <summary>The alert of the examples: 80 % of a monthly budget.</summary>
    public static Alert Threshold(decimal at = 0.8m, string? level = "warning", decimal spent = 400.12m, decimal limit = 500) => new(Id, AlertType.ThresholdReached, "acme/search", null, At)
    {
        Period = Period.Monthly,
        Window = new DateOnly(2026, 11, 1),
        WindowStart = new DateTimeOffset(2026, 10, 31, 17, 0, 0, TimeSpan.Zero),
        ResetsAt = Reset,
        TimeZone = "Asia/Ho_Chi_Minh",
        Threshold = at,
        Level = level,
        Spent = Units(spent),
        Limit = Units(limit),
        Forecast = new SpendForecast(Units(612), new DateTimeOffset(2026, 11, 24, 3, 30, 0, TimeSpan.Zero)),
        TopModels = [new ModelShare("gpt-4.1", Units(310.5m)), new ModelShare("claude-sonnet-4", Units(80))],
        Recommendations =
        [
            new Recommendation(RecommendationKind.CheaperModel, "gpt-4.1", "gpt-4.1-mini", Units(240), "gpt-4.1-mini instead of gpt-4.1 would have saved $240.00 this month."),
            new Recommendation(RecommendationKind.SafeRate, null, null, Units(10.5m), "The limit holds at $10.50 a day."),
        ],
    };

    /// <summary>One alert of each type.</summary>
    public static Alert Of(AlertType type) => type switch
    {
        AlertType.ThresholdReached => Threshold(),
        AlertType.Denied or AlertType.WindowReset => Limit(type),
        AlertType.Forecast => Limit(type) with { Forecast = Threshold().Forecast },
        AlertType.Spike => Bare(type) with { Spent = Units(90), Limit = Units(30.1m) },
        AlertType.Paused => Bare(type) with { By = "ops@example.com", Detail = "runaway agent" },
        AlertType.Resumed => Bare(type) with { By = "ops@example.com", Detail = "fixed" },
        AlertType.Unpriced => Bare(type) with { Detail = "gpt-9-preview" },
        AlertType.Conflict => Bare(type) with { Detail = "req-77" },
        AlertType.Unsettled => Bare(type) with { Detail = "3 today" },
        AlertType.ChannelDead => Bare(type) with { CostCenter = "", Detail = "ops-slack (answered 410)" },
        _ => Bare(type),
    };

    /// <summary>Every text of it is chosen to break something: markup of all channels, line breaks, directions, lone surrogates, and length.</summary>
    public static Alert Hostile(AlertType type, string poison, int length)
    {
        var text = string.Concat(Enumerable.Repeat(poison, length / poison.Length + 1))[..length];
        return Of(type) with
        {
            CostCenter = string.Join('/', Enumerable.Repeat(new string('a', CostCenterId.MaxSegmentLength), CostCenterId.MaxSegments)),
            User = text,
            By = text,
            Detail = text,
            TopModels = [.. Enumerable.Range(0, 5).Select(_ => new ModelShare(text, new Money(long.MaxValue)))],
            Recommendations = [.. Enumerable.Range(0, 20).Select(_ => new Recommendation(RecommendationKind.CheaperModel, text, text, new Money(long.MaxValue), text))],
            Spent = new Money(long.MaxValue),
            Limit = new Money(1),
        };
    }

    public static ChannelMessage Message(params Alert[] alerts) => new([.. alerts], Resolves: false);

    private static Alert Limit(AlertType type) => Threshold() with { Type = type, Threshold = null, Level = null, Forecast = null, TopModels = [], Recommendations = [] };

    private static Alert Bare(AlertType type) => new(Id, type, "acme/search", "u-17", At) { Window = new DateOnly(2026, 11, 21), TimeZone = "Europe/Berlin" };
}
