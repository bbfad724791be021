using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Api.Alerts;

/// <summary>The latest alerts of the last day as a plain table for people.</summary>
internal sealed class LatestAlerts(ILedgerAlerts ledger, TimeProvider clock)
{
    public const int MaxShown = 20;

    /// <summary>A narrow screen moves the table, not the page.</summary>
    private const string Begin =
        """
        <div class="wide"><table><tr><th>At (UTC)</th><th>Cost center</th><th>User</th><th>Alert</th><th>Period</th><th>Level</th><th class="amount">Spent</th><th class="amount">Limit</th></tr>
        """;

    private static readonly TimeSpan ShownFor = TimeSpan.FromDays(1);

    /// <summary>Every value is escaped. While the ledger is out of reach the page has none.</summary>
    /// <param name="under">Only those of this cost center and of what is below it; null: all.</param>
    public async Task WriteAsync(StringBuilder page, string? under, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredAlert> alerts;
        try
        {
            alerts = await ledger.ReadAlertsAsync(under, clock.GetUtcNow() - ShownFor, null, MaxShown, cancellationToken);
        }
        catch (Exception outage) when (outage is LedgerUnavailableException or LedgerContentionException)
        {
            page.Append("<p>The ledger cannot be reached now.</p>");
            return;
        }

        page.Append("<h2>Alerts of the last day</h2>");
        if (alerts.Count == 0) page.Append("<p>None.</p>");
        else page.Append(Begin);
        foreach (var stored in alerts) WriteRow(page, stored.Alert);
        if (alerts.Count > 0) page.Append("</table></div>");
    }

    private static void WriteRow(StringBuilder page, Alert alert)
    {
        string?[] cells =
        [
            alert.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), alert.CostCenter, alert.User, AlertTypes.WordOf(alert.Type),
            alert.Period is { } period ? Words.Periods.Of(period) : null, alert.Level,
        ];
        page.Append("<tr>");
        foreach (var cell in cells) page.Append("<td>").Append(HtmlEncoder.Default.Encode(cell ?? "")).Append("</td>");
        page.Append("<td class=\"amount\">").Append(alert.Spent?.ToString()).Append("</td><td class=\"amount\">").Append(alert.Limit?.ToString()).Append("</td></tr>");
    }
}
