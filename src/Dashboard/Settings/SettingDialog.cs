namespace BudgetEngine.Dashboard.Settings;

/// <summary>A dialog that writes a setting: a price, a channel, a summary. It has an address, so that it works as a page without a script.</summary>
/// <param name="Kind">Its word in the address; the script asks for the same address again with the fields as they are being typed.</param>
/// <param name="Action">Where its form goes.</param>
/// <param name="Back">The page under it.</param>
/// <param name="Faults">By the field's name; an empty name is about the whole.</param>
/// <param name="Save">What its button says.</param>
public sealed record SettingDialog(
    string Kind, string Title, string About, string Action, string Back, string Save, IReadOnlyList<SettingField> Inputs, IReadOnlyDictionary<string, string> Fields,
    IReadOnlyDictionary<string, string> Faults, SettingPreview Preview)
{
    /// <summary>Where the thing can be taken away; null: it is not there yet.</summary>
    public string? RemoveAddress { get; init; }

    public string RemoveWord { get; init; } = "Delete";

    /// <summary>It takes something away.</summary>
    public bool Removes { get; init; }

    /// <summary>What is to be chosen before there is anything to type; empty: nothing.</summary>
    public IReadOnlyList<(string Address, string Word)> Choices { get; init; } = [];

    public bool HasSecrets => Inputs.Any(i => i.Input == SettingInput.Secret);

    public string this[string field] => Fields.GetValueOrDefault(field, "");
}

/// <summary>What a change changes, before it is made.</summary>
/// <param name="Sentences">What follows from it.</param>
/// <param name="Warning">What a reader should look at twice; null: nothing.</param>
public sealed record SettingPreview(string Title, IReadOnlyList<ChangeLine> Changes, IReadOnlyList<string> Sentences, string? Warning = null)
{
    public static readonly SettingPreview None = new("", [], []);
}

/// <summary>One setting before and after.</summary>
/// <param name="Was">Null: not set.</param>
public sealed record ChangeLine(string What, string? Was, string Becomes);
