namespace BudgetEngine.Dashboard.Settings;

/// <summary>How a setting is typed.</summary>
public enum SettingInput
{
    Text,

    /// <summary>Sent with the form and never shown: neither what is stored nor what was typed.</summary>
    Secret,
    Choice,

    /// <summary>Several of a list.</summary>
    Checks,

    /// <summary>What the dialog is about: shown in its head, sent along.</summary>
    Hidden,
}

/// <summary>One setting of a dialog.</summary>
/// <param name="Name">Of its form field.</param>
public sealed record SettingField(string Name, string Label, SettingInput Input = SettingInput.Text)
{
    public string Placeholder { get; init; } = "";

    public string? Hint { get; init; }

    /// <summary>Of choices and checks.</summary>
    public IReadOnlyList<(string Value, string Word)> Options { get; init; } = [];

    /// <summary>As wide as the dialog.</summary>
    public bool IsWide { get; init; }
}
