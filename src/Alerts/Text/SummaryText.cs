using System.Globalization;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Alerts.Text;

/// <summary>A summary in words: the same in the report, on the page and in every channel.</summary>
/// <param name="costCenter">Empty: the installation.</param>
internal sealed class SummaryText(MoneyWords money, string costCenter, SpendSummary summary)
{
    private readonly string _who = costCenter.Length == 0 ? "The installation" : costCenter;

    /// <summary><c>acme: $400.12 from 16 to 22 November 2026</c>.</summary>
    public string Title => $"{_who}: {money.Format(summary.Spent)} {When}";

    /// <summary>What was spent, how that compares, and what the month should come to.</summary>
    public string Sentence => $"{Spent} {Outlook}";

    /// <summary>One line for each cost center.</summary>
    public IEnumerable<string> CostCenters => summary.CostCenters.Select(LineOf);

    private string When => summary.Period switch
    {
        Period.Daily => $"on {Day(summary.From, "d MMMM yyyy")}",
        Period.Monthly => $"in {Day(summary.From, "MMMM yyyy")}",
        _ => $"from {Day(summary.From, summary.From.Year != Last.Year ? "d MMMM yyyy" : summary.From.Month != Last.Month ? "d MMMM" : "%d")} to {Day(Last, "d MMMM yyyy")}",
    };

    private DateOnly Last => summary.To.AddDays(-1);

    private string Earlier => summary.Period switch { Period.Daily => "the day before", Period.Weekly => "the seven days before", _ => "the month before" };

    private string InEarlier => summary.Period == Period.Daily ? Earlier : $"in {Earlier}";

    private string Spent
    {
        get
        {
            if (summary is { Spent.Nanos: 0, Requests: 0 }) return $"{_who} spent nothing {When}; {InEarlier} it was {Amount(summary.Before)}.";
            var requests = summary.Requests == 1 ? "1 request" : $"{summary.Requests.ToString("N0", CultureInfo.InvariantCulture)} requests";
            return $"{_who} spent {money.Format(summary.Spent)} {When}, in {requests}: {Compared}.";
        }
    }

    private string Compared => summary.Before == Money.Zero
        ? $"{InEarlier} it was nothing"
        : $"{Than(summary.Spent, summary.Before)} {Earlier} ({money.Format(summary.Before)})";

    private string Outlook
    {
        get
        {
            var outlook = summary.Outlook;
            if (outlook.Expected is not { } expected) return "No day with spend has ended yet to tell a pace from.";
            var limit = (outlook.Limit, outlook.RunsOutOn) switch
            {
                ({ } most, { } day) => $"; the limit of {money.Format(most)} is reached on {Day(day, "d MMMM")} at this pace",
                ({ } most, null) when expected <= most => $", within the limit of {money.Format(most)}",
                _ => "",
            };
            var days = outlook.Days == 1 ? "1 ended day" : $"{outlook.Days.ToString(CultureInfo.InvariantCulture)} ended days";
            return $"{Day(outlook.Month, "MMMM")} should end at {money.Format(expected)}{limit}. Confidence: {Words.ForecastConfidences.Of(outlook.Confidence)}, from {days}.";
        }
    }

    private string LineOf(SpendChange change)
    {
        if (change.Spent == Money.Zero) return $"{change.CostCenter}: nothing, {Amount(change.Before)} before";
        var share = MoneyWords.Percent(change.Spent, summary.Spent) is { } percent ? $" ({percent})" : "";
        var compared = change.Before == Money.Zero ? "nothing before" : $"{Than(change.Spent, change.Before)} before ({money.Format(change.Before)})";
        return $"{change.CostCenter}: {money.Format(change.Spent)}{share}, {compared}";
    }

    /// <summary><c>12% more than</c>, to tenths; what is less than that is no difference that a reader should look at.</summary>
    private static string Than(Money now, Money before)
    {
        if (now == before) return "as much as";
        if (SpendSummary.ChangeOf(now, before) is not { } change) return now > before ? "more than" : "less than";
        return Math.Abs(change) < 0.001m ? "about as much as" : $"{MoneyWords.Percent(Math.Abs(change))} {(change > 0 ? "more" : "less")} than";
    }

    private string Amount(Money amount) => amount == Money.Zero ? "nothing" : money.Format(amount);

    private static string Day(DateOnly date, string format) => date.ToString(format, CultureInfo.InvariantCulture);
}
