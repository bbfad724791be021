using System.ComponentModel.DataAnnotations;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Api.Operations;

/// <summary>How the installation's currency is counted.</summary>
public sealed class CurrencyOptions
{
    public const string Section = nameof(InstallationOptions.Currency);

    /// <summary>
    /// Decimals of an amount. Not set: 9, or 5 where one unit of the currency is small money (VND, IDR, KRW, JPY and the like); 2 to 9. More end sooner (64 bits hold
    /// 9.2 x 10^18 of the smallest amount), fewer make the cost of a small request nothing. Fixed with the ledger's first record.
    /// </summary>
    [Range(Resolution.MinDecimals, Resolution.MaxDecimals)]
    public int? Decimals { get; set; }

    public Resolution ResolutionOf(string currency) => Decimals is { } decimals ? Resolution.Of(decimals) : Resolution.Of(currency);
}
