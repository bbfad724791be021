using System.Collections.Concurrent;
using System.Globalization;
using BudgetEngine.Api.Keys;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Dashboard.Rendering;

/// <summary>What the navigation counts: alerts since the reader last looked at them, and models without a price.</summary>
internal sealed class NavigationCounts(ILedgerAlerts alerts, ILedgerUsage usage, Catalog catalog, TimeProvider clock)
{
    public const string SeenCookie = "alerts_seen";

    /// <summary>More is shown as so many.</summary>
    private const int MaxCounted = 99;

    /// <summary>Subtrees whose counts are remembered.</summary>
    private const int MaxRemembered = 256;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AtMost = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, IReadOnlyList<DateTimeOffset> Alerts, int Unpriced)> _known = new(StringComparer.Ordinal);

    public async Task<(int Alerts, int Unpriced)> OfAsync(ApiKey caller, HttpContext context)
    {
        var now = clock.GetUtcNow();
        var under = caller.Subtree.CostCenter;
        if (!_known.TryGetValue(under ?? "", out var known) || now - known.At > Fresh)
        {
            known = await ReadAsync(under, now, context.RequestAborted);
            if (_known.Count >= MaxRemembered) _known.Clear();
            _known[under ?? ""] = known;
        }

        var seen = SeenBy(context);
        return (known.Alerts.Count(at => at > seen), known.Unpriced);
    }

    /// <summary>The reader has them before the eyes.</summary>
    public void Seen(HttpContext context) => context.Response.Cookies.Append(
        SeenCookie, clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), Sessions.SessionCookie.Options(context, TimeSpan.FromDays(30)));

    private static DateTimeOffset SeenBy(HttpContext context) =>
        long.TryParse(context.Request.Cookies[SeenCookie], NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < 253_402_300_799_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(at)
            : DateTimeOffset.MinValue;

    /// <summary>A page never fails for a number beside its navigation.</summary>
    private async Task<(DateTimeOffset At, IReadOnlyList<DateTimeOffset> Alerts, int Unpriced)> ReadAsync(string? under, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            var recent = await alerts.ReadAlertsAsync(under, now - AtMost, null, MaxCounted, cancellationToken);
            var missing = await usage.ListMissingPricesAsync(under, MaxCounted, cancellationToken);
            var prices = catalog.Current.Prices;
            return (now, [.. recent.Select(a => a.Alert.At)], missing.Count(m => prices.Find(m.Provider, m.Model, now) is null));
        }
        catch (Exception outage) when (outage is LedgerUnavailableException or LedgerContentionException)
        {
            return (now, [], 0);
        }
    }
}
