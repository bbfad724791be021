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
        Forecast = new SpendForecast(Units(612), new DateTimeOffset(2026, 11, 24, 3, 30, 0, TimeSpan.Zero), Days: 7),
        TopModels = [new ModelShare("gpt-4.1", Units(310.5m)), new ModelShare("claude-sonnet-4", Units(80))],
        Recommendations =
        [
            new Recommendation(RecommendationKind.CheaperModel, "gpt-4.1", "gpt-4.1-mini", Units(240), "gpt-4.1-mini instead of gpt-4.1 would have saved $240.00 this month."),
            new Recommendation(RecommendationKind.SafeRate, null, null, Units(10.5m), "The limit holds at $10.50 a day."),
        ],
    };

    /// <summary>Denials by what really refuses: held by many, by one and for a user, and spent.</summary>
    public static IReadOnlyList<Alert> Denials =>
    [
        Held(),
        Held() with { Spent = Units(1), Held = Units(3), Reservations = 1, NextLapse = null, User = "u-17" },
        Of(AlertType.Denied) with { Held = Money.Zero, Reservations = 0 },
        Of(AlertType.Denied) with { Spent = Units(500), Limit = Units(500) },
    ];

    /// <summary>Usage without a price, by what it is booked at.</summary>
    public static IReadOnlyList<Alert> UnpricedUsage =>
    [
        Of(AlertType.Unpriced) with { Basis = UnpricedBasis.DearestPrice, Spent = Units(0.12m), User = null },
        Of(AlertType.Unpriced) with { Basis = UnpricedBasis.DefaultPrice, Spent = Units(0.12m), User = null },
        Of(AlertType.Unpriced) with { Basis = UnpricedBasis.Zero, Spent = Money.Zero, User = null },
    ];

    /// <summary>What came into being by usage: with a name like another's, without, and a tenant.</summary>
    public static IReadOnlyList<Alert> Created =>
        [Of(AlertType.CostCenterCreated), Of(AlertType.CostCenterCreated) with { Detail = null }, Of(AlertType.CostCenterCreated) with { CostCenter = "acmee", Detail = null }];

    /// <summary>A pause of one model.</summary>
    public static Alert PausedModel => Of(AlertType.Paused) with { User = null, Model = "gpt-4.1", Detail = "model gpt-4.1: too dear" };

    /// <summary>A denial of a budget of 5 that 50 open reservations hold.</summary>
    public static Alert Held() => Limit(AlertType.Denied) with
    {
        Spent = Money.Zero,
        Limit = Units(5),
        Held = Units(5),
        Reservations = 50,
        NextLapse = At.AddSeconds(59),
    };

    /// <summary>The week of the examples.</summary>
    public static SpendSummary Weekly { get; } = new(
        Period.Weekly, new DateOnly(2026, 11, 16), new DateOnly(2026, 11, 23), Units(1_400.12m), 12_345, Units(1_250),
        [new SpendChange("acme/search", Units(900), Units(1_000)), new SpendChange("acme/new", Units(500.12m), Money.Zero), new SpendChange("acme/old", Money.Zero, Units(250))],
        [new ModelShare("gpt-4.1", Units(1_100)), new ModelShare("claude-sonnet-4", Units(300.12m))],
        new MonthOutlook(new DateOnly(2026, 11, 1), Units(5_800), Units(5_000), new DateOnly(2026, 11, 27), Domain.Reports.ForecastConfidence.High, 7));

    /// <summary>Summaries by period, by how they compare, and by what is known of the month.</summary>
    public static IReadOnlyList<Alert> Summaries =>
    [
        Of(AlertType.SpendSummary),
        Summary(Weekly with { From = new DateOnly(2026, 9, 28), To = new DateOnly(2026, 10, 5), Before = Units(1_400.12m) }),
        Summary(Weekly with { Period = Period.Daily, From = new DateOnly(2026, 11, 22), Before = Money.Zero, Requests = 1, Outlook = Weekly.Outlook with { Expected = null } }),
        Summary(Weekly with { Period = Period.Monthly, From = new DateOnly(2026, 10, 1), To = new DateOnly(2026, 11, 1), Outlook = Weekly.Outlook with { Limit = Units(6_000), RunsOutOn = null } }),
        Summary(Weekly with { Spent = Money.Zero, Requests = 0, CostCenters = [], Models = [], Outlook = Weekly.Outlook with { Limit = null, RunsOutOn = null, Days = 1 } }) with { CostCenter = "" },
    ];

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
        AlertType.Unsettled => Bare(type) with { Detail = "user u-17, model gpt-4.1, 0.10 USD held since 2026-11-21T09:50:00Z, request id req-78" },
        AlertType.CostCenterCreated => Bare(type) with { CostCenter = "acme/enginering/search", User = null, Detail = "acme/engineering/search" },
        AlertType.SpendSummary => Summary(Weekly),
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

    private static Alert Summary(SpendSummary summary) => new(Id, AlertType.SpendSummary, "acme", null, At)
    {
        Window = summary.From, TimeZone = "Europe/Berlin", Spent = summary.Spent, TopModels = summary.Models, Detail = "weekly-acme", Summary = summary,
    };

    private static Alert Bare(AlertType type) => new(Id, type, "acme/search", "u-17", At) { Window = new DateOnly(2026, 11, 21), TimeZone = "Europe/Berlin" };
}
