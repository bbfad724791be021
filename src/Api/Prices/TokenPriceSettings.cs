using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Api.Prices;

/// <summary>A price without dates, as a budget's PUT takes it and as it is answered.</summary>
[Description("Per `per` tokens, up to 18 decimals; a null part costs what its whole costs. input and output are required unless there are units.")]
public sealed record TokenPriceSettings(
    decimal? Input, decimal? Output, decimal? CachedInput, decimal? CacheWrite, decimal? Reasoning,
    [property: Range(1, RateCard.MaxPer), DefaultValue(1_000_000)] long Per) : LayeredRates
{
    internal static TokenPriceSettings Of(RateCard p) => Fill(
        new TokenPriceSettings(p.Input, p.Output, p.Base[TokenMeter.CachedInput], p.Base[TokenMeter.CacheWrite], p.Base[TokenMeter.Reasoning], p.Per), p);
}
