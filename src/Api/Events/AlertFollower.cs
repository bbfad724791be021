using BudgetEngine.Api.Alerts;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Api.Events;

/// <summary>
/// Reads alerts that are new in the ledger, whichever process stored them. A transaction may become visible after one that began later, so the last
/// <see cref="EventLimits.LateAlert"/> are read again, and what is known is remembered by id.
/// </summary>
internal sealed class AlertFollower(ILedgerAlerts ledger, EventHub hub, SpendWatch watch, TimeProvider clock)
{
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Dictionary<string, DateTimeOffset> _known = new(StringComparer.Ordinal);
    private bool _follows;
    private DateTimeOffset _deepAt;

    /// <summary>From here on every new alert is told. What is stored already is not new.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_follows) return;
            await ReadAsync(deep: true, cancellationToken);
            _follows = true;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>When nobody listens any more; somebody who came meanwhile keeps it going.</summary>
    public async Task ForgetAsync()
    {
        await _reading.WaitAsync();
        if (!hub.IsActive)
        {
            _follows = false;
            _known.Clear();
        }

        _reading.Release();
    }

    /// <summary>One look.</summary>
    public async Task RoundAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (!_follows) return;
            var now = clock.GetUtcNow();
            var deep = now >= _deepAt;
            var unseen = await ReadAsync(deep, cancellationToken);
            if (deep) _deepAt = now + EventLimits.LateAlertInterval;
            unseen.Sort((a, b) => a.Entry.CompareTo(b.Entry));
            foreach (var stored in unseen) Publish(stored.Alert);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Those that were not known. Newest first, until a page holds none; deep: all of the time in which one may come late.</summary>
    private async Task<List<StoredAlert>> ReadAsync(bool deep, CancellationToken cancellationToken)
    {
        var since = clock.GetUtcNow() - EventLimits.LateAlert;
        var unseen = new List<StoredAlert>();
        long? before = null;
        for (var read = 0; read < EventLimits.MaxAlertsPerLook;)
        {
            var page = await ledger.ReadAlertsAsync(null, since, before, EventLimits.AlertPage, cancellationToken);
            var fresh = page.Where(a => _known.TryAdd(a.Alert.Id, a.Alert.At)).ToList();
            unseen.AddRange(fresh);
            if (page.Count < EventLimits.AlertPage || (!deep && fresh.Count == 0)) break;
            read += page.Count;
            before = page[^1].Entry;
        }

        if (deep) Prune(since);
        return unseen;
    }

    /// <summary>What is older is not read any more.</summary>
    private void Prune(DateTimeOffset before)
    {
        foreach (var old in _known.Where(k => k.Value < before).Select(k => k.Key).ToList()) _known.Remove(old);
    }

    private void Publish(Alert alert)
    {
        hub.Publish(new EventDraft(EventKind.Alert, alert.CostCenter, EventDraft.Json(hub.Resolution, AlertResponse.Of(alert))) { AlertId = alert.Id });
        if (alert.CostCenter.Length == 0 || alert.User is not null) return;
        // Another process may have seen the spend, or the pause.
        if (alert.Type == AlertType.ThresholdReached) watch.Spent(alert.CostCenter);
        else if (alert.Type is AlertType.Paused or AlertType.Resumed or AlertType.Denied or AlertType.WindowReset) watch.Touch(alert.CostCenter);
    }
}
