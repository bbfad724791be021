using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Keys;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Api.Schedules;

/// <summary>Writes schedules by one set of rules, whether they come from the API or from a page.</summary>
internal sealed class ScheduleWrites(ILedgerSchedules ledger, IChannelReader channels, LiveNodes nodes, TimeProvider clock)
{
    public TenantCalendar CalendarOf(string? costCenter) => costCenter is null ? TenantCalendar.Utc : nodes.CalendarOf(costCenter);

    public string ZoneOf(Schedule schedule) => CalendarOf(schedule.CostCenter).ZoneAt(clock.GetUtcNow());

    /// <summary>What is wrong with each channel that a schedule names. Those that the key does not see are as unknown as none.</summary>
    public async Task<IReadOnlyList<(string Field, string Fault)>> FaultsAsync(Schedule schedule, ApiKey caller, CancellationToken cancellationToken)
    {
        var known = (await channels.ReadChannelsAsync(cancellationToken)).Where(c => c.IsWithin(caller.Subtree.CostCenter)).ToDictionary(c => c.Name, StringComparer.Ordinal);
        var faults = new List<(string, string)>();
        for (var i = 0; i < schedule.Channels.Length; i++)
        {
            var name = schedule.Channels[i];
            var fault = known.TryGetValue(name, out var channel) ? schedule.FaultOf(channel) : "is not the name of a channel";
            if (fault is not null) faults.Add(($"channels[{i}]", $"'{name}' {fault}"));
        }

        return faults;
    }

    public Task<ScheduleWrite> PutAsync(Schedule schedule, ApiKey caller, AdminContext admin) => ledger.PutScheduleAsync(
        schedule, schedule.NextAt(CalendarOf(schedule.CostCenter), clock.GetUtcNow()), new ShareClaim(caller.Subtree.CostCenter, Schedule.Shares), admin, CancellationToken.None);
}
