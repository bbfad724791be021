using System.Collections.Immutable;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Alerts.Text;

/// <summary>
/// What a message says, in plain words. Nothing here is escaped: each payload escapes whole strings in its own syntax.
/// </summary>
/// <param name="Title">Of the highest alert; short, and the first thing that is read.</param>
/// <param name="Sentence">The same with the numbers.</param>
/// <param name="CostCenters">Of a summary: a line for each.</param>
/// <param name="Also">The titles of the other alerts of the message.</param>
/// <param name="Link">Where the dashboard shows it; null: no dashboard is known.</param>
internal sealed record AlertText(
    Severity Severity, string Title, string Sentence, ImmutableArray<Fact> Facts, ImmutableArray<string> CostCenters, ImmutableArray<string> TopModels, ImmutableArray<string> Advice,
    ImmutableArray<string> Also, string? Link, DateTimeOffset At, string Id);

/// <param name="FromOutside">Whether the value holds what others wrote (names, reasons). The rest is words, figures and zones of our own, free of
/// markup.</param>
internal readonly record struct Fact(string Name, string Value, bool FromOutside);

/// <summary>Makes texts: the same words for every channel.</summary>
internal sealed class AlertTexts(MoneyWords money, string? dashboardUrl)
{
    public AlertText Of(ChannelMessage message)
    {
        var alert = message.First;
        var sentences = new AlertSentences(money, alert);
        return new AlertText(
            Severities.Of(alert),
            message.Resolves ? $"Over: {sentences.Title}" : sentences.Title,
            sentences.Sentence,
            new AlertFacts(money, alert).All(),
            alert.Summary is { } summary ? [.. new SummaryText(money, alert.CostCenter, summary).CostCenters] : [],
            [.. alert.TopModels.Take(Alert.MaxTopModels).Select(m => $"{OutsideText.Clean(m.Model)}: {money.Format(m.Spent)}")],
            [.. alert.Recommendations.Take(MaxRecommendations).Select(r => OutsideText.Clean(r.Text, MaxAdvice)).Where(t => t.Length > 0)],
            [.. message.Alerts.Skip(1).Select(a => new AlertSentences(money, a).Line)],
            LinkTo(alert.CostCenter),
            alert.At,
            alert.Id);
    }

    /// <summary>An amount as an exact number, for programs.</summary>
    public decimal? Units(Money? amount) => money.Units(amount);

    /// <summary>More are not carried by any channel.</summary>
    public const int MaxRecommendations = 8;

    /// <summary>The longest recommendation.</summary>
    public const int MaxAdvice = 500;

    /// <summary>The dashboard, opened at a cost center.</summary>
    public string? LinkTo(string costCenter)
    {
        if (dashboardUrl is null || costCenter.Length == 0) return dashboardUrl;
        var address = new UriBuilder(dashboardUrl);
        var query = address.Query.TrimStart('?');
        address.Query = (query.Length == 0 ? "" : query + "&") + "cost_center=" + Uri.EscapeDataString(costCenter);
        return address.Uri.AbsoluteUri;
    }
}
