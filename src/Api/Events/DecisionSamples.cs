using BudgetEngine.Api.Checks;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Api.Events;

/// <summary>Samples of decisions: so many per second and tenant, denials before what is allowed.</summary>
internal sealed class DecisionSamples(EventHub hub, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (int Allows, int Denials)> _told = new(StringComparer.Ordinal);
    private long _second;
    private int _count;

    /// <summary>Called for every decision: one read while nobody listens.</summary>
    public void Offer(CheckCommand command, CheckAnswer answer)
    {
        if (hub.IsActive) Sample(command, answer);
    }

    private void Sample(CheckCommand command, CheckAnswer answer)
    {
        // Looks only, and leaves no trace.
        if (command.DryRun) return;
        var now = clock.GetUtcNow();
        var path = command.CostCenter.Path;
        if (!Take(CostCenterId.TenantOf(path), answer.Allowed, now)) return;
        hub.Publish(new EventDraft(EventKind.Decision, path, EventDraft.Json(hub.Resolution, DecisionEvent.Of(command, answer, now))));
    }

    private bool Take(string tenant, bool allowed, DateTimeOffset now)
    {
        lock (_lock)
        {
            var second = now.ToUnixTimeSeconds();
            if (second != _second)
            {
                _told.Clear();
                (_second, _count) = (second, 0);
            }

            var (allows, denials) = _told.GetValueOrDefault(tenant);
            var most = allowed ? EventLimits.MaxSamples / 2 : EventLimits.MaxSamples;
            if (_count >= most || (allowed ? allows >= EventLimits.MaxAllowsPerTenant : denials >= EventLimits.MaxDenialsPerTenant)) return false;
            _count++;
            _told[tenant] = allowed ? (allows + 1, denials) : (allows, denials + 1);
            return true;
        }
    }
}
