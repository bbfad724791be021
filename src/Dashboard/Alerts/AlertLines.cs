using BudgetEngine.Dashboard.CostCenters;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Dashboard.Alerts;

/// <summary>Reads alerts for lists.</summary>
internal sealed class AlertLines(ILedgerAlerts ledger, CostCenterLines lines)
{
    /// <summary>At and below a cost center (null: all), newest first.</summary>
    public async Task<IReadOnlyList<AlertLine>> LatestAsync(string? under, int most, CancellationToken cancellationToken) =>
        [.. (await ledger.ReadAlertsAsync(under, null, null, most, cancellationToken)).Select(Of)];

    /// <summary>Of the cost center itself.</summary>
    public async Task<IReadOnlyList<AlertLine>> OwnAsync(string path, int most, CancellationToken cancellationToken) =>
        [.. (await ledger.ReadOwnAlertsAsync(path, most, cancellationToken)).Select(Of)];

    public AlertLine Of(StoredAlert stored) => new(stored.Entry, stored.Alert, lines.ZoneOf(stored.Alert.CostCenter), null);
}
