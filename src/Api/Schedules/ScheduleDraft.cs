using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Schedules;

/// <summary>The body of a schedule's PUT, as it is read.</summary>
internal sealed class ScheduleDraft
{
    private const int MaxWord = 16;

    private readonly List<string> _channels = [];
    private bool _channelsSent;
    private bool _periodSent;
    private DayOfWeek? _weekday;
    private Period? _period;

    /// <summary>Null: not sent; the key's subtree.</summary>
    public CostCenterId? CostCenter { get; private set; }

    public int Hour { get; private set; } = Schedule.DefaultHour;

    public string? Reason { get; private set; }

    public static void Read(ref JsonFields fields, ScheduleDraft draft)
    {
        while (fields.Next())
        {
            if (fields.Is("cost_center"u8)) draft.CostCenter = fields.IsNull() ? null : fields.CostCenter();
            else if (fields.Is("channels"u8)) draft.ReadChannels(ref fields);
            else if (fields.Is("period"u8)) draft.ReadPeriod(ref fields);
            else if (fields.Is("weekday"u8)) draft.ReadWeekday(ref fields);
            else if (fields.Is("hour"u8)) draft.Hour = (int)(fields.Integer(0, 23) ?? Schedule.DefaultHour);
            else if (fields.Is("reason"u8)) draft.Reason = fields.Text(TextRules.MaxReason);
            else fields.Unknown();
        }
    }

    /// <summary>What can be said once all fields are known.</summary>
    public void Check(FaultList faults)
    {
        if (!_channelsSent) faults.Add("channels", "is required");
        if (!_periodSent) faults.Add("period", "is required");
        if (_weekday is not null && _period is not (null or Period.Weekly)) faults.Add("weekday", "only a weekly schedule has one");
    }

    /// <summary>Once nothing is wrong with it.</summary>
    public Schedule ToSchedule(string name, string? subtree) => new(name, CostCenter?.Path ?? subtree, [.. _channels], _period!.Value, _weekday ?? Schedule.DefaultWeekday, Hour);

    private void ReadChannels(ref JsonFields fields)
    {
        _channelsSent = true;
        if (!fields.EnterArray()) return;
        var isSound = true;
        while (fields.NextItem())
        {
            if (fields.ItemText(TextRules.MaxName, printable: true) is { } name) _channels.Add(name);
            else isSound = false;
        }

        if (isSound && _channels.Count == 0) fields.Fault("needs at least one channel");
        else if (_channels.Count > Schedule.MaxChannels) fields.Fault($"must have at most {Schedule.MaxChannels} items");
        else if (_channels.Distinct(StringComparer.Ordinal).Count() < _channels.Count) fields.Fault("must not have an item twice");
    }

    private void ReadPeriod(ref JsonFields fields)
    {
        _periodSent = true;
        if (fields.Text(MaxWord) is not { } word) return;
        _period = Words.Periods.Parse(word);
        if (_period is null or Period.Total) fields.Fault("must be one of daily, weekly, monthly");
    }

    private void ReadWeekday(ref JsonFields fields)
    {
        if (fields.IsNull() || fields.Text(MaxWord) is not { } word) return;
        _weekday = Schedule.Weekdays.Parse(word);
        if (_weekday is null) fields.Fault($"must be one of {string.Join(", ", Schedule.Weekdays.All)}");
    }
}
