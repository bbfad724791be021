using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Api.Operations;

/// <summary>What holds for the whole installation; at the root of the configuration.</summary>
public sealed class InstallationOptions
{
    /// <summary>ISO 4217 code of the one currency. Default USD. It says how finely amounts are counted (<see cref="CurrencyOptions"/>); apart from that a label: changing it converts nothing.</summary>
    [RegularExpression("[A-Z]{3}")]
    public string Currency { get; set; } = "USD";

    /// <summary>Whether usage and checks may name a tenant that does not exist yet. Not set: while open mode is on.</summary>
    public bool? AutoCreateTenants { get; set; }
}
