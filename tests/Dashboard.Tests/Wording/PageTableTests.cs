using System.Reflection;
using BudgetEngine.Dashboard.Alerts;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.TestKit.Documents;

namespace BudgetEngine.Dashboard.Tests.Wording;

/// <summary>docs/messages.md has what pages say of alerts, after forms, and in the place of a page.</summary>
public sealed class PageTableTests
{
    private static readonly DateTimeOffset _at = new(2026, 11, 28, 10, 32, 0, TimeSpan.Zero);

    [Fact]
    public void Pages_Sentences_StandInTheTable()
    {
        var table = DocumentSection.Table(["where", "case", "sentence"], [.. Alerts(), .. After(), .. Instead()]);

        Assert.Equal(table, DocumentSection.Read("messages.md", "pages", table));
    }

    [Fact]
    public void Alert_OfHeldMoney_IsNotHeadedLikeSpentMoney()
    {
        var line = Line(Of(AlertType.Denied) with { Spent = Money.Zero, Held = Units(5), Reservations = 50 });

        Assert.Equal("First denial of the daily window: held, not spent", line.Headline);
        Assert.Contains("held by 50 open reservations", line.Facts(new Currency("USD", Resolution.Nano)), StringComparison.Ordinal);
    }

    private static IEnumerable<IReadOnlyList<string>> Alerts() =>
        from alert in (IEnumerable<Alert>)[.. AlertTypes.All.Select(Of), Of(AlertType.Denied) with { Spent = Money.Zero, Held = Units(5), Reservations = 50 }]
        select (IReadOnlyList<string>)["list of alerts", $"`{AlertTypes.WordOf(alert.Type)}`{(alert.Held is null ? "" : ", held")}", Line(alert).Headline];

    private static IEnumerable<IReadOnlyList<string>> After() =>
        typeof(Toasts).GetFields(BindingFlags.Static | BindingFlags.Public).Select(f => (string)f.GetValue(null)!).Select(word => (IReadOnlyList<string>)["after a form", word, Toasts.Of(word)!]);

    private static IEnumerable<IReadOnlyList<string>> Instead() =>
        from field in typeof(PageMessage).GetFields(BindingFlags.Static | BindingFlags.Public)
        let message = (PageMessage)field.GetValue(null)!
        select (IReadOnlyList<string>)["in the place of a page", message.Title, message.Text];

    private static AlertLine Line(Alert alert) => new(0, alert, TimeZoneInfo.Utc, null);

    private static Alert Of(AlertType type) => new("alr_1", type, "acme/search", null, _at)
    {
        Period = Period.Daily, Window = new DateOnly(2026, 11, 28), Threshold = type == AlertType.ThresholdReached ? 0.8m : null, Spent = Units(5), Limit = Units(5), By = "ops",
    };

    private static Money Units(decimal units) => Resolution.Nano.TryExact(units, out var money) ? money : throw new ArgumentOutOfRangeException(nameof(units));
}
