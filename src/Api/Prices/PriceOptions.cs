using System.ComponentModel.DataAnnotations;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Api.Prices;

/// <summary>Up to where prices of a file are believed. Per 1,000,000 tokens; a price that was entered by hand is believed always.</summary>
public sealed class PriceOptions
{
    public const string Section = "Prices";

    /// <summary>Dearest plausible input. Not set: 200 units of account (2,000,000 of a currency that is counted in 10^-5), 0 to 10^9: too high, and an absurd entry of a file becomes the price of every unknown model; too low, and real models are set apart.</summary>
    [Range(typeof(decimal), "0", "1000000000")]
    public decimal? PlausibleInput { get; set; }

    /// <summary>Dearest plausible output. Not set: 1,000 units of account, 0 to 10^9: as for the input.</summary>
    [Range(typeof(decimal), "0", "1000000000")]
    public decimal? PlausibleOutput { get; set; }

    internal PlausiblePrices ToPlausible(Resolution resolution) => new(
        PlausibleInput ?? PlausiblePrices.Default.Input * resolution.UnitOfAccount, PlausibleOutput ?? PlausiblePrices.Default.Output * resolution.UnitOfAccount);
}
