using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Api.Prices;

/// <summary>Prices of tokens, as a PUT takes them and as they are answered.</summary>
[Description("Per `per` tokens, up to 15 decimals; a null part costs what its whole costs.")]
public sealed record TokenPriceSettings(
    [property: Required] decimal Input, [property: Required] decimal Output, decimal? CachedInput, decimal? CacheWrite, decimal? Reasoning,
    [property: Range(1, TokenPrices.MaxPer), DefaultValue(1_000_000)] long Per)
{
    public static TokenPriceSettings Of(TokenPrices p) => new(p.Input, p.Output, p.CachedInput, p.CacheWrite, p.Reasoning, p.Per);
}
