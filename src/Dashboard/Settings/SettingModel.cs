using BudgetEngine.Dashboard.Rendering;

namespace BudgetEngine.Dashboard.Settings;

/// <summary>A dialog on the page of its shell.</summary>
public sealed record SettingModel(Shell Shell, SettingDialog Dialog);
