using System.Text;
using BudgetEngine.Api.Budgets;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Dashboard.Budgets;

/// <summary>The fields of the form of a budget: what of a budget people change every day. All else that is set on it stays.</summary>
internal static class BudgetFields
{
    public const string PerUser = "per_user_daily";
    public const string Enforcement = "enforcement";
    public const string Reason = "reason";
    public const string Amount = "amount";
    public const string Period = "period";
    public const string Until = "until";
    public const string Version = "version";
    private const string NotAnAmount = "must be an amount such as 1500 or 0.05, without separators";

    /// <summary>The texts of a budget as it is.</summary>
    public static Dictionary<string, string> Of(Budget? budget, Resolution resolution)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var period in Window.Periods) fields[Words.Periods.Of(period)] = Text(budget?.Own.Limits[period], resolution);
        fields[PerUser] = Text(budget?.PerUser?.Limits.Daily, resolution);
        fields[Enforcement] = Words.Enforcements.Of(budget?.Own.Enforcement ?? Domain.Budgets.Enforcement.Hard);
        return fields;
    }

    /// <summary>The budget that the fields make of the one that is stored; faults by the names of the fields, by the same rules as the API's.</summary>
    public static Budget Apply(IReadOnlyDictionary<string, string> fields, Budget? stored, string path, Resolution resolution, Dictionary<string, string> faults)
    {
        var draft = new BudgetDraft(stored ?? Budget.Empty);
        draft.Own.Daily = AmountOf(fields, "daily", resolution, faults);
        draft.Own.Weekly = AmountOf(fields, "weekly", resolution, faults);
        draft.Own.Monthly = AmountOf(fields, "monthly", resolution, faults);
        draft.Own.Total = AmountOf(fields, "total", resolution, faults);
        if (Words.Enforcements.Parse(fields.GetValueOrDefault(Enforcement, "")) is { } enforcement) draft.Own.Enforcement = enforcement;
        else faults[Enforcement] = "must be hard or soft";
        var perUser = draft.PerUser ?? new LimitSetDraft(LimitSet.None);
        perUser.Daily = AmountOf(fields, PerUser, resolution, faults);
        draft.PerUser = perUser.ToLimitSet() is { Limits.Any: true } or { Minute.Any: true } ? perUser : null;
        var list = new FaultList();
        CostCenterId.TryParse(path, out var id, out _);
        draft.Check(id, null, list);
        foreach (var fault in list.Values) faults.TryAdd(fault.Field.Replace("per_user.daily", PerUser, StringComparison.Ordinal), fault.Message);
        return draft.ToBudget();
    }

    private static string Text(Money? amount, Resolution resolution) => amount is { } money ? resolution.ToText(money) : "";

    /// <summary>Null where the field is empty, and where it is no amount: then there is a fault.</summary>
    public static Money? AmountOf(IReadOnlyDictionary<string, string> fields, string name, Resolution resolution, Dictionary<string, string> faults)
    {
        var text = fields.GetValueOrDefault(name, "").Trim();
        if (text.Length == 0) return null;
        if (AmountText.Read(Encoding.UTF8.GetBytes(text), out var units) == AmountReading.Ok && resolution.TryExact(units, out var amount) && !amount.IsNegative && amount <= Money.MaxInput) return amount;
        faults[name] = NotAnAmount;
        return null;
    }

    /// <summary>Every change has one: it stands in the history.</summary>
    public static string? ReasonOf(IReadOnlyDictionary<string, string> fields, Dictionary<string, string> faults)
    {
        var reason = fields.GetValueOrDefault(Reason, "").Trim();
        if (TextRules.FaultOf(reason, TextRules.MaxReason) is not { } fault) return reason;
        faults[Reason] = reason.Length == 0 ? "say why; it stands in the history" : fault;
        return null;
    }
}
