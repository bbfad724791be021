using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Settings;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Dashboard.Prices;

/// <summary>Is every model priced?</summary>
/// <param name="All">How many models have a price in force.</param>
/// <param name="Missing">Models of usage that have none, newest first.</param>
public sealed record PricesModel(Shell Shell, IReadOnlyList<PriceLine> Prices, int All, string Search, string? Next, string? Previous, IReadOnlyList<MissingPrice> Missing) : PageModel(Shell)
{
    /// <summary>Prices are of the whole installation.</summary>
    public bool MayChange => Shell.MayWrite && Shell.SeesAll;

    /// <summary>The dialog that is open; null: none.</summary>
    public SettingDialog? Dialog { get; init; }
}

/// <summary>The price in force, and the versions of the model, newest first.</summary>
public sealed record PriceLine(PriceVersion Price, IReadOnlyList<PriceVersion> Versions)
{
    /// <summary>In units per million tokens, whatever it was entered per.</summary>
    public string PerMillion(decimal? price) => price is { } p ? (p * 1_000_000 / Price.Prices!.Per).ToString("#,##0.00#######", System.Globalization.CultureInfo.InvariantCulture) : "";

    /// <summary>Where other rates apply: larger contexts, service tiers; null where there are none.</summary>
    public string? Tiers
    {
        get
        {
            if (Price.Prices is not { } card) return null;
            var above = string.Join(" and ", card.ContextTiers.Select(t => t.AboveInputTokens.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)));
            var served = string.Join(", ", card.ServiceTiers.Select(t => t.Name));
            string[] parts = [.. above.Length > 0 ? [$"other rates above {above} input tokens"] : (string[])[], .. served.Length > 0 ? [$"in {served}"] : (string[])[]];
            return parts.Length > 0 ? string.Join("; ", parts) : null;
        }
    }
}
