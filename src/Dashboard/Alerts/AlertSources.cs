using BudgetEngine.Api.Channels;
using BudgetEngine.Api.Schedules;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Dashboard.Alerts;

/// <summary>Where the page of alerts reads.</summary>
internal sealed record AlertSources(ILedgerAlerts Ledger, ILedgerChannels Channels, LiveChannels Live, ILedgerSchedules Schedules, ScheduleWrites Writes);
